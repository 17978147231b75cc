"""Small parts of learning: records, patience, and what users read."""

from dataclasses import replace

import pytest

from services.common.errors import InvalidArgument, Unavailable
from services.gateway.conversations import Message
from services.gateway.learning.events import check_event_id
from services.gateway.learning.jobs import (
    JobKind,
    JobState,
    LearnJob,
    event_from_json,
    event_of,
    event_to_json,
    job_from_fields,
    job_to_fields,
)
from services.gateway.learning.patience import Patience, PatienceLimits
from services.gateway.learning.wording import ProgressLines, closing_sentence

JOB = LearnJob(
    id="learn-" + "0" * 24,
    tenant="acme",
    user="ada",
    kind=JobKind.INSTRUCTION,
    statement='Quotes " and «umlauts» ü\nand lines.',
    conversation=(Message("user", "Hi"), Message("assistant", "")),
    created_at=1700000000.123456,
)
FULL = replace(
    JOB,
    state=JobState.REJECTED,
    progress=80,
    cancel_requested=True,
    dataset_key="lessons/x",
    version="v-1",
    reasons=("One.", "Two."),
    error="Oh.",
    gate={"recall": 0.5},
    started_at=1.25,
    finished_at=2.5,
)


@pytest.mark.parametrize("job", [JOB, FULL])
def test_a_job_survives_its_storage(job: LearnJob) -> None:
    assert job_from_fields(job_to_fields(job)) == job


@pytest.mark.parametrize("job", [JOB, FULL])
def test_an_event_survives_its_storage(job: LearnJob) -> None:
    event = event_of(job, {"step": 3}, "reading")
    assert event_from_json(event_to_json(event)) == event


def test_progress_gets_a_line_for_every_ten_points_and_one_hundred_at_the_end() -> None:
    lines = ProgressLines()
    percents = [0, 3, 9, 10, 19, 25, 26, 95, 99]
    shown = [lines.text_for(event_of(replace(JOB, state=JobState.TRAINING, progress=each))) for each in percents]
    assert [line for line in shown if line] == [f"Model Updating... [{each}%]\n" for each in (0, 10, 25, 95)]
    last = lines.text_for(event_of(replace(JOB, state=JobState.LIVE, progress=100)))
    assert last.startswith("Model Updating... [100%]\nFinished model updated!")


@pytest.mark.parametrize("state", [JobState.REJECTED, JobState.FAILED, JobState.CANCELLED])
def test_a_lesson_that_changed_nothing_says_so_and_never_shows_one_hundred(state: JobState) -> None:
    event = event_of(replace(FULL, state=state))
    assert "nothing was changed" in closing_sentence(event).casefold()
    assert "100%" not in ProgressLines().text_for(event)


def test_patience_waits_longer_each_time_but_not_beyond_the_limit() -> None:
    patience = Patience(PatienceLimits(9, outage_seconds=60, first_pause_seconds=1, longest_pause_seconds=5))
    away = Unavailable("away", retry_after_seconds=None)
    assert [patience.pause_after(away) for _ in range(4)] == [1, 2, 4, 5]
    patience.goes_on()
    assert patience.pause_after(Unavailable("away", retry_after_seconds=3)) == 3


def test_patience_ends_after_too_many_break_offs() -> None:
    patience = Patience(PatienceLimits(2, outage_seconds=60))
    away = Unavailable("away")
    for _ in range(2):
        patience.pause_after(away)
        patience.goes_on()
    with pytest.raises(Unavailable):
        patience.pause_after(away)


@pytest.mark.parametrize("value", ["", "x", "1", "1-", "-1", "1-2-3", "1-2\n", "$", "²-1"])
def test_only_event_ids_are_resumed_from(value: str) -> None:
    with pytest.raises(InvalidArgument):
        check_event_id(value)
    assert check_event_id("1700000000000-0")
