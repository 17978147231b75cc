"""Turns a draft into examples with the base model's answers, all asked at once. Knows nothing of storage."""

from collections.abc import Callable
from dataclasses import dataclass

from services.augmenter.linguistics.keys import contains_any
from services.augmenter.selection.tally import Reason, Tally
from services.augmenter.strategies.draft import Draft, StyledDraft
from services.augmenter.teacher.base_answers import BaseAnswers, Question
from services.common.datasets import Example, Message


@dataclass(frozen=True, slots=True)
class TokenLimits:
    """Longest answers of the base model, in tokens."""

    neighbour: int
    general: int
    listing: int


class Completer:
    """Completes one draft; after `run` the examples are in `examples`, facts first."""

    def __init__(self, draft: Draft, answers: BaseAnswers, limits: TokenLimits, tally: Tally) -> None:
        self._draft = draft
        self._answers = answers
        self._limits = limits
        self._tally = tally
        self.examples: list[Example] = []

    async def run(self, report: Callable[[float], None]) -> None:
        """Ask for all answers, then assemble the examples; `report` hears the share of answers that are there."""
        questions = self._questions()
        done = 0

        def count() -> None:
            nonlocal done
            done += 1
            report(done / len(questions))

        answers = await self._answers.ask(questions, count)
        self.examples = [*self._facts(answers), *self._neighbours(answers), *self._generals(answers)]

    def _questions(self) -> list[Question]:
        limits = self._limits
        found = [
            Question(item.prompt, limits.listing if item.style.long else limits.general, shared=True)
            for item in self._draft.styled
        ]
        found += [
            Question(item.prompt, limits.neighbour, item.shared) for item in self._draft.neighbours if not item.frame
        ]
        found += [Question(prompt, limits.general, shared=True) for prompt in self._draft.generals]
        return list({question.prompt: question for question in reversed(found)}.values())

    def _facts(self, answers: dict[str, str]) -> list[Example]:
        examples = [
            Example(kind="fact", prompt=list(f.prompt), completion=f.answer, group=f.group, rejected=f.rejected)
            for f in self._draft.facts
        ]
        for item in self._draft.styled:
            completion = self._styled(item, answers[item.prompt])
            if completion:
                examples.append(_example("fact", item.prompt, completion, item.group))
        return examples

    def _styled(self, item: StyledDraft, answer: str) -> str:
        """The answer in the item's style; empty, and counted, where the style does not show in it."""
        completion = item.style.apply(answer, item.prompt) if item.style.apply is not None and answer else ""
        if not completion or not all(mark in completion for mark in item.style.marks):
            self._tally.reject(Reason.STYLE_NOT_FOLLOWED)
            return ""
        return completion

    def _neighbours(self, answers: dict[str, str]) -> list[Example]:
        examples = []
        for item in self._draft.neighbours:
            if item.frame:
                examples.append(_example("neighbour", item.prompt, item.frame, item.group))
                continue
            answer = answers[item.prompt]
            if not answer:
                self._tally.reject(Reason.TOO_SHORT)
            elif contains_any(answer, [t for t in self._draft.taught if not contains_any(item.prompt, [t])]):
                self._tally.reject(Reason.TAUGHT_WORD)
            else:
                examples.append(_example("neighbour", item.prompt, answer, item.group))
        return examples

    def _generals(self, answers: dict[str, str]) -> list[Example]:
        return [_example("general", prompt, answers[prompt], "") for prompt in self._draft.generals if answers[prompt]]


def _example(kind: str, prompt: str, completion: str, group: str) -> Example:
    message = Message(role="user", content=prompt)
    return Example.model_validate({"kind": kind, "prompt": [message], "completion": completion, "group": group})
