"""A dataset in the making: what is decided already, and what waits for the base model's answers."""

from dataclasses import dataclass, field, replace

from services.augmenter.strategies.behaviour.styles import Style
from services.common.datasets import LearnedFact, Message, Probe, Rejected


@dataclass(frozen=True, slots=True)
class FactDraft:
    """A question, perhaps asked after other turns, with its answer, and perhaps the one that is not wanted."""

    question: str
    answer: str
    group: str
    before: tuple[Message, ...] = ()
    rejected: Rejected | None = None

    @property
    def prompt(self) -> tuple[Message, ...]:
        """The conversation up to the answer."""
        return (*self.before, Message(role="user", content=self.question))


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
    learned: list[LearnedFact] = field(default_factory=list)

    @property
    def everywhere(self) -> bool:
        """Whether a way of answering is wanted in every answer."""
        return any(item.style.trigger == "any" and not item.style.name for item in self.styled)

    def extend(self, other: "Draft") -> None:
        """Add all parts of `other`."""
        for name in ("facts", "styled", "neighbours", "generals", "probes", "taught", "learned"):
            getattr(self, name).extend(getattr(other, name))

    def without(self, other: "Draft") -> "Draft":
        """This draft without the questions that `other` asks already, to be learned or to be checked by."""
        asked = {one.question for one in other.facts} | {probe.prompt[-1].content for probe in other.probes}
        return replace(
            self,
            facts=[one for one in self.facts if one.question not in asked],
            probes=[probe for probe in self.probes if probe.prompt[-1].content not in asked],
        )

    def add_part(self, part: "Draft", fact: LearnedFact) -> None:
        """Add `part`, which teaches `fact`, with groups that no other part has (see `Dataset.parts`)."""
        prefix = f"{len(self.learned)}/"
        self.facts += [replace(one, group=prefix + one.group) for one in part.facts]
        self.neighbours += [replace(one, group=prefix + one.group) for one in part.neighbours]
        self.probes += part.probes
        self.taught += part.taught
        self.learned.append(fact)


@dataclass(frozen=True, slots=True)
class Quotas:
    """Most examples of each kind in one dataset."""

    facts: int
    topics: int
    styled: int
    neighbours: int
    frames_per_fact: int
    neighbour_probes: int
