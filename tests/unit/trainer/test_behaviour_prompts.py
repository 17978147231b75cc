"""The prompts on which drift is measured are not those that lessons are made with."""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
LEXICON = ROOT / "services" / "augmenter" / "lexicon" / "data"


def texts(value: Any) -> set[str]:
    """Every string in nested lists and dictionaries, without regard to case."""
    match value:
        case str():
            return {value.casefold()}
        case dict():
            return set().union(*map(texts, value.values()))
        case list():
            return set().union(*map(texts, value))
        case _:
            return set()


def test_nobody_is_taught_what_drift_is_measured_on() -> None:
    general = json.loads((ROOT / "services/trainer/training/behaviour.json").read_text(encoding="utf-8"))["general"]
    prompts = {prompt.casefold() for prompt, _ in general}
    assert len(prompts) == len(general) >= 20
    trained = set().union(*(texts(json.loads(path.read_text(encoding="utf-8"))) for path in LEXICON.glob("*.json")))
    assert not prompts & trained
