"""Turns sentences into unit vectors that are close when the meanings are. Knows nothing of classes."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime  # type: ignore[import-untyped]  # it ships no types
from tokenizers import Tokenizer

from services.common.errors import FailedPrecondition

# What a request to learn is about shows in its first words; the cut bounds the time of a long statement.
MAX_TOKENS = 64

_MODEL_FILE = "encoder.onnx"
_TOKENIZER_FILE = "tokenizer.json"

Embeddings = npt.NDArray[np.float32]


class SentenceEncoder:
    """all-MiniLM-L6-v2 in onnxruntime; safe to use from several threads."""

    def __init__(self, folder: Path, threads: int) -> None:
        """Open the encoder that scripts/prepare_sentence_encoder.py wrote, or raise FailedPrecondition."""
        missing = [name for name in (_MODEL_FILE, _TOKENIZER_FILE) if not (folder / name).is_file()]
        if missing:
            raise FailedPrecondition(
                f"The sentence encoder in {folder} lacks {' and '.join(missing)};"
                " make it with scripts/prepare_sentence_encoder.py.",
                reason="SENTENCE_ENCODER_MISSING",
            )
        self._tokenizer = Tokenizer.from_file(str(folder / _TOKENIZER_FILE))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(
            str(folder / _MODEL_FILE), options, providers=["CPUExecutionProvider"]
        )

    def encode(self, sentences: list[str]) -> Embeddings:
        """Embed `sentences`: float32[len(sentences), 384], each row of length 1."""
        encodings = self._tokenizer.encode_batch(sentences)
        inputs = {
            "token_ids": np.array([encoding.ids for encoding in encodings], dtype=np.int64),
            "attention_mask": np.array([encoding.attention_mask for encoding in encodings], dtype=np.int64),
        }
        (embeddings,) = self._session.run(None, inputs)
        return np.asarray(embeddings, dtype=np.float32)
