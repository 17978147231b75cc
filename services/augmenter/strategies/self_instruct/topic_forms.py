"""Asks about a topic in general, as suits what is said of it, and for things that are not said. Knows no parser."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from services.augmenter.lexicon import Lexicon
from services.augmenter.linguistics.clause import Clause, Constituent, Instruction, Role
from services.augmenter.linguistics.perspective import sentence_case
from services.augmenter.linguistics.phrase import Phrase
from services.augmenter.strategies.self_instruct.forms import Form, Variety

# What every statement answers, whatever it says; the others are kinds of question words.
_ALWAYS = ("neutral", "what")
_KIND_OF_ROLE = {
    Role.PLACE: "where",
    Role.GOAL: "where",
    Role.SOURCE: "where",
    Role.TIME: "when",
    Role.FREQUENCY: "when",
    Role.AMOUNT: "amount",
    Role.DURATION: "amount",
    Role.CAUSE: "why",
    Role.PURPOSE: "why",
    Role.MANNER: "how",
    Role.AGENT: "who",
    Role.COMPANION: "who",
}
_KIND_OF_LABEL = {
    "PERSON": "who",
    "GPE": "where",
    "LOC": "where",
    "FAC": "where",
    "DATE": "when",
    "TIME": "when",
    "MONEY": "amount",
    "QUANTITY": "amount",
    "PERCENT": "amount",
    "CARDINAL": "amount",
}


@dataclass(frozen=True, slots=True)
class Topic:
    """What a statement is about, as the object of a question, and whether it is a person."""

    name: str
    human: bool = False


class TopicForms:
    """Forms that name a topic and leave open, or only hint at, what is asked for."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def forms(
        self, topics: Sequence[Topic], kinds: Iterable[str], answer: str, expected: Sequence[str], part: str
    ) -> Iterator[Form]:
        """Questions of `kinds` about each of `topics`, other names of one thing, all with the same answer."""
        lexicon = self._lexicon
        human = bool(topics) and topics[0].human
        asked = lexicon.topic_questions_on_people if human else lexicon.topic_questions
        for kind in kinds:
            for number, template in enumerate(asked[kind]):
                for other, topic in enumerate(topics):
                    question = _filled(template, topic.name)
                    key = f"{part}:{kind}{number}.{other}"
                    yield Form(key, part, Variety.TOPIC, question, answer, tuple(expected))

    def asides(self, topic: Topic, kinds: Iterable[str]) -> list[str]:
        """Questions about `topic` that a statement of `kinds` does not answer."""
        lexicon = self._lexicon
        asked = lexicon.aside_questions_on_people if topic.human else lexicon.aside_questions
        unanswered = [group for kind, group in asked.items() if kind not in kinds]
        return [_filled(template, topic.name) for template in chain.from_iterable(unanswered)]

    def all_kinds(self) -> tuple[str, ...]:
        """Every kind that there is."""
        return tuple(self._lexicon.topic_questions)


def topic_of(clause: Clause) -> Phrase | None:
    """What the clause is about: its subject, or whose attribute it gives; None for "I" and the like."""
    owner = clause.subject.owner
    topic = owner if owner is not None and clause.verb.is_copula and not owner.is_pronoun else clause.subject
    return None if topic.is_pronoun else topic


def thing_of(instruction: Instruction) -> str:
    """What the instruction is for doing something to; empty where it names none."""
    thing = instruction.purpose.partition(" ")[2]
    return "" if thing.startswith(_PARTICLES) else thing


_PARTICLES = ("off ", "on ", "up ", "down ", "out ", "in ", "over ")


def kinds_of(contents: Iterable[Clause | Instruction | str]) -> tuple[str, ...]:
    """The kinds of question that a sentence with these contents answers."""
    found = dict.fromkeys(_ALWAYS)
    for content in contents:
        if isinstance(content, Instruction):
            found["how"] = None
        elif isinstance(content, Clause):
            found |= dict.fromkeys(["who"] if content.subject.human else [])
            found |= dict.fromkeys(chain.from_iterable(map(_kinds_of_part, content.constituents)))
    return tuple(found)


def _kinds_of_part(part: Constituent) -> Iterator[str]:
    if part.role in _KIND_OF_ROLE:
        yield _KIND_OF_ROLE[part.role]
    if part.label in _KIND_OF_LABEL:
        yield _KIND_OF_LABEL[part.label]
    if part.human:
        yield "who"
    if part.count:
        yield "amount"


def _filled(template: str, topic: str) -> str:
    return sentence_case(template.format(s=topic, S=sentence_case(topic)))
