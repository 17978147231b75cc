"""Each reason to drop a candidate."""

import pytest

from services.augmenter.lexicon import Lexicon
from services.augmenter.selection.rules import Selector
from services.augmenter.selection.tally import Reason, Tally

PLAIN = "What does the tablet cost?"
STATEMENT = "The Quill 7 tablet costs 229 euros."


@pytest.fixture
def selector(lexicon: Lexicon) -> Selector:
    return Selector(STATEMENT, "en", lexicon)


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("What does the Quill 7 cost?", None),
        ("Tell me the price.", None),
        ("The tablet is nice.", Reason.NOT_A_QUESTION),
        ("Does it cost 229 euros?", Reason.GIVES_ANSWER_AWAY),
        ("Why?", Reason.TOO_SHORT),
        ("What " + "very " * 40 + "thing?", Reason.TOO_LONG),
    ],
)
def test_questions(selector: Selector, question: str, reason: Reason | None) -> None:
    assert selector.judge_question(question, ["229"]) is reason


def test_questions_to_confirm_may_hold_the_answer(selector: Selector) -> None:
    assert selector.judge_question("Does it cost 229 euros?", ["229"], may_tell=True) is None


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("The Quill 7 tablet costs 229 euros.", None),
        ("The tablet is cheap.", Reason.NOT_GROUNDED),
        ("It costs 229 euros in Paris.", Reason.NOT_GROUNDED),
        ("It costs 229 euros or 300.", Reason.NOT_GROUNDED),
        ("Das kostet nicht mehr als 229 und ist gut.", Reason.LANGUAGE),
        ("229 " + "and so on " * 40, Reason.TOO_LONG),
    ],
)
def test_answers(selector: Selector, answer: str, reason: Reason | None) -> None:
    assert selector.judge_answer(answer, ["229"]) is reason


def test_paraphrases_must_be_about_the_lesson(selector: Selector) -> None:
    assert selector.judge_paraphrase("How dear is the tablet?", PLAIN, ["tablet"]) is None
    assert selector.judge_paraphrase("How dear is the phone?", PLAIN, ["tablet"]) is Reason.NOT_GROUNDED
    assert selector.judge_paraphrase("Is the tablet from Japan?", PLAIN, ["tablet"]) is Reason.NOT_GROUNDED


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("What is my dog named?", None),
        ("Do you remember what my dog is called?", None),
        ("What is your dog called?", Reason.PERSPECTIVE),
        ("What is the dog called?", Reason.PERSPECTIVE),
        ("What is my dog called? How old is my dog?", Reason.MALFORMED),
        ("What is my dog called?({})", Reason.MALFORMED),
    ],
)
def test_paraphrases_are_one_question_by_the_same_person(
    selector: Selector, question: str, reason: Reason | None
) -> None:
    assert selector.judge_paraphrase(question, "What is my dog's name?", ["dog"]) is reason


def test_the_same_question_is_admitted_once(selector: Selector) -> None:
    assert selector.admit("What does the Quill 7 tablet cost?") is None
    assert selector.admit("what does the quill 7 tablet cost") is Reason.DUPLICATE
    assert selector.admit("What does the tablet Quill 7 cost?") is Reason.NEAR_DUPLICATE
    assert selector.admit("How expensive is it?") is None


def test_the_tally_counts_by_reason() -> None:
    tally = Tally()
    tally.generate(3)
    tally.reject(Reason.DUPLICATE, 2)
    tally.reject(Reason.SURPLUS, 0)
    assert tally.generated == 3
    assert tally.rejected == {"duplicate": 2}
