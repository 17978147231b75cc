"""Fits the intent classifier to its labelled cases. Run it after changing them; the gateway only reads the result.

Usage: python -m services.gateway.intents.fitting SENTENCE_ENCODER_FOLDER
"""

import hashlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize, minimize_scalar  # type: ignore[import-untyped]  # it ships no types
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]  # see above

from services.gateway.intents.cases import CASES_FOLDER, Case, read_cases
from services.gateway.intents.classifier import CLASSES, FACT, WEIGHTS_FILE, Weights, possible
from services.gateway.intents.encoder import SentenceEncoder
from services.gateway.intents.features import BUCKETS, features_of
from services.gateway.intents.meanings import Intent
from services.gateway.intents.trigger import learn_statement

_L2_PENALTY = 5e-5
_STEPS = 120
_FOLDS = 5
_SMALLEST = 1e-12

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Task:
    """Cases as numbers; `right` and `possible`: which of CLASSES a case may be counted as, and which it can be."""

    dense: Matrix
    hashed: Any
    right: npt.NDArray[np.bool_]
    possible: npt.NDArray[np.bool_]

    def part(self, rows: npt.NDArray[np.bool_]) -> "Task":
        """Only the cases of `rows`."""
        return Task(self.dense[rows], self.hashed[rows], self.right[rows], self.possible[rows])


def task_of(encoder: SentenceEncoder, cases: Sequence[Case]) -> Task:
    """`cases` as numbers."""
    statements = [learn_statement(case.text) for case in cases]
    said = [case.text if statement is None else statement for case, statement in zip(cases, statements, strict=True)]
    features = [features_of(encoder, text) for text in said]
    rows = np.repeat(np.arange(len(cases)), [len(one.buckets) for one in features])
    places = (rows, np.concatenate([one.buckets for one in features]))
    return Task(
        np.vstack([one.dense for one in features]),
        csr_matrix((np.concatenate([one.values for one in features]), places), shape=(len(cases), BUCKETS)),
        np.array([_right(case, statement is not None) for case, statement in zip(cases, statements, strict=True)]),
        np.array([possible(statement is not None) for statement in statements]),
    )


def _right(case: Case, triggered: bool) -> list[bool]:
    """Whether a case is a bare fact is not labelled: where it may be one, the fit finds out."""
    taken_for_fact = Intent.LEARN_INSTRUCTION if triggered else Intent.CHAT
    label = case.action or case.intent
    return [one == label or (one == FACT and label == taken_for_fact) for one in CLASSES]


def fit_weights(task: Task) -> Weights:
    """Maximise the likelihood of the right classes from zero; the same cases give the same weights."""
    width = task.dense.shape[1]
    used = np.unique(task.hashed.indices)
    hashed = task.hashed[:, used]
    hashed_over_cases = hashed.T.tocsr()

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        weights = flat.reshape(-1, len(CLASSES))
        shares = _shares(task.dense @ weights[:width] + hashed @ weights[width:], task.possible)
        right = shares * task.right
        total = np.maximum(right.sum(axis=1, keepdims=True), _SMALLEST)
        error = (shares - right / total) / len(shares)
        gradient = np.vstack([task.dense.T @ error, hashed_over_cases @ error]) + _L2_PENALTY * weights
        return float(-np.log(total).mean() + _L2_PENALTY / 2 * (flat @ flat)), gradient.ravel()

    start = np.zeros((width + len(used)) * len(CLASSES))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS}).x
    found = found.reshape(-1, len(CLASSES)).astype(np.float32)
    all_hashed = np.zeros((BUCKETS, len(CLASSES)), dtype=np.float32)
    all_hashed[used] = found[width:]
    return Weights(found[:width], all_hashed, temperature=1.0)


def fit_temperature(task: Task) -> float:
    """What to divide scores by so that confidences hold on unseen cases: found by cross-validation."""
    folds = np.arange(len(task.dense)) % _FOLDS
    scores = np.zeros(task.right.shape)
    for fold in range(_FOLDS):
        weights, unseen = fit_weights(task.part(folds != fold)), task.part(folds == fold)
        scores[folds == fold] = unseen.dense @ weights.dense + unseen.hashed @ weights.hashed

    def surprise(temperature: float) -> float:
        shares = (_shares(scores / temperature, task.possible) * task.right).sum(axis=1)
        return float(-np.log(np.maximum(shares, _SMALLEST)).mean())

    return float(minimize_scalar(surprise, bounds=(0.2, 5.0), method="bounded").x)


def cases_digest() -> str:
    """Names the training cases, so that weights fitted to others are noticed."""
    files = sorted(CASES_FOLDER.glob("*/train.txt"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def main(folder: Path) -> None:
    """Fit to the training cases and write the weights."""
    task = task_of(SentenceEncoder(folder, threads=1), read_cases("train"))
    weights, temperature = fit_weights(task), fit_temperature(task)
    np.savez_compressed(
        WEIGHTS_FILE,
        dense=weights.dense.astype(np.float16),
        hashed=weights.hashed.astype(np.float16),
        temperature=temperature,
        cases=cases_digest(),
    )


def _shares(scores: Matrix, possible_classes: npt.NDArray[np.bool_]) -> Matrix:
    scores = np.where(possible_classes, scores, -np.inf)
    exponents = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=1, keepdims=True))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m services.gateway.intents.fitting SENTENCE_ENCODER_FOLDER")
    main(Path(sys.argv[1]))
