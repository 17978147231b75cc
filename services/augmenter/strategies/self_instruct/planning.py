"""Chooses among the forms of a lesson which to train on and which to hold out as probes. Knows no models."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from services.augmenter.seeding import seeded
from services.augmenter.selection.rules import Selector
from services.augmenter.selection.tally import Reason, Tally
from services.augmenter.strategies.self_instruct.forms import Form, Variety
from services.augmenter.strategies.self_instruct.lesson import is_aspect, is_named
from services.augmenter.strategies.self_instruct.turns import in_turn

_BASE_FORMS = 24
_FORMS_PER_ASPECT = 4
_CASUAL_SHARE = 4
_SIDE_SHARE = 6
_MAX_PROBES = 8
_MIN_PROBES = 4
_FEW_FORMS = 3
_MAX_TOPIC_PROBES = 4
# Names beside the subject: enough to be asked by, few enough not to crowd out what the statement is about.
_MAX_BY_NAME = 12
_MAX_BY_ASPECT = 8
_SIDE_LIMITS = {Variety.REVERSE: 2, Variety.CONFIRM: 1, Variety.CLOZE: 1}
_MIX = (Variety.DIRECT, Variety.RELATION, Variety.SYNONYM, Variety.INDIRECT, Variety.RELATION)


@dataclass(frozen=True, slots=True)
class Plan:
    """Forms to train on and forms held out; no question is in both."""

    train: tuple[Form, ...]
    held_out: tuple[Form, ...]


class Planner:
    """Spreads the forms over every part of the lesson and every way of asking.

    `max_forms` bounds the forms that ask for something in particular, `max_topics` those that only name a topic.
    """

    def __init__(self, selector: Selector, tally: Tally, seed: int, max_forms: int, max_topics: int) -> None:
        self._selector = selector
        self._tally = tally
        self._random = seeded(seed)
        self._max_forms = max_forms
        self._max_topics = max_topics

    def plan(self, forms: Iterable[Form]) -> Plan:
        """Select, hold out at least one form of every part where there are enough, and fill up to the limit."""
        good = self._selected(forms)
        topics = self._turns([form for form in good if form.variety is Variety.TOPIC])
        side = [form for form in good if form.variety in _SIDE_LIMITS]
        aspects = self._by_aspect([form for form in good if form.variety in _MIX])
        held_out = self._hold_out(aspects) or self._hold_out_topics(topics)
        limit = min(self._max_forms, _BASE_FORMS + _FORMS_PER_ASPECT * len(aspects))
        chosen_side = self._side(side, limit // _SIDE_SHARE if aspects else limit)
        casual = [other for forms in aspects if forms for other in _casually(forms)]
        del casual[(limit - len(chosen_side)) // _CASUAL_SHARE :]
        particular = in_turn(aspects)[: limit - len(chosen_side) - len(casual)]
        train = particular + casual + chosen_side + topics[: self._max_topics]
        self._tally.generate(len(casual))
        self._tally.reject(Reason.SURPLUS, len(good) + len(casual) - len(train) - len(held_out))
        return Plan(tuple(train), tuple(held_out))

    def _selected(self, forms: Iterable[Form]) -> list[Form]:
        kept = []
        # Of two forms that ask the same, the first is kept: rather the one that asks for something in particular.
        for form in sorted(forms, key=lambda form: form.variety is Variety.TOPIC):
            self._tally.generate()
            may_tell = form.variety in (Variety.CONFIRM, Variety.CLOZE)
            reason = (
                self._selector.judge_question(form.question, form.expected, may_tell=may_tell)
                or self._selector.judge_answer(form.answer, form.expected)
                or (Reason.NOT_GROUNDED if not form.expected else None)
                or self._selector.admit(form.question)
            )
            if reason is None:
                kept.append(form)
            else:
                self._tally.reject(reason)
        return kept

    def _by_aspect(self, forms: list[Form]) -> list[list[Form]]:
        """Forms that ask for the same thing, each list in the order in which to take from it."""
        groups: defaultdict[tuple[str, ...], list[Form]] = defaultdict(list)
        for form in forms:
            groups[tuple(sorted(key.casefold() for key in form.expected))].append(form)
        return [self._mixed(group) for group in groups.values()]

    def _mixed(self, forms: list[Form]) -> list[Form]:
        first = next((form for form in forms if form.variety is Variety.DIRECT), forms[0])
        pools: defaultdict[Variety, list[Form]] = defaultdict(list)
        for form in forms:
            if form is not first:
                pools[form.variety].append(form)
        for pool in pools.values():
            self._random.shuffle(pool)
        ordered = [first]
        named = Counter([first.naming])
        while any(pools.values()):
            for pool in (pools[variety] for variety in _MIX[1:] + _MIX[:1] if pools[variety]):
                # No one name of the subject shall become what the lesson is known by.
                pool.sort(key=lambda form: -named[form.naming])
                ordered.append(pool.pop())
                named[ordered[-1].naming] += 1
        return ordered

    def _turns(self, topics: list[Form]) -> list[Form]:
        """Questions that name a topic, shuffled, every part of the lesson in turn."""
        pools: defaultdict[str, list[Form]] = defaultdict(list)
        for form in topics:
            pools[form.part].append(form)
        for part, pool in pools.items():
            self._random.shuffle(pool)
            del pool[_MAX_BY_NAME if is_named(part) else _MAX_BY_ASPECT if is_aspect(part) else len(pool) :]
        return in_turn(pools.values())

    def _hold_out_topics(self, topics: list[Form]) -> list[Form]:
        """Take up to a quarter of `topics` out, where nothing in particular can be asked for."""
        count = min(_MAX_TOPIC_PROBES, len(topics) // 4)
        held, topics[:] = topics[:count], topics[count:]
        return held

    def _hold_out(self, aspects: list[list[Form]]) -> list[Form]:
        """Take probes out of `aspects`: from each the fifth form or the last, never the plainest."""
        held: list[Form] = []
        while len(held) < _MAX_PROBES:
            before = len(held)
            for forms in aspects:
                if len(forms) > _FEW_FORMS + 3 * (before > 0) and len(held) < (
                    _MAX_PROBES if before == 0 else _MIN_PROBES
                ):
                    held.append(forms.pop(min(4, len(forms) - 1)))
            if len(held) == before or len(held) >= _MIN_PROBES:
                break
        return held

    def _side(self, side: list[Form], limit: int) -> list[Form]:
        chosen: list[Form] = []
        pools: defaultdict[tuple[Variety, str], list[Form]] = defaultdict(list)
        for form in side:
            pools[form.variety, form.part].append(form)
        for (variety, _), pool in sorted(pools.items(), key=lambda item: item[0]):
            self._random.shuffle(pool)
            chosen += pool[: _SIDE_LIMITS[variety]]
        return chosen[:limit]


def _casually(forms: Sequence[Form]) -> list[Form]:
    """The plainest question as people type it, met more often than any other, by different names of the subject."""
    first = forms[0]
    plain = [form for form in forms if form.key.rpartition(".")[0] == first.key.rpartition(".")[0] and form.naming]
    hey, hi = (*plain, first, first)[:2] if plain else (first, first)
    typed = hey.question[:1].lower() + hey.question[1:].rstrip("?")
    return [replace(hey, question=f"Hey, {typed}"), replace(hi, question=f"Hi! {hi.question}")]
