"""What is asked for each section, and what is made of the model's text."""

import pytest

from services.gateway.works.cleaning import whole_sentences
from services.gateway.works.prompts import end_of, section_prompt
from services.gateway.works.work import (
    Section,
    Work,
    WorkState,
    event_from_json,
    event_of,
    event_to_json,
    work_from_fields,
    work_to_fields,
)

BEFORE = "Maren lit the lamp. " * 20 + "Tobias came home at dawn."


def test_the_prompt_holds_the_brief_the_line_and_only_the_end_of_what_was_written() -> None:
    [message] = section_prompt("Skerrow", "Write a story.", ["The lamp.", "The dawn."], BEFORE, 60)
    assert message.role == "user"
    for part in ("Skerrow", "Write a story.", "part 2", "The dawn.", "Tobias came home at dawn."):
        assert part in message.content
    assert "The lamp." not in message.content
    assert len(message.content) < len(BEFORE)


def test_the_first_section_has_nothing_before_it_and_a_work_without_outline_no_line() -> None:
    [message] = section_prompt("Skerrow", "Write a story.", [""], "", 60)
    assert "so far" not in message.content
    assert message.content.endswith("without headings.")


@pytest.mark.parametrize("window", [10, 30, 60, 200, 2000])
def test_the_window_is_never_larger_than_it_may_be(window: int) -> None:
    end = end_of(BEFORE, window)
    assert 0 < len(end) <= window
    assert BEFORE.endswith(end)


def test_the_window_begins_with_a_sentence_where_one_fits() -> None:
    assert end_of(BEFORE, 50) == "Maren lit the lamp. Tobias came home at dawn."


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("The lamp is lit. The sea is", "The lamp is lit."),
        ("The lamp is lit. The lamp is lit. The sea is wide.", "The lamp is lit. The sea is wide."),
        ("“Come in,” she said. “It is late.”", "“Come in,” she said. “It is late.”"),
        ("The lamp\n\nThe lamp is lit.\nThe sea is wide.", "The lamp is lit.\n\nThe sea is wide."),
        ("It cost 3.50 in Dr. Fenn's shop. He", "It cost 3.50 in Dr. Fenn's shop."),
        ("灯塔亮了。海很宽。他", "灯塔亮了。海很宽。"),
        ("  ", ""),
        ("and so on and", ""),
    ],
)
def test_a_section_is_made_of_whole_sentences_each_once(written: str, kept: str) -> None:
    assert whole_sentences(written) == kept


def test_what_an_earlier_section_says_is_not_said_again() -> None:
    before = ["The lamp is lit. The sea is wide.", "Maren sleeps."]
    assert whole_sentences("Maren sleeps. The sea is wide. A ship comes.", before) == "A ship comes."
    assert whole_sentences("the lamp is lit.", before) == ""


def _work() -> Work:
    sections = (Section("One.", 1.5, "learn-1", "LIVE"), Section("Two.", 2.0, "learn-2"))
    return Work("work-1", "acme", "ann", "T", "B", ("a", ""), 99, True, 12.5, WorkState.LEARNING, sections)


def test_a_work_survives_being_stored() -> None:
    assert work_from_fields(work_to_fields(_work())) == _work()


def test_an_event_tells_the_lesson_and_no_text_of_its_own() -> None:
    event = event_of(_work(), lesson_state="TRAINING", lesson_progress=40)
    assert (event.done, event.total, event.lesson) == (2, 2, "learn-2")
    assert event_from_json(event_to_json(event)) == event
    assert "Two." not in event_to_json(event)


def test_each_section_has_one_lesson_for_good() -> None:
    work = _work()
    assert work.lesson_of(0) == _work().lesson_of(0) != work.lesson_of(1)
