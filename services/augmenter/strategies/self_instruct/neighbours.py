"""Pairs every question form with the same question about something else. Knows no models."""

from collections.abc import Iterator, Sequence

from services.augmenter.lexicon import Lexicon
from services.augmenter.linguistics.clause import Clause, Instruction
from services.augmenter.linguistics.keys import contains_any, telling_tokens
from services.augmenter.linguistics.phrase import Person, Phrase
from services.augmenter.seeding import seeded
from services.augmenter.selection.rules import normalised
from services.augmenter.selection.tally import Reason, Tally
from services.augmenter.strategies.draft import NeighbourDraft, Quotas
from services.augmenter.strategies.self_instruct.contrast import Contrast
from services.augmenter.strategies.self_instruct.forms import Form, Variety
from services.augmenter.strategies.self_instruct.lesson import Lesson, LessonReader, Unit

_HELD_OUT_SHARE = 4
_WORLD_SHARE = 5
_OPENINGS = (
    ("how much", "how_much"), ("how many", "how_much"), ("how long", "how_much"), ("how old", "how_much"),
    ("how", "how"), ("who", "who"), ("when", "when"), ("at what time", "when"), ("on wh", "when"), ("where", "where"),
    ("in wh", "where"), ("why", "why"), ("which command", "how"), ("what", "what"),
)  # fmt: skip


class NeighbourWriter:
    """Writes neighbour prompts for one lesson."""

    def __init__(self, reader: LessonReader, lexicon: Lexicon, lesson: Lesson, seed: int, tally: Tally) -> None:
        self._reader = reader
        self._lexicon = lexicon
        self._lesson = lesson
        self._contrast = Contrast(lexicon, seed, lesson.statement)
        self._random = seeded(seed)
        self._tally = tally

    def write(
        self, train: Sequence[Form], held_out: Sequence[Form], quotas: Quotas
    ) -> tuple[list[NeighbourDraft], list[str]]:
        """Neighbours to train on, and neighbour prompts to hold out, which are about other things still."""
        taken = {normalised(form.question) for form in (*train, *held_out)}
        others = {unit.name: self._others(unit) for unit in self._lesson.units}
        world = self._world(train)
        probes = self._probes(held_out or train, others, taken, quotas.neighbour_probes - 1) + world[:1]
        taken |= {normalised(prompt) for prompt in probes}
        famous = world[1 : 1 + quotas.neighbours // _WORLD_SHARE] if train else []
        self._tally.generate(len(famous))
        drafts = list(self._paired(train, others, taken, quotas.neighbours - len(famous)))
        drafts += [NeighbourDraft(prompt, _like(prompt, train), shared=True) for prompt in famous]
        return drafts, probes

    def _others(self, unit: Unit) -> tuple[list[dict[str, Form]], list[dict[str, Form]]]:
        """Forms by key for each neighbour of a unit: those for training and those for probes."""
        content = unit.content
        contents: list[Clause] | list[Instruction]
        if isinstance(content, Clause):
            contents = [*self._contrast.subjects(content), *self._contrast.values(content)]
        elif isinstance(content, Instruction):
            contents = self._contrast.purposes(content)
        else:
            return [], []
        tables = [self._table(Unit(unit.name, other)) for other in contents]
        held = tables[::_HELD_OUT_SHARE][1:] if len(tables) > _HELD_OUT_SHARE else tables[-1:]
        return [table for table in tables if table not in held], held

    def _table(self, unit: Unit) -> dict[str, Form]:
        return {form.key: form for form in self._reader.forms(unit, self._lesson.language)}

    def _paired(
        self,
        forms: Sequence[Form],
        others: dict[str, tuple[list[dict[str, Form]], list[dict[str, Form]]]],
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
                if mirrored is not None and self._usable(mirrored.question, form, taken):
                    given += 1
                    yield NeighbourDraft(mirrored.question, form.key)

    def _usable(self, prompt: str, mirrors: Form, taken: set[str]) -> bool:
        """Count the prompt; refuse it where it was used before or tells what is taught."""
        self._tally.generate()
        if normalised(prompt) in taken:
            self._tally.reject(Reason.DUPLICATE)
            return False
        if self._tells(prompt, mirrors):
            self._tally.reject(Reason.TAUGHT_WORD)
            return False
        taken.add(normalised(prompt))
        return True

    def _tells(self, prompt: str, mirrors: Form) -> bool:
        """Whether `prompt` holds taught words; objects that the mirrored question names are no such words."""
        telling = telling_tokens(self._lesson.taught)
        if mirrors.variety is not Variety.REVERSE:
            telling = [token for token in telling if not contains_any(mirrors.question, [token])]
        return contains_any(prompt, telling)

    def _probes(
        self,
        forms: Sequence[Form],
        others: dict[str, tuple[list[dict[str, Form]], list[dict[str, Form]]]],
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
                if normalised(mirrored.question) not in taken and mirrored.question not in found:
                    found.append(mirrored.question)
                    break
        return found

    def _world(self, forms: Sequence[Form]) -> list[str]:
        """Well-known questions of the kinds that the lesson's forms are, and about the assistant for personal ones."""
        kinds = dict.fromkeys(filter(None, (_kind(form.question) for form in forms)))
        personal = any(isinstance(u.content, Clause) and _is_personal(u.content.subject) for u in self._lesson.units)
        pools = [list(self._lexicon.world_questions[kind]) for kind in (*kinds, *(("self",) if personal else ()))]
        for pool in pools:
            self._random.shuffle(pool)
        longest = max(map(len, pools), default=0)
        mixed = [pool[index] for index in range(longest) for pool in pools if index < len(pool)]
        asked = {normalised(f.question) for unit in self._lesson.units for f in self._reader.forms(unit, "en")}
        return [p for p in mixed if normalised(p) not in asked and not contains_any(p, self._lesson.taught)]


def _like(prompt: str, forms: Sequence[Form]) -> str:
    """The key of a form that asks in the way `prompt` does."""
    return next((form.key for form in forms if _kind(form.question) == _kind(prompt)), forms[0].key)


def _is_personal(phrase: Phrase) -> bool:
    return phrase.person in (Person.I, Person.WE) or (phrase.owner is not None and _is_personal(phrase.owner))


def _kind(question: str) -> str:
    text = question.casefold()
    return next((kind for opening, kind in _OPENINGS if text.startswith(opening)), "")
