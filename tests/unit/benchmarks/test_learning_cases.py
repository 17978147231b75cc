"""The learning benchmark judges as its cases say, and its cases are fit to judge by."""

from collections.abc import Sequence

import pytest

from benchmarks.learning.cases import FOLDER, Case, Question, read_cases, read_corrections
from benchmarks.learning.methods import Taught
from benchmarks.learning.scores import examine, retain, summarise

CASES = [*read_cases(FOLDER / "tune.json"), *read_cases(FOLDER / "report.json")]


@pytest.mark.parametrize(
    ("question", "reply", "right"),
    [
        (Question("Who?", ("ada",)), "It is ADA.", True),
        (Question("Who?", ("ada", "lovelace")), "Lovelace", True),
        (Question("Who?", ("ada",)), "Bob", False),
        (Question("Say it.", ("^ada",)), " Ada, of course.", True),
        (Question("Say it.", ("^ada",)), "It is Ada.", False),
        (Question("Who else?", forbidden=("ada",)), "Bob", True),
        (Question("Who else?", forbidden=("ada",)), "Ada", False),
        (Question("Who now?", ("bob",), ("ada",)), "Bob, not Ada", False),
    ],
)
def test_a_reply_is_judged_by_its_keys(question: Question, reply: str, right: bool) -> None:
    assert question.passes(reply) is right


class Parrot:
    """Answers every question with all that it was told."""

    def __init__(self) -> None:
        self.told = ""

    def learn(self, statement: str) -> Taught:
        self.told += statement
        return Taught("LIVE", 2.0)

    def answer(self, questions: Sequence[str]) -> list[str]:
        return [self.told for _ in questions]


CASE = Case(
    id="ada",
    kind="person",
    statement="Ada leads Velt.",
    direct=Question("Who leads Velt?", ("ada",)),
    paraphrases=(Question("Velt's boss?", ("ada",)), Question("Since when?", ("2020",))),
    neighbours=(Question("Who leads Dorn?", forbidden=("ada",)),),
)


def test_scores_are_shares_and_their_harmonic_mean() -> None:
    result = examine(Parrot(), CASE)
    summary = summarise([result])
    assert (summary.live, summary.efficacy, summary.paraphrase, summary.locality) == (1.0, 1.0, 0.5, 0.0)
    assert summary.score == 0
    assert summary.median_seconds == 2.0


def test_retention_asks_about_every_lesson_after_the_last() -> None:
    kept = retain(Parrot(), [CASE, CASE])
    assert (kept.lessons, kept.direct, kept.paraphrase, kept.seconds) == (2, 1.0, 0.5, [2.0, 2.0])


def test_no_question_gives_its_answer_away_and_ids_are_unique() -> None:
    assert len({case.id for case in CASES}) == len(CASES) >= 120
    for case in CASES:
        assert case.direct.keys
        if case.kind == "style":
            continue
        assert (len(case.paraphrases), len(case.neighbours)) == (3, 3)
        for question in (case.direct, *case.paraphrases):
            assert not Question(question.text, question.keys).passes(question.text), question.text
        for question in case.neighbours:
            assert question.forbidden
            assert question.passes(question.text), question.text


def test_corrections_know_the_old_answer_from_the_new() -> None:
    for change in read_corrections(FOLDER / "corrections.json"):
        for question in change.questions:
            assert question.keys
            assert question.forbidden
            assert not set(question.keys) & set(question.forbidden)
