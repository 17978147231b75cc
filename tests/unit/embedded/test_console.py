"""What the launcher tells: a person at a terminal gets the key in the page's address, a file never does."""

import io
import json
from pathlib import Path

import pytest

from services.embedded.console import Console
from services.embedded.place import Place

KEY = "lorelei-a/b+c"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "api_key").write_text(f"{KEY}\n")
    return Place("http://127.0.0.1:8080", tmp_path / "api_key", tmp_path / "logs")


def test_a_terminal_gets_the_address_that_opens_the_page_at_once(place: Place) -> None:
    out = Terminal()
    Console(out).announce(place, 33.4)
    assert "Lorelei is ready after 33 s." in out.getvalue()
    assert "Page     http://127.0.0.1:8080/#key=lorelei-a/b%2Bc\n" in out.getvalue()


def test_a_file_or_a_pipe_never_gets_the_key(place: Place) -> None:
    out = io.StringIO()
    Console(out).announce(place, 33.4)
    assert "Page     http://127.0.0.1:8080/\n" in out.getvalue()
    assert str(place.api_key) in out.getvalue()
    assert "lorelei-a" not in out.getvalue()


def test_a_program_gets_one_document_when_everything_is_ready(place: Place) -> None:
    out, documents = Terminal(), io.StringIO()
    console = Console(out, documents)
    console.say("Lorelei starts")
    assert documents.getvalue() == ""
    console.announce(place, 33.44)
    assert json.loads(documents.getvalue()) == {
        "object": "platform",
        "seconds": 33.4,
        "page": "http://127.0.0.1:8080/",
        "api": "http://127.0.0.1:8080/v1",
        "api_key_file": str(place.api_key),
        "logs": str(place.logs),
    }
    assert "lorelei-a" not in out.getvalue() + documents.getvalue()
