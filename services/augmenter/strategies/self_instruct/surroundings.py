"""What the lessons taught beside one answer: the other sentences of a document. Knows nothing of documents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.augmenter.selection.rules import normalised
from services.augmenter.strategies.self_instruct.forms import Form, Variety
from services.augmenter.strategies.self_instruct.lesson import Lesson, LessonReader, Unit


@dataclass(frozen=True, slots=True)
class Answers:
    """What one lesson answers: questions, those of them that ask for something in particular, and kinds by topic."""

    questions: frozenset[str]
    particular: frozenset[str]
    kinds: Mapping[str, frozenset[str]]


def answers_of(lesson: Lesson, reader: LessonReader) -> Answers:
    """Everything that `lesson` can be asked by, whether or not it will be."""
    forms = [form for unit in lesson.units for form in reader.forms(unit, lesson.language)]
    kinds: dict[str, frozenset[str]] = {}
    for unit in lesson.units:
        for topic in reader.topics(unit):
            kinds[topic] = kinds.get(topic, frozenset()) | frozenset(unit.kinds)
    return Answers(
        frozenset(normalised(form.question) for form in forms),
        frozenset(normalised(form.question) for form in forms if form.variety is not Variety.TOPIC),
        kinds,
    )


class Surroundings:
    """The other lessons that are taught together with one; there may be none."""

    def __init__(self, beside: Sequence[Answers]) -> None:
        self._beside = beside

    def contradict(self, form: Form) -> bool:
        """Whether another lesson has another answer to it; a question that only names a topic yields to any other."""
        asked = normalised(form.question)
        vague = form.variety is Variety.TOPIC
        return any(asked in (other.questions if vague else other.particular) for other in self._beside)

    def answer(self, prompt: str) -> bool:
        """Whether another lesson answers exactly this."""
        return any(normalised(prompt) in other.questions for other in self._beside)

    def kinds(self, unit: Unit, topics: set[str]) -> tuple[str, ...]:
        """The kinds of question about `topics` that `unit` or another lesson answers."""
        found = [kind for other in self._beside for topic in topics for kind in sorted(other.kinds.get(topic, ()))]
        return tuple(dict.fromkeys([*unit.kinds, *found]))
