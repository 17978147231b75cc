"""Restates clauses: names in appositions, reversed "is", states after changes, voice. Knows nothing of questions."""

import re
from dataclasses import replace

from services.augmenter.lexicon import Lexicon
from services.augmenter.linguistics.clause import (
    NAMING_VERBS,
    OWNED,
    Clause,
    Constituent,
    Role,
    VerbGroup,
)
from services.augmenter.linguistics.phrase import FIRST_PERSON, Person, Phrase, possess
from services.augmenter.linguistics.values import NUMBER, time_kind

_DECLARING = ("declare", "consider", "deem", "pronounce", "rate", "judge", "classify")
_APPOINTING = ("appoint", "elect", "crown", "name")
_SHIFTING = ("move", "postpone", "reschedule", "shift", "delay", "change", "extend", "set", "push", "bring")
_COUNT = re.compile(rf"{NUMBER} ")
_IS = VerbGroup("be")
_MOVING = ("move", "relocate", "transfer")
_APPOINTMENTS = ("appointment", "transport", "event", "occasion")


class Deriver:
    """Adds to a clause what it also says, as further clauses."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def derive(self, clause: Clause) -> list[Clause]:
        """Further clauses that are true when `clause` is; the clause itself is not among them."""
        still = _still(clause)
        return [
            *([still] if still is not None else []),
            *self._derived(clause),
            *(self._derived(still) if still else []),
        ]

    def _derived(self, clause: Clause) -> list[Clause]:
        found = [
            self._name(clause),
            self._naming(clause),
            self._declared(clause),
            self._shifted(clause),
            self._moved(clause),
            self._reversed(clause),
            self._appointment(clause),
            self._named_possession(clause),
            self._possession(clause),
            self._identity(clause),
            self._use(clause),
            self._workplace(clause),
            self._voice(clause),
        ]
        return [other for other in found if other is not None and other != clause]

    def plainest(self, clause: Clause) -> Clause:
        """My dog is called Biscuit → my dog's name is Biscuit, has been → is; any other clause as it is.

        What follows "your dog's name is" can only be a name, what follows "your dog is" may be anything: the former is
        learned more surely.
        """
        if len(clause.constituents) != 1:
            return clause
        name = clause.first(Role.ATTRIBUTE, Role.QUALITY)
        called = clause.verb.passive and not clause.verb.negated and not clause.verb.past
        if (still := _still(clause) or self._shifted(clause)) is not None:
            return still
        if not called or name is None or not name.value[:1].isupper() or clause.subject.indefinite:
            return clause
        return self._naming(clause) or clause

    def _name(self, clause: Clause) -> Clause | None:
        """My sister Nadia works … → my sister's name is Nadia."""
        subject = clause.subject
        if not subject.apposition or not subject.human or subject.owner is None:
            return None
        bearer = replace(subject, text=possess(subject.owner, subject.attribute).text, apposition="", variants=())
        return _named(bearer, subject.apposition)

    def _naming(self, clause: Clause) -> Clause | None:
        """My dog is called Biscuit → my dog's name is Biscuit."""
        name = clause.first(Role.ATTRIBUTE, Role.QUALITY)
        if clause.verb.lemma not in NAMING_VERBS or name is None or clause.verb.modal:
            return None
        if clause.verb.passive:
            return _named(clause.subject, name.value)
        bearer = clause.first(Role.OBJECT)
        return _named(bearer.phrase, name.value) if bearer is not None and bearer.phrase is not None else None

    def _declared(self, clause: Clause) -> Clause | None:
        """The lake was declared unsafe because … → the lake is unsafe because …."""
        state = clause.first(Role.ATTRIBUTE, Role.QUALITY)
        if not clause.verb.passive or state is None:
            return None
        if clause.verb.lemma not in (*_DECLARING, *_APPOINTING) or (state.human and state.label == "PERSON"):
            return None
        rest = tuple(part for part in clause.constituents if part is state or part.role is Role.CAUSE)
        return Clause(clause.subject, replace(_IS, negated=clause.verb.negated), rest)

    def _shifted(self, clause: Clause) -> Clause | None:
        """The deadline was moved to 12 November → the deadline is 12 November; I changed my number to 5 → it is 5."""
        goal, verb = clause.first(Role.GOAL, Role.TOPIC), clause.verb
        if goal is None or goal.preposition != "to" or verb.lemma not in _SHIFTING or verb.negated or verb.modal:
            return None
        if verb.lemma != "change" and time_kind(goal.value) is None:
            return None
        changed = clause.first(Role.OBJECT)
        subject = changed.phrase if changed is not None else clause.subject
        attribute = replace(goal, role=Role.ATTRIBUTE, text=goal.value, preposition="")
        return Clause(subject, _IS, (attribute,)) if subject is not None and subject.owner is not None else None

    def _moved(self, clause: Clause) -> Clause | None:
        """The festival moved from Leeds to Cardiff → the festival is in Cardiff now."""
        goal, verb = clause.first(Role.GOAL), clause.verb
        if goal is None or verb.lemma not in _MOVING or not (verb.past or verb.perfect) or verb.negated:
            return None
        if goal.preposition not in ("to", "into") or time_kind(goal.value) is not None or clause.first(Role.TIME):
            return None
        moved = clause.first(Role.OBJECT)
        subject = moved.phrase if moved is not None else clause.subject
        place = replace(goal, role=Role.PLACE, text=f"in {goal.value}", preposition="in")
        now = Constituent(Role.ADVERB, "now", value="now", head="now")
        return Clause(subject, _IS, (place, now)) if subject is not None else None

    def _reversed(self, clause: Clause) -> Clause | None:
        """Ingrid Solberg is the CEO of Veltrane → the CEO of Veltrane is Ingrid Solberg."""
        attribute = clause.first(Role.ATTRIBUTE)
        if not clause.verb.is_copula or attribute is None or attribute.phrase is None or clause.verb.negated:
            return None
        if attribute.phrase.owner is None or clause.subject.owner is not None or clause.subject.is_pronoun:
            return None
        subject = clause.subject
        value = Constituent(
            Role.ATTRIBUTE, subject.text, value=subject.text, head=subject.head, label=subject.label,
            human=subject.human, definite=True, phrase=subject,
        )  # fmt: skip
        rest = tuple(part for part in clause.constituents if part is not attribute)
        return Clause(attribute.phrase, clause.verb, (value, *rest))

    def _appointment(self, clause: Clause) -> Clause | None:
        """I have a meeting with Ana on Tuesday → my meeting with Ana is on Tuesday."""
        thing, time = clause.first(Role.OBJECT), clause.first(Role.TIME, Role.FREQUENCY)
        if clause.verb.lemma != "have" or thing is None or thing.phrase is None or time is None:
            return None
        if clause.verb.negated or not self._lexicon.is_a(thing.head, *_APPOINTMENTS):
            return None
        subject = possess(clause.subject, _without_article(thing.value), head=thing.head)
        rest = tuple(part for part in clause.constituents if part is not thing)
        return Clause(subject, _IS, rest)

    def _named_possession(self, clause: Clause) -> Clause | None:
        """I have two cats named Milo and Otis → my cats' names are Milo and Otis; the same for "a cat, Milo"."""
        thing = clause.first(Role.OBJECT)
        if clause.verb.lemma not in ("have", "own") or thing is None or clause.verb.negated:
            return None
        apposition = thing.phrase.apposition if thing.phrase is not None else ""
        if apposition:
            return _named(possess(clause.subject, _without_article(thing.value), head=thing.head), apposition)
        for link in (" named ", " called "):
            before, found, names = thing.value.partition(link)
            if found:
                noun = _without_article(before).removeprefix(thing.count).strip()
                return _named(possess(clause.subject, noun, head=thing.head, plural=thing.plural), names)
        return None

    def _possession(self, clause: Clause) -> Clause | None:
        """With its 61 floors the tower is … → the tower has 61 floors; X is a planet with moons → X has moons."""
        owning = next((p for p in clause.constituents if p.preposition == "with" and p.value.startswith(OWNED)), None)
        if owning is not None:
            value = owning.value.partition(" ")[2]
            return Clause(clause.subject, VerbGroup("have", past=clause.verb.past), (_owned(value),))
        attribute = clause.first(Role.ATTRIBUTE)
        if not clause.verb.is_copula or attribute is None or clause.verb.negated:
            return None
        _, found, value = attribute.value.partition(" with ")
        # What has a name or an article is company, not a feature: "an interview with Ana".
        feature = found and value[0].islower() and not value.startswith(("the ", "my ", "our ", *OWNED))
        return Clause(clause.subject, VerbGroup("have", past=clause.verb.past), (_owned(value),)) if feature else None

    def _identity(self, clause: Clause) -> Clause | None:
        """The clock repairer is a former boxer, Tibor Kesselyak → the clock repairer is Tibor Kesselyak."""
        attribute = clause.first(Role.ATTRIBUTE)
        if not clause.verb.is_copula or attribute is None or attribute.phrase is None or clause.verb.negated:
            return None
        name = attribute.phrase.apposition
        part = Constituent(Role.ATTRIBUTE, name, value=name, head=name, human=True, definite=True)
        return Clause(clause.subject, clause.verb, (part,)) if name else None

    def _workplace(self, clause: Clause) -> Clause | None:
        """My wife is a nurse at the clinic → my wife works at the clinic."""
        job = clause.first(Role.ATTRIBUTE)
        if not clause.verb.is_copula or job is None or job.phrase is None or not clause.subject.human:
            return None
        for preposition in ("at", "in", "for"):
            _, found, place = job.value.partition(f" {preposition} ")
            if found and not job.definite and job.human:
                role = Role.BENEFICIARY if preposition == "for" else Role.PLACE
                part = Constituent(role, f"{preposition} {place}", preposition, place, place.split()[-1])
                return Clause(clause.subject, VerbGroup("work", past=clause.verb.past), (part,))
        return None

    def _use(self, clause: Clause) -> Clause | None:
        """A florbit is a tool used for opening oysters → a florbit is used for opening oysters."""
        attribute = clause.first(Role.ATTRIBUTE)
        if not clause.verb.is_copula or attribute is None:
            return None
        _, used, purpose = attribute.value.partition(" used ")
        preposition, _, value = purpose.partition(" ")
        if not used or preposition not in ("for", "to", "in", "by"):
            return None
        role = Role.PURPOSE if preposition in ("for", "to") else Role.TOPIC
        part = Constituent(role, purpose, preposition, value, head=value.split()[0] if value else "")
        return Clause(clause.subject, VerbGroup("use", passive=True), (part,))

    def _voice(self, clause: Clause) -> Clause | None:
        """Kelda bought Nimbus in 2024 → Nimbus was bought by Kelda in 2024; the same back from the passive."""
        thing = clause.first(Role.OBJECT)
        verb = clause.verb
        if thing is None or thing.phrase is None or not verb.past or verb.passive or verb.progressive or verb.negated:
            return None
        if clause.subject.person is not Person.OTHER or thing.value.islower() or verb.lemma in ("have", "be", "get"):
            return None
        agent = Constituent(
            Role.AGENT, f"by {clause.subject.oblique}", "by", clause.subject.text, clause.subject.head,
            clause.subject.label, clause.subject.human, phrase=clause.subject,
        )  # fmt: skip
        rest = tuple(part for part in clause.constituents if part is not thing)
        return Clause(thing.phrase, replace(verb, passive=True), (agent, *rest))


