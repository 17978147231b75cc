"""A statement in a language other than English: who or what, the verb, and what is told. Knows no word order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.augmenter.lexicon.languages import Language, VerbForm

THING, IDENTITY, ROLE, NAME = "thing", "identity", "role", "name"
MANNER, TARGET = "manner", "target"
TIME, PLACE, CAUSE, AGENT = "time", "place", "cause", "agent"
# What a verb needs beside it to make sense; everything else may be left out of a question.
_CORE = (THING, IDENTITY, MANNER)


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is told, as it was said; `kind` is what is asked for by it, `before_verb` where it was said."""

    kind: str
    text: str
    before_verb: bool = False


@dataclass(frozen=True, slots=True)
class Telling:
    """One statement, in parts.

    `verb` is the finite verb and `form` where it is in its table, where it is in one; `clitic` is the pronoun that goes
    with it, `tail` its participle or particle. `names` are other ways to name the subject; `of_speaker` says that the
    subject is "I" or "we".
    """

    subject: str
    verb: str
    form: VerbForm | None
    parts: tuple[Part, ...]
    clitic: str = ""
    tail: str = ""
    names: tuple[str, ...] = ()
    of_speaker: bool = False

    def about(self, subject: str, language: Language) -> "Telling":
        """The same of another subject, a single person or thing."""
        verb = language.inflected(self.form, 2) if self.form is not None else self.verb
        clitic = language.third_clitics.get(self.clitic, self.clitic)
        return replace(self, subject=subject, verb=verb, clitic=clitic, names=(), of_speaker=False)

    def named(self, name: str) -> "Telling":
        """The same of the same subject by another of its names."""
        return replace(self, subject=name)

    def with_names(self, names: tuple[str, ...]) -> "Telling":
        """The same with other names for its subject."""
        return replace(self, names=names)

    def kept(self, asked: Part) -> list[Part]:
        """What a question for `asked` still says: what the verb needs."""
        return [part for part in self.parts if part is not asked and part.kind in _CORE]


def by_each_name(telling: Telling) -> Sequence[Telling]:
    """The telling by every name of its subject, the one in the statement first."""
    return [telling, *(telling.named(name) for name in telling.names)]
