"""The sentence encoder and the classifier, opened once."""

import pytest

from services.gateway.intents import IntentClassifier, SentenceEncoder, load_classifier
from tests.sentence_encoder import prepared_sentence_encoder


@pytest.fixture(scope="session")
def encoder() -> SentenceEncoder:
    return SentenceEncoder(prepared_sentence_encoder(), threads=1)


@pytest.fixture(scope="session")
def classifier(encoder: SentenceEncoder) -> IntentClassifier:
    return load_classifier(encoder)
