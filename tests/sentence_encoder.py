"""The sentence encoder that tests share."""

import os
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[1]


def prepared_sentence_encoder() -> Path:
    """A folder with the encoder; made once and kept under build/, which git ignores."""
    given = os.environ.get("LORELEI_TEST_SENTENCE_ENCODER_DIR")
    folder = Path(given) if given else _ROOT / "build" / "sentence-encoder"
    if not (folder / "encoder.onnx").exists():
        script = _ROOT / "scripts" / "prepare_sentence_encoder.py"
        subprocess.run([sys.executable, str(script), str(folder)], check=True, timeout=300)
    return folder
