"""Chooses the question words that ask for one constituent of a clause. Knows nothing of datasets."""

import re

from services.augmenter.lexicon import Lexicon
from services.augmenter.linguistics.clause import (
    CORE_ROLES,
    NAMING_VERBS,
    OWNED,
    STORING_VERBS,
    Clause,
    Constituent,
    Role,
)
from services.augmenter.linguistics.phrase import Phrase
from services.augmenter.linguistics.sentences import Wh
from services.augmenter.linguistics.values import NUMBER, ValueKind, is_money, month_of, value_kind, year_of

_UNASKED = (Role.ADVERB,)
_TIMES: dict[ValueKind, tuple[str, ...]] = {
    ValueKind.DATE: ("when", "on what date", "on which day"),
    ValueKind.WEEKDAY: ("when", "on which day", "on what day of the week"),
    ValueKind.CLOCK: ("at what time", "when"),
    ValueKind.YEAR: ("when", "in which year", "in what year"),
    ValueKind.MONTH: ("when", "in which month"),
}
_MEASURES = ("tall", "high", "long", "wide", "deep", "old", "heavy", "big", "far", "thick", "fast", "large", "late")
_SHIFTED_TO = {
    ValueKind.DATE: "to what date",
    ValueKind.WEEKDAY: "to which day",
    ValueKind.CLOCK: "to what time",
}
_ATTRIBUTE_CLASSES = (
    "personal_attribute",
    "thing_attribute",
    "project_attribute",
    "animal_attribute",
    "date_attribute",
    "credential",
)
_NUMBER = re.compile(NUMBER)
_REASONS = ("why", "for what reason")


