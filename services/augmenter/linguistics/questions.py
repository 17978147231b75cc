"""Chooses the question words that ask for one constituent of a clause. Knows nothing of datasets."""

from services.augmenter.lexicon import Lexicon
from services.augmenter.linguistics.clause import CORE_ROLES, Clause, Constituent, Role
from services.augmenter.linguistics.sentences import Wh
from services.augmenter.linguistics.values import ValueKind, is_money, month_of, value_kind, year_of

_UNASKED = (Role.ADVERB, Role.CONTENT)
_TIMES: dict[ValueKind, tuple[str, ...]] = {
    ValueKind.DATE: ("when", "on what date", "on which day"),
    ValueKind.WEEKDAY: ("when", "on which day", "on what day of the week"),
    ValueKind.CLOCK: ("at what time", "when"),
    ValueKind.YEAR: ("when", "in which year", "in what year"),
    ValueKind.MONTH: ("when", "in which month"),
}
_MEASURES = ("tall", "high", "long", "wide", "deep", "old", "heavy", "big", "far", "thick", "fast", "large", "late")
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
        if part.role in _UNASKED:
            return []
        match part.role:
            case Role.TIME | Role.FREQUENCY | Role.DURATION:
                return self._timed(part)
            case Role.CAUSE:
                return [Wh(words) for words in _REASONS]
            case Role.PLACE | Role.GOAL | Role.SOURCE:
                return self._spatial(clause, part)
            case Role.QUALITY:
                return self._quality(part)
            case Role.PURPOSE | Role.CONDITION | Role.MANNER:
                return self._circumstance(clause, part)
            case Role.AMOUNT:
                return self._amount(part)
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
        """The constituents that a question for `asked` still needs: objects and the like, no further circumstances."""
        core = [part for part in clause.constituents if part.role in CORE_ROLES and part is not asked]
        if clause.verb.is_copula and asked.role is Role.TIME:
            return [
                part for part in clause.constituents if part.role in (*CORE_ROLES, Role.PLACE) and part is not asked
            ]
        return core

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
            return [Wh("to what date" if kind is ValueKind.DATE else "to when"), Wh("to which day")][
                : 1 + (kind is ValueKind.DATE)
            ]
        noun = {ValueKind.COUNTRY: "country", ValueKind.STREET: "address", ValueKind.SETTLEMENT: "city"}.get(
            kind, "place"
        )
        if part.role is Role.GOAL:
            return [Wh("where", "to"), Wh(f"to which {noun}"), Wh("where")]
        if part.role is Role.SOURCE:
            return [Wh("where", "from"), Wh(f"from which {noun}")]
        preposition = "at" if kind is ValueKind.STREET else "in"
        return [Wh("where"), Wh(f"{preposition} which {noun}"), Wh(f"{preposition} what {noun}")]

    def _quality(self, part: Constituent) -> list[Wh]:
        if part.count and part.head in _MEASURES:
            return [Wh(f"how {part.head}")]
        adjective, _, preposition = part.preposition.rpartition(" ")
        if adjective and part.value:
            return [Wh("what", f"{adjective} {preposition}")]
        return [] if part.preposition else [Wh("what")] if not part.value.islower() else [Wh("how")]

    def _circumstance(self, clause: Clause, part: Constituent) -> list[Wh]:
        if part.role is Role.MANNER:
            return [Wh("how")]
        if part.role is Role.CONDITION:
            return [Wh("under which condition")] if part.preposition == "if" else []
        return [Wh("what", "for"), Wh("for what purpose")] if part.preposition == "for" else [Wh("why")]

    def _amount(self, part: Constituent) -> list[Wh]:
        if is_money(part.value):
            return [Wh("how much"), Wh("how much money")] + (
                [Wh(f"how many {_plural_unit(part)}")] if part.count else []
            )
        return [Wh(f"how many {_plural_unit(part)}")] if part.count else [Wh("how much")]

    def _nominal(self, clause: Clause, part: Constituent) -> list[Wh]:
        if part.human and not self._lexicon.is_human(part.head):
            return [Wh("who")]
        if clause.verb.is_copula and part.role is Role.ATTRIBUTE:
            return self._copular(clause, part)
        found = [Wh("what")]
        kind = self._lexicon.object_kind(clause.verb.lemma) if not clause.verb.passive else ""
        found += [Wh(f"which {kind}")] if kind else []
        return found + ([Wh(f"how many {_plural_unit(part)}")] if part.count else [])

    def _copular(self, clause: Clause, part: Constituent) -> list[Wh]:
        timely = {ValueKind.DATE: "when", ValueKind.WEEKDAY: "when"}.get(self.kind(part))
        if clause.subject.human and self._lexicon.is_human(part.head):
            return [Wh("who"), Wh("what")] if part.definite else [Wh("what")]
        return [Wh("what"), *([Wh(timely)] if timely else [])]

    def _prepositional(self, part: Constituent) -> list[Wh]:
        if not part.preposition:
            return []
        if part.human and part.role is not Role.ROLE:
            return [Wh("who", part.preposition), Wh(f"{part.preposition} whom")]
        return [Wh("what", part.preposition)]


def _plural_unit(part: Constituent) -> str:
    words = part.value.split()
    index = words.index(part.count.split()[-1]) + 1 if part.count.split()[-1] in words else 0
    head = [word for word in words[index:] if word not in ("of",)]
    return head[0] if head else part.value
