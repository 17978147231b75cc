"""Instruction-guided learning of facts: forms, paraphrases, neighbours, general prompts and probes for a statement."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.augmenter.lexicon import Lexicon
from services.augmenter.linguistics.keys import contains_any
from services.augmenter.selection.rules import Selector
from services.augmenter.selection.tally import Reason, Tally
from services.augmenter.strategies.draft import Draft, FactDraft, Quotas
from services.augmenter.strategies.self_instruct.forms import Form
from services.augmenter.strategies.self_instruct.lesson import LessonReader
from services.augmenter.strategies.self_instruct.neighbours import NeighbourWriter
from services.augmenter.strategies.self_instruct.planning import Planner
from services.augmenter.strategies.self_instruct.surroundings import Answers, Surroundings
from services.augmenter.strategies.self_instruct.teacher_forms import TeacherForms
from services.common.datasets import Message, Probe


@dataclass(frozen=True, slots=True)
class SelfInstruct:
    """Builds the draft of one factual statement; deterministic for a seed but for what the teacher adds."""

    lexicon: Lexicon
    reader: LessonReader
    teacher: TeacherForms
    quotas: Quotas

    async def draft(
        self, statement: str, language: str, seed: int, tally: Tally, beside: Sequence[Answers] = ()
    ) -> Draft:
        """Everything about `statement` but the base model's answers.

        What one of those taught `beside` it answers in another way is not asked, and what one of them answers is not
        held to the base model.
        """
        lesson = self.reader.read(statement, language)
        selector = Selector(statement, language, self.lexicon)
        surroundings = Surroundings(beside)
        forms = [form for unit in lesson.units for form in self.reader.forms(unit, language)]
        clear = [form for form in forms if not surroundings.contradict(form)]
        tally.generate(len(forms) - len(clear))
        tally.reject(Reason.AMBIGUOUS, len(forms) - len(clear))
        plan = Planner(selector, tally, seed, self.quotas.facts, self.quotas.topics).plan(clear)
        train = [*plan.train, *await self.teacher.write(plan.train, selector, tally, seed)]
        writer = NeighbourWriter(self.reader, self.lexicon, lesson, seed, tally, surroundings)
        neighbours, probed = writer.write(train, plan.held_out, self.quotas)
        probes = [_recall(form) for form in plan.held_out]
        probes += [_prompted("neighbour", prompt, lesson.taught) for prompt in probed]
        return Draft(
            facts=[FactDraft(form.question, form.answer, form.key) for form in train],
            neighbours=neighbours,
            probes=probes,
            taught=list(lesson.taught),
        )


def _recall(form: Form) -> Probe:
    prompt = [Message(role="user", content=form.question)]
    return Probe(kind="recall", prompt=prompt, expected=list(form.expected))


def _prompted(kind: str, prompt: str, forbidden: tuple[str, ...]) -> Probe:
    shown = [token for token in forbidden if not contains_any(prompt, [token])]
    message = Message(role="user", content=prompt)
    return Probe.model_validate({"kind": kind, "prompt": [message], "forbidden": shown})
