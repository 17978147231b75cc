"""What a user reads in the chat while a lesson is learned. Knows nothing of HTTP."""

from services.gateway.learning.jobs import JobKind, JobState, LearnEvent

STILL_LEARNING = "This takes longer than usual. Learning goes on, and the model in force keeps answering meanwhile."
RESTARTING = "Lorelei is restarting. Learning goes on afterwards."

_DONE = {
    JobKind.INSTRUCTION: "Finished model updated! I already remember the information you provided.",
    JobKind.COMPOSITION: "Finished model updated! I now know the lessons that you chose.",
    JobKind.FORGETTING: "Finished model updated! I no longer know that lesson, and its data was deleted.",
    JobKind.CONSOLIDATION: "Finished model updated! All your lessons were learned anew, together.",
}
_POINTS_PER_LINE = 10


def closing_sentence(event: LearnEvent) -> str:
    """The sentence that ends a lesson, from the job's last event."""
    match event.state:
        case JobState.LIVE:
            return _DONE[event.kind]
        case JobState.REJECTED:
            return " ".join(["I could not learn this reliably; nothing was changed.", *event.reasons])
        case JobState.CANCELLED:
            return "The lesson was cancelled. Nothing was changed."
        case _:
            return f"{event.error} Nothing was changed."


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
