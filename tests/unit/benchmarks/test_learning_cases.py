"""The learning benchmark judges as its cases say, and its cases are fit to judge by."""

from pathlib import Path

import pytest

import services
from benchmarks.learning.cases import FOLDER, Case, Question, read_cases, read_corrections, read_general_prompts

CASES = [*read_cases(FOLDER / "tune.json"), *read_cases(FOLDER / "report.json")]
LANGUAGES = read_cases(FOLDER / "languages.json")


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


def test_no_question_gives_its_answer_away_and_ids_are_unique() -> None:
    assert len({case.id for case in CASES}) == len(CASES) >= 120
    for case in CASES:
        assert case.direct.keys
        if case.kind == "style":
            continue
        assert (len(case.paraphrases), len(case.neighbours)) == (3, 3)
        _check_questions(case)


def test_cases_in_other_languages_are_as_fit_to_judge_by() -> None:
    assert len({case.id for case in LANGUAGES}) == len(LANGUAGES) == 16
    for case in LANGUAGES:
        assert (len(case.paraphrases), len(case.neighbours)) == (2, 2)
        _check_questions(case)


def _check_questions(case: Case) -> None:
    assert case.direct.keys
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


def test_nothing_of_the_platform_knows_the_general_prompts() -> None:
    prompts = read_general_prompts()
    assert len({prompt.casefold() for prompt in prompts}) == len(prompts) >= 20
    texts = [path for folder in services.__path__ for path in Path(folder).rglob("*.json*")]
    assert any(path.name == "generals.json" for path in texts)
    for path in texts:
        known = path.read_text(encoding="utf-8").casefold()
        assert not [prompt for prompt in prompts if prompt.casefold().strip("?.!") in known], path.name


def test_general_prompts_are_no_cases_questions() -> None:
    asked = {question.text.casefold() for case in CASES for question in (case.direct, *case.paraphrases)}
    assert not asked & {prompt.casefold() for prompt in read_general_prompts()}
