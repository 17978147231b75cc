"""The documents and pages that learning is measured on: every question can be answered from them."""

from pathlib import Path

import httpx
import pytest

from benchmarks.documents.exam import CASES, Question, read_exam
from benchmarks.documents.paper import sections_of, write_pdf
from tests.small_web.server import SmallWeb, read_pages

SMALL_WEB = Path("tests/small_web")


def test_every_question_is_answered_in_its_section_and_gives_nothing_away() -> None:
    sections = dict(sections_of((CASES / "report.md").read_text(encoding="utf-8")))
    exam = read_exam(CASES / "report.json")
    assert len(exam.questions) >= 30
    assert len({question.text for question in exam.questions}) == len(exam.questions)
    for question in exam.questions:
        assert question.passes(sections[question.section]), question
        assert not question.passes(question.text), question
    assert {question.section for question in exam.questions} == set(sections)


def test_every_question_about_the_small_web_is_answered_there() -> None:
    text = " ".join(page.text for page in read_pages().values())
    exam = read_exam(SMALL_WEB / "questions.json")
    assert all(question.passes(text) for question in exam.questions)


def test_replies_are_judged_by_keys_and_forbidden_words() -> None:
    question = Question("When?", keys=("3 march", "march 3"), forbidden=("june",))
    assert question.passes("On 3 March 2031.")
    assert not question.passes("On 3 March or in June.")
    assert not question.passes("In spring.")
    assert Question("Who?", forbidden=("santa",)).passes("Nobody knows.")


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("The Sills Hut will be rebuilt in 2032.", True),
        ("The assembly will meet on 16 March 2032.", False),
        ("The Sills Hut will be rebuilt soon.", False),
        ("The Sills Hut has 12032 nails.", False),
    ],
)
def test_a_sentence_tells_an_answer_only_of_what_the_question_names(sentence: str, told: bool) -> None:
    assert Question("When will the Sills Hut be rebuilt?", keys=("2032",)).is_told_by([sentence]) is told


def test_a_document_is_set_with_each_chapter_on_a_page(tmp_path: Path) -> None:
    assert write_pdf("# Title\n\n## One\n\nText – “so”.\n\n## Two\n\nMore.\n", tmp_path / "x.pdf") == 3


@pytest.mark.parametrize(
    ("path", "status"), [("/robots.txt", 200), ("/go/metadata", 302), ("/site/nothing.html", 404), ("/elsewhere", 404)]
)
def test_the_small_web_answers(path: str, status: int) -> None:
    with SmallWeb() as web:
        assert httpx.get(web.url + path).status_code == status


def test_its_search_answers_as_searxng_does() -> None:
    with SmallWeb() as web:
        assert httpx.get(f"{web.url}/search", params={"q": "salmon"}).status_code == 403
        found = httpx.get(f"{web.url}/search", params={"q": "Veldmark salmon", "format": "json"}).json()
        page = httpx.get(found["results"][0]["url"]).text
    assert found["results"][0]["title"].startswith("Salmon return")
    assert "cookies" in page
    assert "Jonas Merrow counted 74 salmon" in page
