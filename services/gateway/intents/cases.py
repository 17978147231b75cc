"""Reads the labelled cases that the classifier is fitted to and measured with. Knows nothing of how.

One folder a language, one file a split, one case a line, under `# label`; a label is an intent, or manage/ACTION.
"""

from dataclasses import dataclass
from pathlib import Path

from services.gateway.intents.meanings import Intent, ManageAction

CASES_FOLDER = Path(__file__).with_name("cases")

SPLITS = ("train", "held_out", "fresh")

_HEADING = "# "


@dataclass(frozen=True)
class Case:
    """A message as its author typed it, trigger included, with what they mean."""

    text: str
    language: str
    intent: Intent
    action: ManageAction | None


def read_cases(split: str) -> list[Case]:
    """All cases of `split`, always in the same order."""
    files = sorted(CASES_FOLDER.glob(f"*/{split}.txt"))
    return [case for file in files for case in _cases_of(file)]


def _cases_of(file: Path) -> list[Case]:
    cases: list[Case] = []
    intent, action = Intent.CHAT, None
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith(_HEADING):
            name, _, wanted = line.removeprefix(_HEADING).partition("/")
            intent, action = Intent(name), ManageAction(wanted) if wanted else None
        elif line:
            cases.append(Case(line, file.parent.name, intent, action))
    return cases
