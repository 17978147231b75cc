"""What requests to manage are about, how short answers are understood, and which version came before."""

from datetime import UTC, datetime, timedelta

import pytest

from services.common.manifest import AdapterManifest
from services.gateway.intents import SentenceEncoder
from services.gateway.managing.answers import chosen_place, is_no, is_yes
from services.gateway.managing.finding import Described, LessonFinder
from services.gateway.managing.topics import means_the_last, topic_words
from services.gateway.managing.versions import version_after, version_before

LESSONS = [
    Described("office", "My office moved to the third floor."),
    Described("dog", "My dog is called Biscuit."),
    Described("bridge", "The Harlow bridge closed on 3 May 2025 because of a cracked pylon."),
    Described("refund", "Our refund policy allows returns within 45 days."),
    Described("sister", "Meine Schwester Nadia ist Meeresbiologin in Bergen."),
    Described("wifi", "访客无线网络的密码是tulip-42。"),
    Described("peanuts", "Je suis allergique aux arachides."),
]


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ("forget what I told you about my office", ["office"]),
        ("Please forget that my dog is called Biscuit.", ["dog", "called", "biscuit"]),
        ("What have you learned about me?", []),
        ("what have I taught you so far", []),
        ("Vergiss, was ich dir über mein Büro erzählt habe.", ["büro"]),
        ("Oublie ce que je t'ai dit sur mon bureau.", ["bureau"]),
        ("Olvida lo que te dije sobre mi oficina.", ["oficina"]),
        ("忘记我告诉你的关于我办公室的事。", ["办公室"]),
        ("Forget it.", []),
    ],
)
def test_a_topic_is_what_is_left_of_a_request(request_: str, words: list[str]) -> None:
    assert topic_words(request_) == words


@pytest.mark.parametrize(
    ("request_", "last"),
    [
        ("Forget the last thing I taught you.", True),
        ("forget the last lesson", True),
        ("Vergiss das letzte, was ich dir beigebracht habe.", True),
        ("Forget my last holiday in Rome.", False),
        ("Forget my office.", False),
    ],
)
def test_the_last_lesson_is_meant_only_without_a_topic(request_: str, last: bool) -> None:
    assert means_the_last(request_) is last


@pytest.mark.parametrize(
    ("request_", "lesson"),
    [
        ("forget what I told you about my office", "office"),
        ("Forget where my workplace is.", "office"),
        ("delete the lesson about the bridges", "bridge"),
        ("forget that my dog is called Biscuit", "dog"),
        ("Forget my puppy's name.", "dog"),
        ("Remove what you know about refunds.", "refund"),
        ("Vergiss, was ich über meine Schwester gesagt habe.", "sister"),
        ("删除关于无线网络密码的课程。", "wifi"),
        ("Oublie que je suis allergique.", "peanuts"),
    ],
)
def test_the_lesson_that_is_meant_is_found_first(encoder: SentenceEncoder, request_: str, lesson: str) -> None:
    assert LessonFinder(encoder).find(topic_words(request_), LESSONS)[:1] == [lesson]


def test_what_was_never_taught_is_not_found(encoder: SentenceEncoder) -> None:
    for request in ("forget my car", "Forget the recipe for banana bread.", "Vergiss mein Gehalt."):
        assert LessonFinder(encoder).find(topic_words(request), LESSONS) == []


@pytest.mark.parametrize(
    "text",
    ["yes", "Yes!", "yes please, forget it", "Ja, bitte.", "oui", "d’accord", "Sí, bórralo", "是的", "好的。", "ok"],
)
def test_a_plain_yes_agrees(text: str) -> None:
    assert is_yes(text)
    assert not is_no(text)


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "forget it",
        "yes but keep the office",
        "yes, what is the capital of France?",
        "yesterday",
        "",
        "maybe",
        "yes no",
    ],
)
def test_what_is_in_doubt_does_not_agree(text: str) -> None:
    assert not is_yes(text)


@pytest.mark.parametrize("text", ["No.", "nein danke", "non merci", "No, gracias", "不要", "cancel"])
def test_a_no_declines(text: str) -> None:
    assert is_no(text)


@pytest.mark.parametrize(
    ("text", "place"),
    [("1", 0), ("the second", 1), ("number 3", 2), ("the second one", 1), ("die erste", 0), ("le deuxième", 1),
     ("la última", 2), ("第二个", 1), ("the last", 2), ("4", None), ("0", None), ("yes", None), ("", None)],
)  # fmt: skip
def test_a_choice_is_named_by_its_place(text: str, place: int | None) -> None:
    assert chosen_place(text, 3) == place


def version(name: str, parent: str | None, lessons: list[str], minutes: int) -> AdapterManifest:
    return AdapterManifest.model_construct(
        version=name,
        parent=parent,
        lessons=lessons,
        job_id=lessons[-1],
        created_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes),
    )


def test_undoing_follows_the_weights_and_redoing_comes_back() -> None:
    first, second, third = version("1", None, ["a"], 1), version("2", "1", ["a", "b"], 2), version("3", "2", ["c"], 3)
    line = [third, second, first]
    assert [version_before(one, line) for one in line] == ["2", "1", None]
    assert [version_after(name, line) for name in (None, "1", "2", "3")] == ["1", "2", "3", None]


def test_what_was_made_afresh_took_the_place_of_the_next_older_version() -> None:
    first, fresh = version("1", None, ["a"], 1), version("2", None, ["a", "b"], 2)
    assert version_before(fresh, [fresh, first]) == "1"
    assert version_after("1", [fresh, first]) == "2"


def test_undoing_takes_a_lesson_back_even_when_all_were_learned_anew_since() -> None:
    first, second = version("1", None, ["a"], 1), version("2", "1", ["a", "b"], 2)
    anew = version("3", None, ["a", "b"], 3)
    line = [anew, second, first]
    assert version_before(anew, line) == "1"
    assert version_after("1", line) == "3"


def test_a_deleted_parent_is_skipped() -> None:
    first, third = version("1", None, ["a"], 1), version("3", "2", ["a", "c"], 3)
    assert version_before(third, [third, first]) == "1"
    assert version_before(third, [third]) is None