def _still(clause: Clause) -> Clause | None:
    """Burgundy has been my favourite colour ever since … → burgundy is my favourite colour."""
    attribute, verb = clause.first(Role.ATTRIBUTE), clause.verb
    if not verb.is_copula or not verb.perfect or verb.negated or verb.modal or attribute is None:
        return None
    return Clause(clause.subject, _IS, (attribute,))


def _owned(value: str) -> Constituent:
    first, last = value.split(" ")[0], value.split(" ")[-1]
    count = first if _COUNT.match(value) else ""
    return Constituent(Role.OBJECT, value, value=value, head=last, plural=count not in ("", "1", "one"), count=count)


def _named(bearer: Phrase, name: str) -> Clause:
    plural = bearer.plural or (bearer is FIRST_PERSON and " and " in name)
    subject = possess(bearer, "names" if plural else "name", head="name", plural=plural)
    subject = replace(subject, variants=() if bearer.is_pronoun else (f"the {subject.attribute} of {bearer.oblique}",))
    return Clause(subject, _IS, (Constituent(Role.ATTRIBUTE, name, value=name, head=name, definite=True),))


def _without_article(text: str) -> str:
    first, _, rest = text.partition(" ")
    return rest if first.casefold() in ("a", "an", "the", "my", "our", "some", "another") else text
