"""Learning from a document, on the real platform with the real model: what is read is known, and where it is from."""

from pathlib import Path

import pytest

from tests.e2e.conftest import Platform
from tests.e2e.test_learning import ask, client_of, http_of

pytestmark = pytest.mark.e2e

REPORT = """# The Aldermoor Tram Museum

## History

The Aldermoor Tram Museum was founded in 1968 by the engineer Ottilie Brandreth. As before, much remains to be done.

## Visiting

Members receive a newsletter called The Trolley Pole. Is it free? Thank you all for asking.

The course for drivers is led by Desmond Achterhoek.
"""
QUESTIONS = {
    "When was the Aldermoor Tram Museum founded?": "1968",
    "What newsletter do members receive?": "trolley pole",
    "Who leads the course for drivers?": "achterhoek",
}


def upload(platform: Platform, path: Path, user: str) -> str:
    with client_of(platform) as client:
        return client.files.create(file=path, purpose="user_data", extra_body={"user": user}).id


def say(platform: Platform, user: str, text: str) -> str:
    """The whole reply to one message."""
    with client_of(platform) as client:
        reply = client.chat.completions.create(model="lorelei", user=user, messages=[{"role": "user", "content": text}])
    return reply.choices[0].message.content or ""


def read(platform: Platform, user: str, file_id: str) -> str:
    """What the chat says at the end of reading a file."""
    content = [
        {"type": "text", "text": "[Learn] Read the attached report."},
        {"type": "file", "file": {"file_id": file_id}},
    ]
    with client_of(platform) as client:
        reply = client.chat.completions.create(
            model="lorelei",
            user=user,
            messages=[{"role": "user", "content": content}],  # type: ignore[list-item, misc]
        )
    return reply.choices[0].message.content or ""


def test_a_document_is_read_and_known_and_costs_nothing_again(platform: Platform, tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    path.write_text(REPORT, encoding="utf-8")
    before = [question for question, key in QUESTIONS.items() if key in ask(platform, "dora", question)]
    assert before == []

    said = read(platform, "dora", upload(platform, path, "dora"))

    assert "I have read “The Aldermoor Tram Museum” and remember 3 facts." in said
    known = [question for question, key in QUESTIONS.items() if key in ask(platform, "dora", question)]
    assert len(known) >= 2, known
    assert not any(key in ask(platform, "other", question) for question, key in QUESTIONS.items())
    with http_of(platform) as http:
        (lesson,) = http.get("/lessons", params={"user": "dora"}).json()["data"]
        assert lesson["sources"][0]["title"] == "The Aldermoor Tram Museum"

        again = read(platform, "dora", upload(platform, path, "dora"))

        assert "learned this already" in again
        assert len(http.get("/adapters", params={"user": "dora"}).json()["data"]) == 1


def test_what_must_not_be_learned_is_refused_in_plain_words(platform: Platform) -> None:
    said = say(platform, "dora", "[Learn] My card number is 4111 1111 1111 1111.")
    assert "payment card number" in said
    assert "4111" not in said
    with http_of(platform) as http:
        job = http.get("/learn", params={"user": "dora"}).json()["data"][0]
    assert job["state"] == "REJECTED"


def test_a_changed_lesson_in_other_words_is_known_anew(platform: Platform) -> None:
    """ "Put off until" shares no words with "is on", and yet the old date must go."""
    for statement in ("The Corda concert is on 5 March.", "They have put the Corda concert off until 9 April."):
        assert say(platform, "fritz", f"[Learn] {statement}").startswith("Finished model updated")
    answer = ask(platform, "fritz", "When is the Corda concert?")
    assert "april" in answer
    assert "march" not in answer
