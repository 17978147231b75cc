"""The stories of the works benchmark: each question is answered by its own section, and not by itself."""

import json

from benchmarks.documents.exam import Question
from benchmarks.works.course import CASES


def test_each_question_is_answered_by_its_section() -> None:
    story = json.loads((CASES / "skerrow.json").read_text(encoding="utf-8"))
    for section in story["sections"]:
        for one in section["questions"]:
            question = Question(one["q"], tuple(one["keys"]))
            assert question.passes(section["text"])
            assert not question.passes(one["q"]), "the question must not give its answer away"


def test_the_models_own_story_has_a_line_for_each_section() -> None:
    case = json.loads((CASES / "own.json").read_text(encoding="utf-8"))
    assert len(case["outline"]) >= 2
    assert set(case) == {"title", "brief", "outline"}
