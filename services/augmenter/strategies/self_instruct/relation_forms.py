"""Asks by what a clause means: living somewhere has an address, costing something has a price. Templates are data."""

import re
from collections.abc import Iterator

from services.augmenter.lexicon import AttributeTemplates, Lexicon, RelationTemplates
from services.augmenter.linguistics.clause import Clause, Constituent, Role
from services.augmenter.linguistics.inflection import be, do, have, verb_chain
from services.augmenter.linguistics.keys import answer_keys
from services.augmenter.linguistics.perspective import sentence_case, to_assistant
from services.augmenter.linguistics.phrase import Person, Phrase
from services.augmenter.linguistics.values import NUMBER, ValueKind, time_kind, value_kind
from services.augmenter.strategies.self_instruct.answers import answer_to, finish, full_answer
from services.augmenter.strategies.self_instruct.forms import Form, Variety

_NUMBER = re.compile(NUMBER)
_PLACES = (ValueKind.SETTLEMENT, ValueKind.COUNTRY, ValueKind.STREET, ValueKind.OTHER)


class RelationForms:
    """Forms from the lexicon's relation and attribute templates."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def forms(self, clause: Clause, name: str) -> Iterator[Form]:
        """All template forms for `clause`; parts are named as ClauseForms names them."""
        for index, part in enumerate(clause.constituents):
            part_name = f"{name}.{part.role.value}{index}"
            yield from self._by_relation(clause, part, part_name)
            if part.role in (Role.ATTRIBUTE, Role.QUALITY, Role.TIME, Role.PLACE):
                yield from self._by_attribute(clause, part, part_name)
            yield from self._by_modifier(clause, part, part_name)
        yield from self._buyers(clause, name)

    def topics(self, clause: Clause) -> list[str]:
        """What a clause about "I" or the like is about: the home, car or job that it means, else its object."""
        meant = [topic for part in clause.constituents for topic in self.aspects(clause, part)]
        thing = clause.first(Role.OBJECT)
        # Where the object is all that is said, naming it would give the answer away.
        tells_more = sum(part.role is not Role.ADVERB for part in clause.constituents) > 1
        owned = [f"{clause.subject.possessive} {thing.head}"] if thing and thing.head and tells_more else []
        return list(dict.fromkeys(meant or owned))

    def aspects(self, clause: Clause, part: Constituent) -> list[str]:
        """What of the subject `part` tells, by each name: "my sister's job" where it is said what she works as."""
        return [
            template.format(poss=named.subject.possessive)
            for relation in self._lexicon.relations
            if relation.role == part.role.value and self._applies(relation, clause, part)
            for template in relation.topics
            for named in clause.by_each_name()
        ]

    def _by_relation(self, clause: Clause, part: Constituent, name: str) -> Iterator[Form]:
        for relation in self._lexicon.relations:
            if relation.role == part.role.value and self._applies(relation, clause, part):
                for number, template in enumerate(relation.questions):
                    if _reflexive(template, clause.subject, "{o}"):
                        continue
                    for other, named in enumerate(clause.by_each_name()):
                        question = _fill(template, named)
                        answer = answer_to(question, named, part)
                        keys = tuple(answer_keys(part.value, question, self._lexicon))
                        key = f"{name}:{relation.id}{number}.{other}"
                        yield Form(key, name, Variety.RELATION, question, answer, keys, other)

    def _buyers(self, clause: Clause, name: str) -> Iterator[Form]:
        for relation in self._lexicon.relations:
            named = relation.role == "subject" and clause.verb.lemma in relation.verbs and not clause.verb.passive
            if named and clause.first(Role.OBJECT) is not None:
                keys = tuple(answer_keys(clause.subject.text, "", self._lexicon))
                for number, template in enumerate(relation.questions):
                    question = _fill(template, clause)
                    key = f"{name}.subject:{relation.id}{number}"
                    yield Form(key, f"{name}.subject", Variety.REVERSE, question, full_answer(clause), keys)

    def _applies(self, relation: RelationTemplates, clause: Clause, part: Constituent) -> bool:
        verb = clause.verb
        if (relation.human and not clause.subject.human) or verb.negated:
            return False
        if relation.voice and (relation.voice == "passive") is not verb.passive:
            return False
        if relation.tense and (relation.tense == "past") is not verb.past:
            return False
        adjective = part.preposition.split(" ")[0]
        by_verb = verb.lemma in relation.verbs or (relation.copula and verb.is_copula)
        by_adjective = verb.is_copula and adjective in relation.adjectives and part.value
        if "{obj}" in "".join(relation.questions) and clause.first(Role.OBJECT) is None and not verb.passive:
            return False
        return bool(by_verb or by_adjective) and self._fits(relation.value, part)

    def _fits(self, wanted: str, part: Constituent) -> bool:
        kind = value_kind(part.value, part.label, part.human, self._lexicon)
        match wanted:
            case "":
                return True
            case "date":
                return time_kind(part.value) is not None
            case "day":
                return time_kind(part.value) not in (None, ValueKind.CLOCK)
            case "clock":
                return kind is ValueKind.CLOCK
            case "place":
                return kind in _PLACES and time_kind(part.value) is None
            case "settlement":
                return kind is ValueKind.SETTLEMENT
            case "street":
                return kind is ValueKind.STREET
            case "number":
                return bool(_NUMBER.match(part.value))
        return part.head == wanted or self._lexicon.is_a(part.head, wanted)

    def _by_attribute(self, clause: Clause, part: Constituent, name: str) -> Iterator[Form]:
        subject = clause.subject
        if subject.owner is None or not clause.verb.is_copula or clause.verb.negated:
            return
        for entry in self._entries(subject.attribute):
            kind = min(entry.attributes).replace(" ", "_")
            for number, template in enumerate(entry.questions):
                question = self._fill_attribute(template, clause)
                if question:
                    answer = answer_to(question, clause, part)
                    keys = tuple(answer_keys(part.value, question, self._lexicon))
                    yield Form(f"{name}:{kind}{number}", name, Variety.RELATION, question, answer, keys)
            for number, template in enumerate(entry.reverse):
                question = template.format(value=part.value)
                keys = tuple(answer_keys(subject.owner.text, question, self._lexicon))
                yield Form(
                    f"{name}:{kind}_back{number}",
                    f"{name}.back",
                    Variety.REVERSE,
                    question,
                    full_answer(clause, part),
                    keys,
                )
        if subject.head == "name" and not subject.plural:
            question = f"{'Who' if subject.owner.human or self._animal(subject.owner) else 'What'} is {part.value}?"
            back = f"{sentence_case(part.value)} is {subject.owner.text}"
            keys = tuple(answer_keys(subject.owner.text, question, self._lexicon))
            yield Form(f"{name}:whois", f"{name}.back", Variety.REVERSE, question, finish(to_assistant(back)), keys)

    def _entries(self, attribute: str) -> list[AttributeTemplates]:
        """Templates for the whole attribute, else for its last word ("office wifi password")."""
        first, _, last = attribute.casefold().partition(" ")
        wanted = f"{first} *" if first in ("favourite", "favorite") else attribute.casefold()
        exact = [entry for entry in self._lexicon.attributes if wanted in entry.attributes]
        last = "" if first in ("favourite", "favorite") else last.rpartition(" ")[2]
        return exact or [entry for entry in self._lexicon.attributes if last in entry.attributes]

    def _animal(self, phrase: Phrase) -> bool:
        return self._lexicon.is_a(phrase.head, "animal")

    def _fill_attribute(self, template: str, clause: Clause) -> str:
        subject, owner = clause.subject, clause.subject.owner
        context = " ".join(subject.attribute.split()[:-1])
        if owner is None or ("{context}" in template and not context) or _reflexive(template, owner, "{owner_object}"):
            return ""
        return sentence_case(
            template.format(
                owner=owner.text,
                owner_object=owner.oblique,
                poss=owner.possessive,
                np=subject.text,
                context=f"the {context}",
                attribute=subject.attribute,
                kind=subject.attribute.partition(" ")[2],
                do=do(owner),
                be=be(owner),
                was=be(owner, past=True),
            )
        )

    def _by_modifier(self, clause: Clause, part: Constituent, name: str) -> Iterator[Form]:
        """Asks for a colour or material that stands before a noun ("a green Subaru")."""
        if part.role not in (Role.OBJECT, Role.ATTRIBUTE):
            return
        for word in part.modifiers:
            for dimension, questions in _DIMENSIONS.items():
                if self._lexicon.is_a(word, dimension):
                    yield from self._dimension(clause, part, f"{name}.{dimension}", word, questions)

    def _dimension(
        self, clause: Clause, part: Constituent, name: str, word: str, questions: tuple[str, ...]
    ) -> Iterator[Form]:
        kind = self._lexicon.object_kind(clause.verb.lemma)
        thing = clause.subject.text if clause.verb.is_copula else ""
        if not thing:
            told = " ".join(
                filter(
                    None, (clause.subject.text, " ".join(verb_chain(clause.verb, clause.subject)), clause.verb.particle)
                )
            )
            thing = f"the {kind or part.head} that {told}"
        for number, template in enumerate(questions):
            question = template.format(s=thing)
            yield Form(f"{name}:dim{number}", name, Variety.RELATION, question, full_answer(clause, part), (word,))


_DIMENSIONS = {
    "colour": (
        "What colour is {s}?",
        "Which colour does {s} have?",
        "Tell me the colour of {s}.",
        "What does {s} look like?",
    ),
    "material": (
        "What is {s} made of?",
        "Which material is {s} made of?",
        "Out of what is {s} made?",
        "Tell me the material of {s}.",
    ),
}


def _reflexive(template: str, phrase: Phrase, slot: str) -> bool:
    """Whether the question would say "I … me"."""
    return slot in template and " I " in template and phrase.person in (Person.I, Person.WE)


def _fill(template: str, clause: Clause) -> str:
    verb = clause.verb
    part = clause.first(Role.OBJECT)
    thing = part.phrase if part is not None and not verb.passive else None
    moved = thing is not None and "{obj}" not in template and clause.first(Role.GOAL) is not None
    subject = thing if thing is not None and moved else clause.subject
    kept = thing or subject
    auxiliary = verb.modal or do(subject, verb.past)
    slots = {
        "s": subject.text,
        "o": subject.oblique,
        "poss": subject.possessive,
        "do": auxiliary,
        "Do": auxiliary,
        "do_now": do(subject),
        "be": be(subject, verb.past),
        "is": be(subject),
        "was": be(subject, past=True),
        "have": have(subject, verb.past),
        "really": "really",
        "obj": kept.oblique,
        "is_obj": be(kept),
    }
    return sentence_case(template.format(**slots))
