"""What users say about answers."""

import pytest

from services.gateway.intents.spoken_feedback import SpokenFeedback, read_feedback


@pytest.mark.parametrize(
    ("text", "correction"),
    [
        ("that answer was wrong, it is Canberra", "It is Canberra."),
        ("No, the capital is Canberra, not Sydney.", "The capital is Canberra, not Sydney."),
        ("Wrong. It's 1969.", "It's 1969."),
        ("You got the date wrong, it was in May.", "It was in May."),
        ("The correct answer would have been Lake Baikal.", "The correct answer would have been Lake Baikal."),
        ("It's not Sydney, it's Canberra.", "It's not Sydney, it's Canberra."),
        ("Actually, she is a teacher", "She is a teacher."),
        ("Das war falsch, es ist Canberra.", "Es ist Canberra."),
        ("Nein, es war die Donau, nicht der Rhein.", "Es war die Donau, nicht der Rhein."),
        ("C'est faux, la capitale est Ottawa.", "La capitale est Ottawa."),
        ("Eso es falso, la capital es Ottawa.", "La capital es Ottawa."),
        ("错了，首都是渥太华。", "首都是渥太华。"),
        ("不，首都是堪培拉，不是悉尼", "首都是堪培拉，不是悉尼。"),
    ],
)
def test_a_correction_is_read_as_said(text: str, correction: str) -> None:
    assert read_feedback(text) == SpokenFeedback("down", correction, "")


@pytest.mark.parametrize(
    "text",
    [
        "That was wrong.",
        "Bad answer!",
        "no",
        "Incorrect",
        "Das stimmt nicht.",
        "Mauvaise réponse.",
        "No me gusta.",
        "你错了。",
    ],
)
def test_a_bare_dislike_corrects_nothing(text: str) -> None:
    assert read_feedback(text) == SpokenFeedback("down", "", "")


@pytest.mark.parametrize(
    "text",
    [
        "Great answer!",
        "That's right, thanks.",
        "Perfect",
        "Gute Antwort!",
        "Merci, parfait.",
        "¡Muy bien, gracias!",
        "很好，谢谢！",
    ],
)
def test_praise_is_praise(text: str) -> None:
    assert read_feedback(text) == SpokenFeedback("up", "", "")


@pytest.mark.parametrize("text", ["Too long, I wanted one sentence.", "That's not what I asked.", "你的回答太长了。"])
def test_what_is_said_of_the_manner_is_a_reason(text: str) -> None:
    feedback = read_feedback(text)
    assert (feedback.rating, feedback.correction) == ("down", "")
    assert feedback.reason == text


@pytest.mark.parametrize("text", ["", "?", "   ", "🐶", "word " * 3000])
def test_any_text_is_read(text: str) -> None:
    assert read_feedback(text).rating in ("up", "down")
