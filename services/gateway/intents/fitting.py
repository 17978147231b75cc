"""Fits the intent classifier to its labelled examples. Run it after changing them; the gateway only reads the result.

Usage: python -m services.gateway.intents.fitting SENTENCE_ENCODER_FOLDER
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from services.gateway.intents.classifier import KINDS, WEIGHTS_FILE, LearnKind, Weights, features_of
from services.gateway.intents.encoder import SentenceEncoder

EXAMPLES_FILE = Path(__file__).with_name("examples.json")

_L2_PENALTY = 3e-4
_LEARNING_RATE = 4.0
_STEPS = 600
_DIGITS = 5


def read_examples(split: str) -> dict[LearnKind, list[str]]:
    """The labelled statements of `split`: "train", "held_out" or "fresh"."""
    statements = json.loads(EXAMPLES_FILE.read_text(encoding="utf-8"))[split]
    return {kind: list(statements[kind.value]) for kind in KINDS}


def fit_weights(encoder: SentenceEncoder, examples: Mapping[LearnKind, Sequence[str]]) -> Weights:
    """Fit by gradient descent from zero, float64[769, 3]; convex, so the same examples give the same weights."""
    features = np.vstack([features_of(encoder, statement) for kind in KINDS for statement in examples[kind]])
    labels = np.repeat(np.eye(len(KINDS)), [len(examples[kind]) for kind in KINDS], axis=0)
    weights = np.zeros((features.shape[1], len(KINDS)))
    for _ in range(_STEPS):
        gradient = features.T @ (_softmax(features @ weights) - labels) / len(labels)
        weights -= _LEARNING_RATE * (gradient + _L2_PENALTY * weights)
    return weights


def main(folder: Path) -> None:
    """Fit to the training examples and write the weights."""
    weights = fit_weights(SentenceEncoder(folder, threads=1), read_examples("train"))
    rows = ",\n".join(json.dumps([round(value, _DIGITS) for value in row]) for row in weights.tolist())
    WEIGHTS_FILE.write_text(f"[{rows}]\n", encoding="ascii")


def _softmax(scores: Weights) -> Weights:
    exponents = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=1, keepdims=True))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m services.gateway.intents.fitting SENTENCE_ENCODER_FOLDER")
    main(Path(sys.argv[1]))
