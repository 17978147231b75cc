"""Makes datasets that hold probes only, for tests that train nothing."""

from services.common.datasets import Dataset, Probe, SelectionReport


def dataset(lesson: str, probes: list[Probe]) -> Dataset:
    return Dataset(
        lesson=lesson,
        tenant="acme",
        user="ada",
        kind="instruction",
        statement="",
        language="en",
        examples=[],
        probes=probes,
        selection=SelectionReport(generated=0, kept=0),
    )
