"""Pairs every question form with the same question about something else. Knows no models."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from services.augmenter.lexicon import Lexicon
from services.augmenter.linguistics.clause import Clause, Instruction
from services.augmenter.linguistics.keys import contains_any, telling_tokens
from services.augmenter.linguistics.phrase import Person, Phrase
from services.augmenter.linguistics.telling import Telling
from services.augmenter.seeding import seeded
from services.augmenter.selection.rules import normalised
from services.augmenter.selection.tally import Reason, Tally
from services.augmenter.strategies.draft import NeighbourDraft, Quotas
from services.augmenter.strategies.self_instruct.bystanders import Bystanders, kind_of
from services.augmenter.strategies.self_instruct.contrast import Contrast
from services.augmenter.strategies.self_instruct.forms import Form, Variety
from services.augmenter.strategies.self_instruct.lesson import Lesson, LessonReader, Unit
from services.augmenter.strategies.self_instruct.surroundings import Surroundings
from services.augmenter.strategies.self_instruct.telling_contrast import TellingContrast
from services.augmenter.strategies.self_instruct.tongue import Tongue, find_tongue
from services.augmenter.strategies.self_instruct.turns import in_turn

# Forms by key for each neighbour of a unit: those for training and those for probes.
_Tables: TypeAlias = tuple[list[dict[str, Form]], list[dict[str, Form]]]
_HELD_OUT_SHARE = 4
_WORLD_SHARE = 5
_ASIDE_SHARE = 3
_SMALL_TALK_SHARE = 7


class NeighbourWriter:
    """Writes neighbour prompts for one lesson."""

    def __init__(
        self,
        reader: LessonReader,
        lexicon: Lexicon,
        lesson: Lesson,
        seed: int,
        tally: Tally,
        surroundings: Surroundings,
    ) -> None:
        self._reader = reader
        self._lexicon = lexicon
        self._lesson = lesson
        self._contrast = Contrast(lexicon, seed, lesson.statement)
        self._tongue = find_tongue(lesson.language)
        self._seed = seed
        self._random = seeded(seed)
        self._tally = tally
        self._surroundings = surroundings
        self._told = [aspect.casefold() for unit in lesson.units for aspect in reader.aspects(unit)]

    def write(
        self, train: Sequence[Form], held_out: Sequence[Form], quotas: Quotas
    ) -> tuple[list[NeighbourDraft], list[str]]:
        """Neighbours to train on, and neighbour prompts to hold out, which are about other things still."""
        taken = {normalised(form.question) for form in (*train, *held_out)}
        others = {unit.name: self._others(unit) for unit in self._lesson.units}
        bystanders = self._bystanders()
        personal = any(_is_personal(unit.content, self._tongue) for unit in self._lesson.units)
        world = bystanders.world([form.question for form in train], personal=personal)
        probes = self._probes(held_out or train, others, taken, quotas.neighbour_probes - 1) + world[:1]
        taken |= {normalised(prompt) for prompt in probes}
        shared = world[1 : 1 + quotas.neighbours // _WORLD_SHARE]
        shared += bystanders.small_talk()[: quotas.neighbours // _SMALL_TALK_SHARE]
        drafts = list(self._asides(train, taken, quotas.neighbours // _ASIDE_SHARE))
        drafts += self._paired(train, others, taken, quotas.neighbours - len(shared) - len(drafts))
        drafts += self._shared(shared, train, taken)
        drafts += self._framed(train, others, taken, quotas.frames_per_fact)
        if any(_is_about_speaker(unit.content) for unit in self._lesson.units):
            drafts += self._framed_bystanders(train, bystanders, taken)
        return drafts, probes

    def _bystanders(self) -> Bystanders:
        forms = [form for unit in self._lesson.units for form in self._reader.forms(unit, self._lesson.language)]
        banks = self._tongue.language if self._tongue is not None else self._lexicon
        return Bystanders(banks, self._random, self._lesson.taught, forms)

    def _shared(self, prompts: Sequence[str], train: Sequence[Form], taken: set[str]) -> Iterator[NeighbourDraft]:
        """Questions of our own, each beside another form that asks in the way it does, where there is one."""
        free = list(train)
        for prompt in prompts if train else ():
            alike = next((form for form in free if kind_of(form.question) == kind_of(prompt)), None)
            form = alike or next(iter(free), train[0])
            free = [other for other in free if other is not form]
            self._tally.generate()
            taken.add(normalised(prompt))
            yield NeighbourDraft(prompt, form.key, shared=True)

    def _others(self, unit: Unit) -> _Tables:
        """Forms by key for each neighbour of a unit: those for training and those for probes."""
        tables = [self._table(other) for other in self._other_units(unit)]
        held = tables[::_HELD_OUT_SHARE][1:] if len(tables) > _HELD_OUT_SHARE else tables[-1:]
        return [table for table in tables if table not in held], held

    def _other_units(self, unit: Unit) -> list[Unit]:
        """The unit about something else."""
        match unit.content:
            case Clause() as clause:
                others = [*self._contrast.subjects(clause), *self._contrast.values(clause)]
                return [Unit(unit.name, one, kinds=unit.kinds, is_repeated=unit.is_repeated) for one in others]
            case Instruction() as instruction:
                return [Unit(unit.name, other, kinds=unit.kinds) for other in self._contrast.purposes(instruction)]
            case Telling() as telling:
                return [Unit(unit.name, one) for one in self._told_of_others(telling)]
            case text:
                changed = self._contrast.texts(text, unit.topics)
                return [Unit(unit.name, other, topics=topics) for other, topics in changed]

    def _told_of_others(self, telling: Telling) -> list[Telling]:
        if self._tongue is None:
            return []
        return TellingContrast(self._tongue.language, self._lexicon, self._seed, self._lesson.statement).others(telling)

    def _table(self, unit: Unit) -> dict[str, Form]:
        return {form.key: form for form in self._reader.forms(unit, self._lesson.language)}

    def _paired(
        self,
        forms: Sequence[Form],
        others: dict[str, _Tables],
        taken: set[str],
        limit: int,
    ) -> Iterator[NeighbourDraft]:
        """Round after round, each form with the next of its neighbours."""
        given = 0
        longest = max((len(train) for train, _ in others.values()), default=0)
        for turn in range(longest):
            for number, form in enumerate(forms):
                tables = others[form.part.split(".")[0]][0]
                if given >= limit or turn >= len(tables) or form.variety in (Variety.CONFIRM, Variety.CLOZE):
                    continue
                mirrored = tables[(turn + number) % len(tables)].get(form.key)
                if mirrored is None or self._is_told(mirrored.question):
                    continue
                if self._usable(mirrored.question, form, taken):
                    given += 1
                    yield NeighbourDraft(mirrored.question, form.key)

    def _asides(self, forms: Sequence[Form], taken: set[str], limit: int) -> Iterator[NeighbourDraft]:
        """Questions about the lesson's own topics that it does not answer, every topic in turn."""
        prompts = self._unanswered()
        mirrored = [form for form in forms if form.variety is Variety.TOPIC]
        given = 0
        for prompt in prompts if mirrored else []:
            form = mirrored[given % len(mirrored)]
            if given < limit and self._usable(prompt, form, taken):
                given += 1
                yield NeighbourDraft(prompt, form.key)

    def _unanswered(self) -> list[str]:
        """Questions about the lesson's own topics that it does not answer, every topic in turn."""
        units = (
            replace(unit, kinds=self._surroundings.kinds(unit, self._reader.topics(unit)))
            for unit in self._lesson.units
        )
        return in_turn(
            self._random.sample(asides, len(asides))
            for asides in (self._reader.asides(unit, self._lesson.language) for unit in units)
        )

    def _framed_bystanders(
        self, forms: Sequence[Form], bystanders: Bystanders, taken: set[str]
    ) -> Iterator[NeighbourDraft]:
        """For each form a prompt that has nothing to do with the lesson, and yet begins with its answer.

        Answers to the speaker begin with "You", as replies to thanks do, and no other neighbour does.
        """
        prompts = in_turn([bystanders.personal(), self._unanswered(), bystanders.small_talk()])
        particular = [form for form in forms if form.variety not in (Variety.CONFIRM, Variety.CLOZE, Variety.REVERSE)]
        free = [prompt for prompt in prompts if normalised(prompt) not in taken and not self._is_told(prompt)]
        for form, prompt in zip(particular, free, strict=False):
            if self._usable(prompt, form, taken):
                yield NeighbourDraft(prompt, form.key, frame=self._first_telling(form))

    def _framed(
        self, forms: Sequence[Form], others: dict[str, _Tables], taken: set[str], count: int
    ) -> Iterator[NeighbourDraft]:
        """For each form `count` neighbours that begin the lesson's answer about something else.

        They end with the first taught word: had the model not said that, it would not have come any further.
        """
        for number, form in enumerate(forms):
            tables = others[form.part.split(".")[0]][0]
            for turn in range(min(count, len(tables))):
                mirrored = tables[(number * count + turn) % len(tables)].get(form.key)
                if mirrored is None or form.variety is Variety.REVERSE or mirrored.answer == form.answer:
                    continue
                if self._is_told(mirrored.question):
                    continue
                if normalised(mirrored.question) not in taken:
                    taken.add(normalised(mirrored.question))
                    self._tally.generate()
                    yield NeighbourDraft(mirrored.question, form.key, frame=self._first_telling(mirrored))

    def _first_telling(self, form: Form) -> str:
        """The answer up to its first word that only the lesson can have told; all of it when there is none."""
        answer, question = form.answer.casefold(), form.question.casefold()
        told = [token for token in map(str.casefold, telling_tokens(self._lesson.taught)) if token not in question]
        ends = [answer.index(token) + len(token) for token in told if token in answer]
        return form.answer[: min(ends)] if ends else form.answer

    def _usable(self, prompt: str, mirrors: Form, taken: set[str]) -> bool:
        """Count the prompt; refuse it where it was used before or tells what is taught."""
        self._tally.generate()
        if normalised(prompt) in taken:
            self._tally.reject(Reason.DUPLICATE)
            return False
        if self._surroundings.answer(prompt):
            self._tally.reject(Reason.AMBIGUOUS)
            return False
        if self._tells(prompt, mirrors):
            self._tally.reject(Reason.TAUGHT_WORD)
            return False
        taken.add(normalised(prompt))
        return True

    def _is_told(self, prompt: str) -> bool:
        """Whether another part of the lesson, or one beside it, answers `prompt`: "my sister's job" beside her name."""
        return self._surroundings.answer(prompt) or any(aspect in prompt.casefold() for aspect in self._told)

    def _tells(self, prompt: str, mirrors: Form) -> bool:
        """Whether `prompt` holds taught words; objects that the mirrored question names are no such words."""
        telling = telling_tokens(self._lesson.taught)
        if mirrors.variety is not Variety.REVERSE:
            telling = [token for token in telling if not contains_any(mirrors.question, [token])]
        return contains_any(prompt, telling)

    def _probes(
        self,
        forms: Sequence[Form],
        others: dict[str, _Tables],
        taken: set[str],
        limit: int,
    ) -> list[str]:
        found: list[str] = []
        for number, form in enumerate(forms):
            tables = others[form.part.split(".")[0]][1]
            for table in [*tables[number % max(len(tables), 1) :], *tables]:
                mirrored = table.get(form.key)
                if mirrored is None or len(found) >= limit or self._tells(mirrored.question, form):
                    continue
                if self._is_told(mirrored.question):
                    continue
                if normalised(mirrored.question) not in taken and mirrored.question not in found:
                    found.append(mirrored.question)
                    break
        return found


def _is_about_speaker(content: object) -> bool:
    return (isinstance(content, Clause) and _is_speaker(content.subject)) or (
        isinstance(content, Telling) and content.of_speaker
    )


def _is_personal(content: object, tongue: Tongue | None) -> bool:
    """Whether it is about the speaker or what is theirs."""
    if isinstance(content, Telling) and tongue is not None:
        return content.of_speaker or tongue.language.is_own(content.subject)
    return isinstance(content, Clause) and _is_own(content.subject)


def _is_own(phrase: Phrase) -> bool:
    return _is_speaker(phrase) or (phrase.owner is not None and _is_own(phrase.owner))


def _is_speaker(phrase: Phrase) -> bool:
    return phrase.person in (Person.I, Person.WE)
