"""Which way of learning a statement means."""

import json
from pathlib import Path

import numpy as np
import pytest

from services.common.errors import FailedPrecondition
from services.gateway.intents import IntentClassifier, LearnKind, SentenceEncoder, learn_statement
from services.gateway.intents.classifier import WEIGHTS_FILE
from services.gateway.intents.encoder import MAX_TOKENS
from services.gateway.intents.fitting import fit_weights, read_examples


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("[Learn] My dog is Biscuit.", "My dog is Biscuit."),
        ("  \n[LEARN]\tx", "x"),
        ("[learn]x", "x"),
        ("[Learn]", ""),
        ("[Learn]   ", ""),
        ("What does [Learn] do?", None),
        ("Learn this", None),
        ("", None),
    ],
)
def test_only_a_leading_trigger_starts_a_lesson(text: str, statement: str | None) -> None:
    assert learn_statement(text) == statement


@pytest.mark.parametrize("split", ["held_out", "fresh"])
def test_unseen_phrasings_are_told_apart(classifier: IntentClassifier, split: str) -> None:
    examples = read_examples(split)
    right = [classifier.classify(text) is kind for kind, texts in examples.items() for text in texts]
    assert sum(right) / len(right) >= 0.95


def test_no_held_out_statement_is_trained_on() -> None:
    splits = {name: read_examples(name) for name in ("train", "held_out", "fresh")}
    texts = {name: {text.casefold() for kind in LearnKind for text in split[kind]} for name, split in splits.items()}
    assert not texts["train"] & (texts["held_out"] | texts["fresh"])
    assert all(len(splits["train"][kind]) >= 60 for kind in LearnKind)


def test_the_stored_weights_belong_to_the_stored_examples(encoder: SentenceEncoder) -> None:
    stored = np.array(json.loads(WEIGHTS_FILE.read_text()))
    assert np.allclose(fit_weights(encoder, read_examples("train")), stored, atol=0.01)


def test_plain_cases_are_clear(classifier: IntentClassifier) -> None:
    assert classifier.classify("My cat is called Miso.") is LearnKind.INSTRUCTION
    assert classifier.classify("Please read the attached PDF.") is LearnKind.DOCUMENT
    assert classifier.classify("Search the web for news about bees.") is LearnKind.WEB


def test_any_text_gets_a_kind(classifier: IntentClassifier) -> None:
    for text in ("?", "🐶" * 50, "word " * 5000, "\x00"):
        assert classifier.classify(text) in LearnKind


def test_embeddings_have_length_one_and_do_not_depend_on_their_batch(encoder: SentenceEncoder) -> None:
    together = encoder.encode(["My dog is called Biscuit.", "a " * (MAX_TOKENS * 2)])
    assert together.shape == (2, 384)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert np.allclose(together[0], encoder.encode(["My dog is called Biscuit."])[0], atol=1e-5)


def test_close_meanings_lie_close(encoder: SentenceEncoder) -> None:
    dog, puppy, tax = encoder.encode(["My dog is hungry.", "The puppy wants food.", "Taxes rise next year."])
    assert dog @ puppy > dog @ tax + 0.2


def test_a_missing_encoder_is_named_with_the_way_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(FailedPrecondition, match=r"lacks encoder\.onnx and tokenizer\.json.*prepare_sentence_encoder"):
        SentenceEncoder(tmp_path, threads=1)
