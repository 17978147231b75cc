"""Datasets survive storage, and probes judge replies."""

import pytest

from services.common.datasets import Dataset, Message, Probe, SelectionReport, dataset_from_bytes, dataset_to_bytes
from services.common.errors import FailedPrecondition


def probe(expected: list[str], forbidden: list[str]) -> Probe:
    return Probe(kind="recall", prompt=[Message(role="user", content="?")], expected=expected, forbidden=forbidden)


def test_a_dataset_survives_storage() -> None:
    dataset = Dataset(
        lesson="learn-1",
        tenant="acme",
        user="ana",
        kind="instruction",
        statement="Ünïcode",
        language="en",
        examples=[],
        probes=[probe(["x"], [])],
        selection=SelectionReport(generated=2, kept=1, rejected={"duplicate": 1}),
    )
    assert dataset_from_bytes(dataset_to_bytes(dataset)) == dataset


def test_a_damaged_dataset_is_refused() -> None:
    with pytest.raises(FailedPrecondition):
        dataset_from_bytes(b"{}")


@pytest.mark.parametrize(
    ("expected", "forbidden", "reply", "passes"),
    [
        (["Biscuit"], [], "It is biscuit.", True),
        (["Biscuit"], [], "I do not know.", False),
        (["14 August", "August 14"], [], "On August 14.", True),
        ([], ["biscuit"], "Its name is Biscuit!", False),
        ([], ["biscuit"], "Tom.", True),
    ],
)
def test_a_probe_judges_a_reply(expected: list[str], forbidden: list[str], reply: str, passes: bool) -> None:
    assert probe(expected, forbidden).passes(reply) is passes
