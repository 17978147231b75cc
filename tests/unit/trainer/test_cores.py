"""A training leaves cores to those who use them, and takes what is free."""

from collections import namedtuple
from dataclasses import dataclass

import pytest

from services.trainer.workers.cores import FreeCores, threads_for


@pytest.mark.parametrize(
    ("cores", "others", "most", "threads"),
    [
        (2, 0.1, 2, 2),
        (2, 0.9, 2, 1),
        (2, 2.0, 2, 1),
        (16, 1.1, 2, 2),
        (16, 12.2, 8, 4),
        (1, 0.0, 4, 1),
    ],
)
def test_threads_are_bounded_by_the_free_cores(cores: int, others: float, most: int, threads: int) -> None:
    assert threads_for(cores, others, most) == threads


@dataclass
class Machine:
    """Clocks of two cores that a test turns; stands in for psutil."""

    elapsed: float = 0.0
    own: float = 0.0
    others: float = 0.0

    def work(self, seconds: float, own: float, others: float) -> None:
        self.elapsed += seconds
        self.own += own
        self.others += others


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine()
    times = namedtuple("times", "user nice system idle iowait irq softirq steal")
    process = namedtuple("process", "user system")

    def cpu_times() -> tuple[float, ...]:
        busy = machine.own + machine.others
        return times(busy, 0.0, 0.0, 2 * machine.elapsed - busy, 0.0, 0.0, 0.0, 0.0)

    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr("time.monotonic", lambda: machine.elapsed)
    monkeypatch.setattr("psutil.cpu_times", cpu_times)
    monkeypatch.setattr("psutil.Process.cpu_times", lambda _: process(machine.own, 0.0))
    return machine


def test_only_what_others_did_since_the_last_question_counts(machine: Machine) -> None:
    machine.work(seconds=5, own=0, others=10)
    cores = FreeCores()
    machine.work(seconds=1, own=1.9, others=0.1)
    assert cores.threads(most=2) == 2
    machine.work(seconds=1, own=1.0, others=0.8)
    assert cores.threads(most=2) == 1
    machine.work(seconds=1, own=0.9, others=0.05)
    assert cores.threads(most=2) == 2