class QuestionWords:
    """Question words by role and kind of value."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def kind(self, part: Constituent) -> ValueKind:
        """What kind of value `part` holds."""
        return value_kind(part.value, part.label, part.human, self._lexicon)

    def for_part(self, clause: Clause, part: Constituent) -> list[Wh]:
        """Ways to ask for `part`, the plainest first; none where asking would be unnatural."""
        if part.role in _UNASKED or part.is_denied:
            return []
        match part.role:
            case Role.TIME | Role.FREQUENCY | Role.DURATION:
                return self._timed(part)
            case Role.CAUSE:
                return [Wh(words) for words in _REASONS]
            case Role.PLACE | Role.GOAL | Role.SOURCE:
                return self._spatial(clause, part)
            case Role.QUALITY:
                return self._quality(clause, part)
            case Role.PURPOSE | Role.CONDITION | Role.MANNER:
                return self._circumstance(clause, part)
            case Role.AMOUNT:
                return self._amount(part)
            case Role.CONTENT:
                return [Wh("what")] if part.text.startswith("that ") else []
            case Role.OBJECT | Role.ATTRIBUTE:
                return self._nominal(clause, part)
        return self._prepositional(part)

    def for_subject(self, clause: Clause) -> Wh | None:
        """How to ask for the subject, or None when the rest of the clause does not single it out."""
        if clause.verb.is_copula or (clause.subject.owner is not None and not clause.subject.apposition):
            return None
        if clause.subject.human:
            return Wh("who")
        kind = clause.subject.head.lower()
        named = bool(clause.subject.name) and kind and not clause.subject.text.endswith(clause.subject.name)
        return Wh(f"which {kind}") if named else Wh("what")

    def kept(self, clause: Clause, asked: Constituent) -> list[Constituent]:
        """The constituents that a question for `asked` still needs: objects and the like; for reasons places too."""
        roles = set(CORE_ROLES)
        if asked.role in (Role.CAUSE, Role.PURPOSE) and not any(p.role in CORE_ROLES for p in clause.constituents):
            roles |= {Role.PLACE, Role.GOAL}
        if clause.verb.is_copula and asked.role is Role.TIME:
            roles.add(Role.PLACE)
        kept = (part for part in clause.constituents if part.role in roles and part is not asked)
        return [part for part in kept if not part.is_denied]

    def _timed(self, part: Constituent) -> list[Wh]:
        if part.preposition in ("since", "until", "till", "by"):
            return [Wh(f"{part.preposition} when"), Wh("when")]
        if part.role is Role.DURATION:
            return [Wh("how long"), Wh("for how long")]
        if part.role is Role.FREQUENCY:
            return [Wh("when"), Wh("how often")]
        return [Wh(words) for words in _TIMES.get(self.kind(part), ("when",))] + self._finer_times(part)

    def _finer_times(self, part: Constituent) -> list[Wh]:
        if self.kind(part) is not ValueKind.DATE:
            return []
        month = [Wh("in which month")] if month_of(part.value) else []
        return [*month, Wh("in which year")] if year_of(part.value) else month

    def _spatial(self, clause: Clause, part: Constituent) -> list[Wh]:
        kind = self.kind(part)
        if part.role is Role.GOAL and kind in (ValueKind.DATE, ValueKind.WEEKDAY, ValueKind.TIME, ValueKind.CLOCK):
            return [Wh(_SHIFTED_TO.get(kind, "to when"))]
        noun = {ValueKind.COUNTRY: "country", ValueKind.STREET: "address", ValueKind.SETTLEMENT: "city"}.get(
            kind, "place"
        )
        if part.role is Role.GOAL:
            return [Wh("where", "to"), Wh(f"to which {noun}"), Wh("where")]
        if part.role is Role.SOURCE:
            return [Wh("where", "from"), Wh(f"from which {noun}")]
        preposition = "at" if kind is ValueKind.STREET else "in"
        return [Wh("where"), Wh(f"{preposition} which {noun}"), Wh(f"{preposition} what {noun}")]

    def _quality(self, clause: Clause, part: Constituent) -> list[Wh]:
        if part.count and part.head in _MEASURES:
            return [Wh(f"how {part.head}")]
        adjective, _, preposition = part.preposition.rpartition(" ")
        if adjective and part.value:
            return [Wh("what", f"{adjective} {preposition}")]
        if part.preposition:
            return []
        named = not part.value.islower() or self._is_attribute(clause.subject)
        return [Wh("what")] if named else [Wh("what", "like")] if clause.verb.is_copula else []

    def _is_attribute(self, phrase: Phrase) -> bool:
        """Whether the phrase names an attribute, such as a colour, rather than a thing or a person."""
        favourite = phrase.attribute.casefold().startswith(("favourite", "favorite"))
        return favourite or self._lexicon.is_a(phrase.head, *_ATTRIBUTE_CLASSES)

    def _circumstance(self, clause: Clause, part: Constituent) -> list[Wh]:
        if part.role is Role.MANNER:
            return [Wh("how")]
        if part.role is Role.CONDITION:
            return [Wh("under which condition")] if part.preposition == "if" else []
        return [Wh("what", "for"), Wh("for what purpose")] if part.preposition == "for" else [Wh("why")]

    def _amount(self, part: Constituent) -> list[Wh]:
        stranded = part.preposition
        if is_money(part.value):
            units = [Wh(f"how many {_plural_unit(part)}", stranded)] if part.count else []
            return [Wh("how much", stranded), Wh("how much money", stranded), *units]
        return [Wh(f"how many {_plural_unit(part)}" if part.count else "how much", stranded)]

    def _nominal(self, clause: Clause, part: Constituent) -> list[Wh]:
        if clause.verb.is_copula and part.role is Role.ATTRIBUTE:
            return self._copular(clause, part)
        if clause.verb.lemma in NAMING_VERBS and part.role is Role.ATTRIBUTE:
            return [Wh("what")]
        if part.human and not self._lexicon.is_human(part.head):
            return [Wh("who")]
        counted = [Wh(f"how many {_plural_unit(part)}")] if part.count else []
        kind = self._lexicon.object_kind(clause.verb.lemma) if not clause.verb.passive else ""
        owned = clause.verb.lemma in ("have", "own") and counted
        kept_somewhere = clause.verb.lemma in STORING_VERBS and clause.first(Role.PLACE) is not None
        if owned or kept_somewhere:
            return counted
        return [Wh("what"), *([Wh(f"which {kind}")] if kind else []), *counted]

    def _copular(self, clause: Clause, part: Constituent) -> list[Wh]:
        subject = clause.subject
        if subject.human and _NUMBER.fullmatch(part.value.casefold()):
            return [Wh("how old")]
        if subject.human and part.human and not part.definite and self._is_occupation(part):
            return []
        if part.human and not subject.indefinite and not self._is_attribute(subject) and part.definite:
            return [Wh("who")]
        timely = self.kind(part) in (ValueKind.DATE, ValueKind.WEEKDAY)
        return [Wh("what"), *([Wh("when")] if timely else [])]

    def _is_occupation(self, part: Constituent) -> bool:
        return self._lexicon.is_a(part.head, "profession", "role", "acquaintance")

    def _prepositional(self, part: Constituent) -> list[Wh]:
        if not part.preposition or part.value.startswith(OWNED):
            return []
        acting = part.role is Role.AGENT and part.value[:1].isupper()
        if acting or (part.human and part.role is not Role.ROLE):
            return [Wh("who", part.preposition), Wh(f"{part.preposition} whom")]
        return [Wh("what", part.preposition)]


def _plural_unit(part: Constituent) -> str:
    words = part.value.split()
    index = words.index(part.count.split()[-1]) + 1 if part.count.split()[-1] in words else 0
    head = [word for word in words[index:] if word not in ("of",)]
    return head[0].rstrip(",") if head else part.value
