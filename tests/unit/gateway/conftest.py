"""The gateway's domain with its outer parts replaced in process."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.gateway.intents import IntentClassifier, SentenceEncoder, load_classifier

_ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def sentence_encoder_dir() -> Path:
    """The prepared sentence encoder; made once and kept under build/, which git ignores."""
    given = os.environ.get("LORELEI_TEST_SENTENCE_ENCODER_DIR")
    folder = Path(given) if given else _ROOT / "build" / "sentence-encoder"
    if not (folder / "encoder.onnx").exists():
        if importlib.util.find_spec("torch") is None:
            pytest.fail("torch is needed once, to make the sentence encoder")
        script = _ROOT / "scripts" / "prepare_sentence_encoder.py"
        subprocess.run([sys.executable, str(script), str(folder)], check=True, capture_output=True, timeout=300)
    return folder


@pytest.fixture(scope="session")
def encoder(sentence_encoder_dir: Path) -> SentenceEncoder:
    return SentenceEncoder(sentence_encoder_dir, threads=1)


@pytest.fixture(scope="session")
def classifier(encoder: SentenceEncoder) -> IntentClassifier:
    return load_classifier(encoder)
