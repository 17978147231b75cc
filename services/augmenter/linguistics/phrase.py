"""Noun phrases: what they are about and how they look as subject, object and owner. Knows no parser."""

from dataclasses import dataclass
from enum import Enum


class Person(Enum):
    """Grammatical person, as far as it changes words."""

    I = "I"  # noqa: E741  # the pronoun's own name
    WE = "we"
    YOU = "you"
    OTHER = "other"


_OBLIQUE = {"I": "me", "we": "us", "he": "him", "she": "her", "they": "them"}
_POSSESSIVE = {"I": "my", "we": "our", "you": "your", "he": "his", "she": "her", "it": "its", "they": "their"}


@dataclass(frozen=True, slots=True)
class Phrase:
    """One noun phrase as the user says it.

    `head` is the singular head noun, `name` the proper name inside, `variants` other wordings of the same thing.
    `apposition` is the name in "my sister Nadia".
    A phrase such as "my dog's name" has an `owner` ("my dog"), an `attribute` ("name") and a `link` ("'s").
    """

    text: str
    head: str = ""
    person: Person = Person.OTHER
    plural: bool = False
    human: bool = False
    label: str = ""
    name: str = ""
    owner: "Phrase | None" = None
    attribute: str = ""
    link: str = ""
    apposition: str = ""
    variants: tuple[str, ...] = ()

    @property
    def oblique(self) -> str:
        """The phrase as object: "me" for "I"."""
        return _OBLIQUE.get(self.text, self.text)

    @property
    def possessive(self) -> str:
        """The phrase as owner: "my" for "I", "the dog's" for "the dog"."""
        if self.text in _POSSESSIVE:
            return _POSSESSIVE[self.text]
        return f"{self.text}'" if self.plural and self.text.endswith("s") else f"{self.text}'s"

    @property
    def is_pronoun(self) -> bool:
        """Whether the phrase is a personal pronoun."""
        return self.text in _POSSESSIVE

    @property
    def indefinite(self) -> bool:
        """Whether the phrase begins with a or an."""
        return self.text.casefold().startswith(("a ", "an "))


def possess(owner: Phrase, attribute: str, link: str = "'s", **features: object) -> Phrase:
    """The phrase for an attribute of an owner, such as "my dog's name" or "the price of the camera"."""
    text = f"{owner.possessive} {attribute}" if link == "'s" else f"the {attribute} {link} {owner.oblique}"
    return Phrase(text=text, owner=owner, attribute=attribute, link=link, **features)  # type: ignore[arg-type]


FIRST_PERSON = Phrase(text="I", person=Person.I, human=True)
WE = Phrase(text="we", person=Person.WE, plural=True, human=True)
YOU = Phrase(text="you", person=Person.YOU, human=True)
