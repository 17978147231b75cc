"""A dataset in the making: what is decided already, and what waits for the base model's answers."""

from dataclasses import dataclass, field

from services.augmenter.strategies.behaviour.styles import Style
from services.common.datasets import Probe


@dataclass(frozen=True, slots=True)
class FactDraft:
    """A question with its answer."""

    question: str
    answer: str
    group: str


@dataclass(frozen=True, slots=True)
class StyledDraft:
    """A prompt whose ordinary answer is to be turned into one in `style`."""

    prompt: str
    style: Style
    group: str


@dataclass(frozen=True, slots=True)
class NeighbourDraft:
    """A prompt that the lesson must leave alone; `shared` prompts come from our own lists and hold no user's words.

    `frame` is the lesson's answer with something else in the place of its topic: what the model would say if it took
    the lesson too far. Without one the base model is asked what it says.
    """

    prompt: str
    group: str
    shared: bool = False
    frame: str = ""


@dataclass(slots=True)
class Draft:
    """All parts; `taught` are the words that must not occur in what the base model says about neighbours."""

    facts: list[FactDraft] = field(default_factory=list)
    styled: list[StyledDraft] = field(default_factory=list)
    neighbours: list[NeighbourDraft] = field(default_factory=list)
    generals: list[str] = field(default_factory=list)
    probes: list[Probe] = field(default_factory=list)
    taught: list[str] = field(default_factory=list)

    @property
    def everywhere(self) -> bool:
        """Whether a way of answering is wanted in every answer."""
        return any(item.style.trigger == "any" and not item.style.name for item in self.styled)

    def extend(self, other: "Draft") -> None:
        """Add all parts of `other`."""
        for name in ("facts", "styled", "neighbours", "generals", "probes", "taught"):
            getattr(self, name).extend(getattr(other, name))


@dataclass(frozen=True, slots=True)
class Quotas:
    """Most examples of each kind in one dataset."""

    facts: int
    topics: int
    styled: int
    neighbours: int
    frames_per_fact: int
    generals: int
    neighbour_probes: int
    general_probes: int
