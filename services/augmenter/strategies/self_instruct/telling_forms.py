"""Asks for each part of a telling in its own language, and about its subject in general. Knows no one language."""

from collections.abc import Iterator, Sequence
from itertools import chain

from services.augmenter.lexicon.languages import Language
from services.augmenter.linguistics.telling import MANNER, NAME, TARGET, Part, Telling, by_each_name
from services.augmenter.linguistics.telling_keys import part_keys
from services.augmenter.linguistics.wording import Wording
from services.augmenter.strategies.self_instruct.forms import Form, Variety

_LONG_LETTERS = 60
_LONG_SIGNS = 14
_MOST_TOPIC_NAMES = 3


class TellingForms:
    """Forms of one language's tellings."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._wording = Wording(language)

    def forms(self, telling: Telling, name: str) -> Iterator[Form]:
        """All forms for `telling`, the plainest first; its parts are named after `name`."""
        for index, part in enumerate(telling.parts):
            label = f"{name}.{part.kind}{index}"
            yield from self._asking(telling, part, label)
            yield from self._relations(telling, part, label)
            yield from self._backwards(telling, part, f"{name}.subject{index}")
        yield from self._confirmations(telling, f"{name}.topic")
        yield from self._about(telling, f"{name}.topic")

    def asides(self, telling: Telling) -> list[str]:
        """Questions about the subject that the telling does not answer."""
        if telling.of_speaker:
            return []
        told = {part.kind for part in telling.parts}
        open_kinds = [templates for kind, templates in self._language.asides.items() if kind not in told]
        return [self._wording.fill(template, telling) for template in chain.from_iterable(open_kinds)]

    def loose(self, text: str, topics: Sequence[str], name: str) -> Iterator[Form]:
        """Questions about `topics` of a text that is not understood, all answered with the whole of it."""
        answer = self._wording.finish(self._wording.to_assistant(text))
        for number, topic in enumerate(topics):
            about = Telling(topic, "", None, ())
            keys = tuple(part_keys(Part("", text), topic, self._language))
            for other, template in enumerate(self._language.topics):
                question = self._wording.fill(template, about)
                key = f"{name}:t{number}.{other}"
                yield Form(key, name, Variety.TOPIC, question, answer, keys)

    def _asking(self, telling: Telling, part: Part, name: str) -> Iterator[Form]:
        tellings = by_each_name(telling)
        words = self._question_words(part) if not _belongs_to_another(part, telling) else []
        for number, wh in enumerate(words):
            for naming, named in enumerate(tellings):
                for order, question in enumerate(self._wording.direct(named, wh, part)):
                    variety = Variety.DIRECT if naming == order == 0 else Variety.SYNONYM
                    key = f"{name}:wh{number}.{order}.{naming}"
                    yield self._form(key, name, variety, question, named, _asked(part, named, number), naming)
        for number, wrapper in enumerate(self._language.wrappers if words else ()):
            naming = number % len(tellings)
            which = number % min(len(words), 2)
            question = self._wrapped(wrapper, self._wording.indirect(tellings[naming], words[which], part))
            key, asked = f"{name}:wrap{number}.{naming}", _asked(part, telling, which)
            yield self._form(key, name, Variety.INDIRECT, question, tellings[naming], asked, naming)
        for number, wrapper in enumerate(self._language.said if words else ()):
            naming = number % len(tellings)
            plainest = self._wording.direct(tellings[naming], words[0], part)
            if plainest:
                question, key = self._wrapped(wrapper, plainest[0]), f"{name}:said{number}.{naming}"
                yield self._form(key, name, Variety.INDIRECT, question, tellings[naming], _asked(part, telling), naming)

    def _relations(self, telling: Telling, part: Part, name: str) -> Iterator[Form]:
        """Questions in words of their own for this kind of part, and for it with this kind of verb."""
        tellings = by_each_name(telling)
        lemma = telling.form.lemma if telling.form is not None else ""
        groups = [f"/{group}" for group, lemmas in self._language.verb_groups.items() if lemma in lemmas]
        for group in ("", *groups):
            if telling.of_speaker and part.kind == NAME:
                continue
            for number, (question, answer) in enumerate(self._language.relations.get(part.kind + group, ())):
                if telling.of_speaker and "{s" in question:
                    continue
                for naming, named in enumerate(tellings):
                    asked = self._wording.fill(question, named, asked=part)
                    told = self._told(answer, named, part)
                    keys = self._keys(_asked(part, named), asked)
                    key = f"{name}:rel{group}{number}.{naming}"
                    yield Form(key, name, Variety.RELATION, asked, told, keys, naming)

    def _backwards(self, telling: Telling, part: Part, name: str) -> Iterator[Form]:
        for number, template in enumerate(self._language.reverse.get(part.kind, ())):
            question = self._wording.fill(template, telling, asked=part)
            keys = tuple(part_keys(Part("", telling.subject), question, self._language))
            yield Form(f"{name}:who{number}", name, Variety.REVERSE, question, self._wording.statement(telling), keys)

    def _confirmations(self, telling: Telling, name: str) -> Iterator[Form]:
        keys = tuple(key for part in telling.parts for key in part_keys(part, "", self._language))
        orders = self._language.orders
        question = self._wording.fill(orders.confirm, telling)
        yield Form(f"{name}:yes", name, Variety.CONFIRM, question, self._wording.confirmation(telling), keys)
        if not telling.of_speaker:
            question = orders.cloze.replace("{opening}", self._wording.fill(orders.opening, telling))
            yield Form(f"{name}:cloze", name, Variety.CLOZE, question, self._wording.statement(telling), keys)

    def _about(self, telling: Telling, name: str) -> Iterator[Form]:
        answer = self._wording.statement(telling)
        templates = self._language.speaker_topics if telling.of_speaker else self._language.topics
        keys = tuple(key for part in telling.parts for key in part_keys(part, telling.subject, self._language))
        for number, template in enumerate(templates):
            for naming, named in enumerate(by_each_name(telling)[:_MOST_TOPIC_NAMES]):
                question = self._wording.fill(template, named)
                yield Form(f"{name}:about{number}.{naming}", name, Variety.TOPIC, question, answer, keys, naming)

    def _question_words(self, part: Part) -> list[str]:
        """What `part` is asked for by; a unit that its kind names is asked for by it."""
        found = [wh for pattern, wh in self._language.asks.get(part.kind, ()) if self._fits(pattern, part)]
        unit = self._language.matches(self._language.values.get(part.kind, ""), part.text)
        named = (unit.groupdict().get("unit") or "") if unit is not None else ""
        return [wh.replace("{unit}", named) for wh in found]

    def _fits(self, pattern: str, part: Part) -> bool:
        return not pattern or self._language.matches(pattern, part.text) is not None

    def _form(
        self, key: str, name: str, variety: Variety, question: str, telling: Telling, asked: Sequence[Part], naming: int
    ) -> Form:
        told = self._told("", telling, asked[0])
        return Form(key, name, variety, question, told, self._keys(asked, question), naming)

    def _keys(self, parts: Sequence[Part], question: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(key for part in parts for key in part_keys(part, question, self._language)))

    def _told(self, template: str, telling: Telling, asked: Part) -> str:
        """The answer: `template` where there is one, else the statement, cut down to what was asked for if long."""
        if template:
            return self._wording.finish(self._wording.to_assistant(self._wording.fill(template, telling, asked=asked)))
        whole = self._wording.statement(telling)
        if len(whole) <= (_LONG_LETTERS if self._language.joiner else _LONG_SIGNS):
            return whole
        near = [p for p in telling.parts if p is asked or p.kind == asked.kind or p in telling.kept(asked)]
        return self._wording.statement(telling, near)

    def _wrapped(self, wrapper: str, question: str) -> str:
        return self._language.repaired(wrapper.replace("{q}", question))


def _asked(part: Part, telling: Telling, number: int = 0) -> list[Part]:
    """The parts that answer the question: both day and hour answer "when", but only the hour "at what time"."""
    return [one for one in telling.parts if one.kind == part.kind] if number == 0 else [part]


def _belongs_to_another(part: Part, telling: Telling) -> bool:
    """Whether nobody asks for this part by itself: "allergic" beside "to nuts"."""
    return part.kind == MANNER and any(one.kind == TARGET for one in telling.parts)
