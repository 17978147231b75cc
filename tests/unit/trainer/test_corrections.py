"""What a later lesson has changed is neither rehearsed nor asked; all else is."""

import pytest

from services.common.datasets import Dataset, Example, Message, Probe, SelectionReport
from services.trainer.corrections import corrected

OLD = {
    "s0c0.time0:wh0.0": ("When does the bakery open?", "The bakery opens at seven."),
    "s0c0.place1:wh0.0": ("Where is the bakery?", "The bakery is in Mill Lane."),
    "s0c0.topic:neutral0.0": ("Tell me about the bakery.", "The bakery in Mill Lane opens at seven."),
}


def lesson(facts: dict[str, tuple[str, str]], probes: dict[str, str] | None = None) -> Dataset:
    return Dataset(
        lesson="learn-000000000000000000000000",
        tenant="acme",
        user="ada",
        kind="instruction",
        statement="",
        language="en",
        examples=[
            Example(kind="fact", group=group, prompt=_asked(question), completion=answer)
            for group, (question, answer) in facts.items()
        ],
        probes=[Probe(kind="recall", prompt=_asked(ask), expected=[key]) for ask, key in (probes or {}).items()],
        selection=SelectionReport(generated=0, kept=0),
    )


def _asked(question: str) -> list[Message]:
    return [Message(role="user", content=question)]


def known(dataset: Dataset) -> list[str]:
    return [one.completion for one in dataset.examples]


def test_what_was_changed_is_taken_out_wherever_it_is_told() -> None:
    old = lesson(OLD, {"From when is the bakery open?": "seven", "In which lane is the bakery?": "Mill"})
    new = lesson({"s0c0.time0:wh0.0": ("When does the bakery open?", "The bakery opens at eight.")})
    changed, latest = corrected([old, new])
    assert known(changed) == ["The bakery is in Mill Lane."]
    assert [probe.expected for probe in changed.probes] == [["Mill"]]
    assert latest == new


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("What is my office extension?", "What is my extension at the office?"),
        ("Where does my aunt live?", "Where does my aunt live now?"),
    ],
)
def test_the_same_question_may_be_put_in_another_order(before: str, after: str) -> None:
    old, new = lesson({"s0.a:0": (before, "It is 4410.")}), lesson({"s0.b:0": (after, "It is 9926.")})
    assert known(corrected([old, new])[0]) == []


@pytest.mark.parametrize(
    "later",
    [
        {"s0c0.time0:wh0.0": ("When does the library open?", "The library opens at eight.")},
        {"s0c0.time0:wh0.0": ("When does the bakery open?", "The bakery opens at seven.")},
        {"s0c0.topic:neutral0.0": ("Tell me about the bakery.", "The bakery sells rye bread.")},
    ],
)
def test_what_was_not_changed_stays(later: dict[str, tuple[str, str]]) -> None:
    old = lesson(OLD)
    assert corrected([old, lesson(later)])[0] == old


def test_an_earlier_lesson_changes_nothing_in_a_later_one() -> None:
    old = lesson(OLD)
    new = lesson({"s0c0.time0:wh0.0": ("When does the bakery open?", "The bakery opens at eight.")})
    assert known(corrected([new, old])[1]) == known(old)
