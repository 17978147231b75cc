"""What a user reads in the chat while a lesson is learned. Knows nothing of HTTP."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from services.gateway.learning.jobs import JobKind, JobState, LearnedSource, LearnEvent

STILL_LEARNING = "This takes longer than usual. Learning goes on, and the model in force keeps answering meanwhile."
PAUSED = (
    "Learning is paused by the operator. Your lesson is kept, and begins by itself when learning goes on; "
    "nothing was changed so far."
)
RESTARTING = "Lorelei is restarting. Learning goes on afterwards."

_DONE = {
    JobKind.INSTRUCTION: "Finished model updated! I already remember the information you provided.",
    JobKind.WRITING: "Finished model updated! I remember what I wrote.",
    JobKind.FEEDBACK: "Finished model updated! I have learned from your corrections.",
    JobKind.EXAMPLES: "Finished model updated! I have learned from your examples.",
    JobKind.COMPOSITION: "Finished model updated! I now know the lessons that you chose.",
    JobKind.FORGETTING: "Finished model updated! I no longer know that lesson, and its data was deleted.",
    JobKind.CONSOLIDATION: "Finished model updated! All your lessons were learned anew, together.",
}
_FROM_SOURCES = (JobKind.DOCUMENT, JobKind.WEB)
_POINTS_PER_LINE = 10


def closing_sentence(event: LearnEvent) -> str:
    """The sentence that ends a lesson, from the job's last event."""
    match event.state:
        case JobState.LIVE:
            return _done(event)
        case JobState.REJECTED:
            return " ".join(["I could not learn this reliably; nothing was changed.", *event.reasons])
        case JobState.CANCELLED:
            return "The lesson was cancelled. Nothing was changed."
        case _:
            return f"{event.error} Nothing was changed."


def _done(event: LearnEvent) -> str:
    if event.known_lesson:
        return "I have learned this already, from the very same text. Nothing had to be changed."
    if event.kind in _FROM_SOURCES:
        return " ".join(["Finished model updated! I have read", _read(event.sources)])
    return _DONE[event.kind]


def _read(sources: Sequence[LearnedSource]) -> str:
    """What was read, with how much of it is remembered."""
    parts = []
    for source in sources:
        facts = "one fact" if source.facts == 1 else f"{source.facts} facts"
        pages = f" from {len(source.represented_pages)} of {source.pages} pages" if source.pages > 1 else ""
        parts.append(f"“{source.title}”{_where(source)} and remember {facts}{pages}")
    return "; ".join(parts) + "."


def _where(source: LearnedSource) -> str:
    """The host of a page; nothing for a file of the user's own."""
    host = urlsplit(source.address).hostname
    return f" ({host})" if host else ""


class ProgressLines:
    """Turns a job's events into lines of text, one for every ten points."""

    def __init__(self) -> None:
        self._shown: int | None = None

    def text_for(self, event: LearnEvent) -> str:
        """The text to append for `event`; empty when there is nothing worth a line."""
        if event.is_last:
            progress = self._line(100) if event.state is JobState.LIVE else ""
            return progress + closing_sentence(event)
        if self._shown is not None and event.progress < self._shown + _POINTS_PER_LINE:
            return ""
        return self._line(event.progress)

    def _line(self, percent: int) -> str:
        self._shown = percent
        return f"Model Updating... [{percent}%]\n"
