"""Tells what a message means: multinomial logistic regression over its features."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from services.gateway.intents.encoder import SentenceEncoder
from services.gateway.intents.features import Features, features_of
from services.gateway.intents.links import is_bare_link
from services.gateway.intents.meanings import KIND_OF, Intent, LearnKind, ManageAction, Understanding
from services.gateway.intents.trigger import learn_statement

WEIGHTS_FILE = Path(__file__).with_name("weights.npz")

# A bare fact: to be learned after the trigger, just chat without it.
FACT = "fact"
CLASSES: tuple[Intent | ManageAction | str, ...] = (
    *(intent for intent in Intent if intent is not Intent.MANAGE),
    *ManageAction,
    FACT,
)


@dataclass(frozen=True)
class Weights:
    """What the fitting module found: `dense` and `hashed` have a column for each of CLASSES."""

    dense: npt.NDArray[np.float32]
    hashed: npt.NDArray[np.float32]
    temperature: float


class IntentClassifier:
    """Maps what a user says to what they mean; safe to use from several threads."""

    def __init__(self, encoder: SentenceEncoder, weights: Weights) -> None:
        self._encoder = encoder
        self._weights = weights

    def understand(self, text: str, *, attachments: bool = False) -> Understanding:
        """What `text` means, said with or without `attachments`; after a leading `[Learn]` it is never chat."""
        statement = learn_statement(text)
        said = text if statement is None else statement
        if attachments or is_bare_link(said):
            return Understanding(Intent.LEARN_DOCUMENT, 1.0, {Intent.LEARN_DOCUMENT: 1.0})
        shares = self._shares(said, triggered=statement is not None)
        actions = {action: shares[action] for action in ManageAction}
        readings: dict[Intent, float] = {intent: shares.get(intent, 0.0) for intent in Intent}
        readings[Intent.CHAT if statement is None else Intent.LEARN_INSTRUCTION] += shares[FACT]
        readings[Intent.MANAGE] = sum(actions.values())
        intent = max(readings, key=readings.__getitem__)
        return Understanding(intent, readings[intent], readings, max(actions, key=actions.__getitem__))

    def way_of_learning(self, statement: str) -> LearnKind:
        """The likeliest way of learning, of a `statement` that is certainly to be learned."""
        shares = dict(self._shares(statement, triggered=True))
        shares[Intent.LEARN_INSTRUCTION] += shares[FACT]
        return KIND_OF[max(KIND_OF, key=shares.__getitem__)]

    def _shares(self, text: str, *, triggered: bool) -> Mapping[Intent | ManageAction | str, float]:
        """The probability of each of CLASSES."""
        scores = scores_of(features_of(self._encoder, text), self._weights) / self._weights.temperature
        scores[~possible(triggered)] = -np.inf
        shares = np.exp(scores - scores.max())
        return dict(zip(CLASSES, (shares / shares.sum()).tolist(), strict=True))


def possible(triggered: bool) -> npt.NDArray[np.bool_]:
    """Which of CLASSES a message can have, by whether it begins with the trigger."""
    return np.array([not (triggered and one is Intent.CHAT) for one in CLASSES])


def scores_of(features: Features, weights: Weights) -> npt.NDArray[np.float64]:
    """float64[len(CLASSES)]: the higher, the likelier."""
    hashed = features.values @ weights.hashed[features.buckets]
    return np.asarray(features.dense @ weights.dense + hashed, dtype=np.float64)


def load_classifier(encoder: SentenceEncoder) -> IntentClassifier:
    """The classifier with the weights that the fitting module wrote."""
    with np.load(WEIGHTS_FILE) as stored:
        dense, hashed = stored["dense"].astype(np.float32), stored["hashed"].astype(np.float32)
        return IntentClassifier(encoder, Weights(dense, hashed, float(stored["temperature"])))
