"""What a message means."""

from pathlib import Path

import numpy as np
import pytest

from services.common.errors import FailedPrecondition
from services.gateway.intents import (
    Intent,
    IntentClassifier,
    LearnKind,
    ManageAction,
    SentenceEncoder,
    Understanding,
    learn_statement,
)
from services.gateway.intents.asking import alternatives_of, is_sure_to_manage
from services.gateway.intents.cases import read_cases
from services.gateway.intents.classifier import WEIGHTS_FILE
from services.gateway.intents.encoder import MAX_TOKENS
from services.gateway.intents.fitting import cases_digest


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
    right = [classifier.understand(case.text).intent is case.intent for case in read_cases(split)]
    assert sum(right) / len(right) >= 0.95


def test_facts_are_hardly_ever_asked_about(classifier: IntentClassifier) -> None:
    cases = [case for split in ("held_out", "fresh") for case in read_cases(split)]
    facts = [case.text for case in cases if case.text.startswith("[Learn]") and case.intent is Intent.LEARN_INSTRUCTION]
    asked = [text for text in facts if alternatives_of(classifier.understand(text))]
    assert len(asked) / len(facts) < 0.02


def test_no_held_out_case_is_trained_on() -> None:
    texts = {split: {case.text.casefold() for case in read_cases(split)} for split in ("train", "held_out", "fresh")}
    assert not texts["train"] & (texts["held_out"] | texts["fresh"])


def test_the_stored_weights_belong_to_the_stored_cases() -> None:
    with np.load(WEIGHTS_FILE) as stored:
        assert str(stored["cases"]) == cases_digest()


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("What is the capital of France?", Intent.CHAT),
        ("My cat is called Miso.", Intent.CHAT),
        ("How do I forget my ex?", Intent.CHAT),
        ("[Learn] My cat is called Miso.", Intent.LEARN_INSTRUCTION),
        ("Please remember that my cat is called Miso.", Intent.LEARN_INSTRUCTION),
        ("[Learn] Please read the attached PDF.", Intent.LEARN_DOCUMENT),
        ("https://example.org/report.pdf", Intent.LEARN_DOCUMENT),
        ("[Learn] Search the web for news about bees.", Intent.LEARN_WEB),
        ("That was wrong, it is Canberra.", Intent.FEEDBACK),
        ("Was hast du über mich gelernt?", Intent.MANAGE),
        ("[Learn] forget what I told you about my office", Intent.MANAGE),
    ],
)
def test_plain_cases_are_clear(classifier: IntentClassifier, text: str, intent: Intent) -> None:
    assert classifier.understand(text).intent is intent


def test_what_comes_with_files_is_a_document(classifier: IntentClassifier) -> None:
    assert classifier.understand("My cat is called Miso.", attachments=True).intent is Intent.LEARN_DOCUMENT


def test_after_the_trigger_nothing_is_chat(classifier: IntentClassifier) -> None:
    for case in read_cases("held_out"):
        understood = classifier.understand(f"[Learn] {case.text}")
        assert understood.intent is not Intent.CHAT
        assert sum(understood.readings.values()) == pytest.approx(1)


def test_a_way_of_learning_is_always_found(classifier: IntentClassifier) -> None:
    assert classifier.way_of_learning("Search the web for news about bees.") is LearnKind.WEB
    assert classifier.way_of_learning("Read the attached report.") is LearnKind.DOCUMENT
    assert classifier.way_of_learning("Forget my name.") in LearnKind


def test_the_action_of_a_request_is_told(classifier: IntentClassifier) -> None:
    assert classifier.understand("Undo the last update.").action is ManageAction.UNDO
    assert classifier.understand("Forget everything you know about me.").action is ManageAction.FORGET_ALL
    assert classifier.understand("Forget what I said about my car.").action is ManageAction.FORGET


def test_any_text_is_understood(classifier: IntentClassifier) -> None:
    for text in ("", "?", "🐶" * 50, "word " * 5000, "\x00", "x" * 100_000):
        assert 0 < classifier.understand(text).confidence <= 1


def test_the_end_of_a_long_text_counts(classifier: IntentClassifier) -> None:
    report = "The committee met again and postponed the renovation of the town hall. " * 30
    without, with_request = (classifier.understand(report + end) for end in ("", "Please remember all of this."))
    learning = Intent.LEARN_INSTRUCTION
    assert with_request.readings[learning] > without.readings[learning] + 0.1


def understanding(**readings: float) -> Understanding:
    shares = {Intent(intent): share for intent, share in readings.items()}
    intent = max(shares, key=shares.__getitem__)
    return Understanding(intent, shares[intent], shares)


def test_only_what_is_unsure_is_asked_about() -> None:
    assert alternatives_of(understanding(manage=0.9, feedback=0.1)) == ()
    assert alternatives_of(understanding(manage=0.5, feedback=0.45, learn_web=0.05)) == (
        Intent.MANAGE,
        Intent.FEEDBACK,
    )
    assert not is_sure_to_manage(understanding(manage=0.6, chat=0.4))
    assert is_sure_to_manage(understanding(manage=0.95, chat=0.05))


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
