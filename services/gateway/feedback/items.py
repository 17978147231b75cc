"""What feedback is, and how it is written into Redis. Knows nothing of who gives it or who learns from it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from services.gateway.feedback.answers import Answer, answer_from_fields

_ID_DIGITS = 24


class Rating(StrEnum):
    """Whether an answer was good."""

    UP = "up"
    DOWN = "down"


class FeedbackState(StrEnum):
    """What became of feedback. Without a correction it is kept; a correction waits, and is then learned or refused."""

    KEPT = "kept"
    WAITING = "waiting"
    LEARNING = "learning"
    LEARNED = "learned"
    REFUSED = "refused"


@dataclass(frozen=True)
class Verdict:
    """What a user says of an answer; `correction` is what it should have been, `harmful` reports it."""

    rating: Rating
    reason: str = ""
    correction: str = ""
    harmful: bool = False


@dataclass(frozen=True)
class FeedbackItem:
    """One user's verdict on one answer; `created_at` is in seconds since the epoch.

    `job_id` is that of the job that learns or learned the correction, `learned_version` what came of it, `reasons` say
    why it was refused.
    """

    id: str
    answer: Answer
    verdict: Verdict
    created_at: float
    state: FeedbackState
    job_id: str = ""
    learned_version: str = ""
    reasons: tuple[str, ...] = ()


def feedback_id(answer: Answer) -> str:
    """The id of feedback on `answer`: always the same, so that a later verdict replaces an earlier one."""
    if answer.completion_id:
        return f"feedback-{answer.completion_id.removeprefix('chatcmpl-')}"
    exchange = json.dumps([[turn.content for turn in answer.prompt], answer.reply.strip()])
    return f"feedback-{hashlib.sha256(exchange.encode()).hexdigest()[:_ID_DIGITS]}"


def item_to_fields(item: FeedbackItem) -> dict[str, str]:
    """The item as fields of a Redis hash; `verdict` is equal for equal verdicts."""
    return {
        "id": item.id,
        "answer": json.dumps(asdict(item.answer)),
        "verdict": json.dumps(asdict(item.verdict)),
        "created_at": repr(item.created_at),
        "state": item.state,
        "job_id": item.job_id,
        "learned_version": item.learned_version,
        "reasons": json.dumps(item.reasons),
    }


def item_from_fields(fields: Mapping[str, str]) -> FeedbackItem:
    """Parse what `item_to_fields` wrote."""
    verdict = json.loads(fields["verdict"])
    return FeedbackItem(
        id=fields["id"],
        answer=answer_from_fields(json.loads(fields["answer"])),
        verdict=Verdict(**{**verdict, "rating": Rating(verdict["rating"])}),
        created_at=float(fields["created_at"]),
        state=FeedbackState(fields["state"]),
        job_id=fields["job_id"],
        learned_version=fields["learned_version"],
        reasons=tuple(json.loads(fields["reasons"])),
    )
