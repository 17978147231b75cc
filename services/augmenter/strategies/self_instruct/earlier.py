"""What earlier lessons asked, to be asked again when something has changed. Knows no language."""

from collections.abc import Sequence

from services.common.datasets import Dataset, Message, Probe

CHANGED_GROUP = "changed"
_MOST_QUESTIONS = 12
_MOST_PROBES = 3
_OPEN = ".topic"


def questions_of(earlier: Dataset) -> list[str]:
    """Questions of `earlier` for something in particular, of every way of asking some."""
    asked = [one.prompt[-1].content for one in earlier.examples if one.kind == "fact" and _OPEN not in one.group]
    every = max(1, len(asked) // _MOST_QUESTIONS)
    return asked[::every][:_MOST_QUESTIONS]


def probes_of(earlier: Dataset, answer: str, new: Sequence[str]) -> list[Probe]:
    """Held-out questions of `earlier`, passed by the new `answer` only, which tells what is `new`."""
    found = []
    for probe in [one for one in earlier.probes if one.kind == "recall"][:_MOST_PROBES]:
        old = [word for word in probe.expected if word.casefold() not in answer.casefold()]
        question = Message(role="user", content=probe.prompt[-1].content)
        found.append(Probe(kind="recall", prompt=[question], expected=list(new), forbidden=old))
    return found
