"""What a user reads when a lesson from documents ends."""

from services.gateway.learning.jobs import JobKind, JobState, LearnedSource, LearnEvent, event_from_json, event_to_json
from services.gateway.learning.wording import closing_sentence

REPORT = LearnedSource("The annual report", "file-1", pages=12, represented_pages=(1, 4, 9), facts=7)
PAGE = LearnedSource("Barrage reopens", "https://news.example/barrage", pages=0, represented_pages=(), facts=1)


def live(kind: JobKind, *sources: LearnedSource, known: str = "") -> LearnEvent:
    return LearnEvent("learn-1", kind, JobState.LIVE, 100, version="v-1", sources=sources, known_lesson=known)


def test_it_says_how_much_of_a_document_is_remembered() -> None:
    sentence = closing_sentence(live(JobKind.DOCUMENT, REPORT))
    expected = "I have read “The annual report” and remember 7 facts from 3 of 12 pages."
    assert sentence == f"Finished model updated! {expected}"


def test_it_names_the_sources_of_a_web_search() -> None:
    sentence = closing_sentence(live(JobKind.WEB, PAGE, REPORT))
    assert "“Barrage reopens” (news.example) and remember one fact; “The annual report”" in sentence


def test_it_says_when_everything_was_known() -> None:
    assert "learned this already" in closing_sentence(live(JobKind.DOCUMENT, known="learn-2"))


def test_events_keep_their_sources() -> None:
    event = live(JobKind.WEB, PAGE, REPORT)
    assert event_from_json(event_to_json(event)) == event
