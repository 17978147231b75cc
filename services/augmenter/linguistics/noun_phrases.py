"""Builds phrases from parsed nouns: owners, attributes, proper names, appositions. Knows nothing of clauses."""

from collections.abc import Iterable

from lemminflect import getAllLemmas
from spacy.tokens import Span, Token

from services.augmenter.lexicon import Lexicon
from services.augmenter.linguistics.clause import NAMING_VERBS
from services.augmenter.linguistics.phrase import FIRST_PERSON, WE, YOU, Person, Phrase, possess

_OWNER_LINKS = ("of", "for")
_PERSONS = {"i": Person.I, "we": Person.WE, "you": Person.YOU}
_HUMAN_PRONOUNS = ("he", "she", "they", "him", "her", "them", "who", "someone", "everyone", "anyone", "nobody")
_TITLES = (
    "Mr.", "Mrs.", "Ms.", "Dr.", "Mr", "Mrs", "Ms", "Dr", "Professor", "Prof.", "Captain", "Saint", "Sir", "Queen",
    "King", "Prince", "Princess", "Lady", "Lord", "President", "Pope", "General", "Colonel", "Judge", "Senator",
    "Aunt", "Uncle",
)  # fmt: skip
_DROPPABLE = ("new", "current", "latest", "next", "official", "own", "former", "upcoming")


class PhraseReader:
    """Reads noun phrases out of a parse."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def read(self, token: Token) -> Phrase:
        """The phrase headed by `token`; a clause after a comma and lifted parts are not included."""
        if token.pos_ == "PRON":
            return self._pronoun(token)
        span = phrase_span(token)
        text = lower_first(span)
        phrase = self._possessed(token, text) or Phrase(text=text)
        name = self._proper_name(token)
        return Phrase(
            text=text,
            head=token.lemma_ if token.pos_ != "PROPN" else token.text,
            plural=(token.tag_ in ("NNS", "NNPS") and not name.endswith("s")) or _is_coordinated(token),
            human=self._is_human(token),
            label=span.root.ent_type_ or token.ent_type_,
            name=name,
            owner=phrase.owner,
            attribute=phrase.attribute,
            link=phrase.link,
            apposition=self._apposition(token),
            variants=self._variants(token, phrase, text),
        )

    def _pronoun(self, token: Token) -> Phrase:
        word = token.lower_
        if word in ("my", "i", "me"):
            return FIRST_PERSON
        if word in ("our", "we", "us"):
            return WE
        if word in ("your", "you"):
            return YOU
        text = {"his": "he", "her": "she", "its": "it", "their": "they", "him": "he", "them": "they"}.get(word, word)
        return Phrase(text=text, plural=text == "they", human=word in _HUMAN_PRONOUNS or text in ("he", "she"))

    def _possessed(self, token: Token, text: str) -> Phrase | None:
        owner = next((child for child in token.children if child.dep_ == "poss"), None)
        if owner is not None:
            start = next((c.i + 1 for c in owner.children if c.dep_ == "case"), owner.i + 1)
            end = token.i + 1 if self._apposition(token) else phrase_span(token).end
            attribute = token.doc[start:end].text
            return possess(self.read(owner), attribute) if attribute else None
        return self._of_possession(token, text)

    def _of_possession(self, token: Token, text: str) -> Phrase | None:
        link = next((c for c in token.children if c.dep_ == "prep" and c.lower_ in _OWNER_LINKS), None)
        objects = [child for child in link.children if child.dep_ == "pobj"] if link is not None else []
        if link is None or not objects or not text.casefold().startswith("the "):
            return None
        attribute = token.doc[token.left_edge.i + 1 : link.i].text
        return possess(self.read(objects[0]), attribute, link.lower_) if attribute else None

    def _proper_name(self, token: Token) -> str:
        own = [t for t in phrase_span(token) if t == token or (t.dep_ == "compound" and t.head == token)]
        return " ".join(t.text for t in own if t.pos_ == "PROPN" or any(map(str.isdigit, t.text)))

    def _apposition(self, token: Token) -> str:
        """The name in "my sister Nadia", or an empty string."""
        return next((_strip(phrase_span(c)) for c in token.children if c.dep_ == "appos" and c.pos_ == "PROPN"), "")

    def _variants(self, token: Token, phrase: Phrase, text: str) -> tuple[str, ...]:
        variants: list[str] = []
        apposition = next((c for c in token.children if c.dep_ == "appos" and c.i > token.i), None)
        if apposition is not None:
            base = [_strip(token.doc[token.left_edge.i : token.i + 1])] if phrase.owner is not None else []
            variants += [*base, _strip(phrase_span(apposition))]
        elif phrase.owner is not None:
            variants += _reworded_possession(phrase)
        span = phrase_span(token)
        variants += [_name_after_kind(token), name_given(token.children)]
        if self._named_thing(token):
            variants.append(lower_first(span[:-1]))
        if span[0].text == "Project" and len(span) > 1:
            variants.append(span[1:].text)
        year = next((t for t in span if t.dep_ == "nummod" and t.text.isdigit() and len(t.text) == 4), None)
        if year is not None and year.head == token:
            variants.append(_year_last(span, year))
        return tuple(variant for variant in dict.fromkeys(variants) if variant and variant != text)

    def _named_thing(self, token: Token) -> bool:
        span = phrase_span(token)
        before = span[-2] if len(span) > 2 and span[-1] == token else None
        return before is not None and token.pos_ == "NOUN" and any(c.isdigit() for c in before.text)

    def _is_human(self, token: Token) -> bool:
        words = [token.lemma_, token.text, *(t.text for t in token.subtree if t.dep_ == "appos")]
        if any(self._lexicon.is_human(word) for word in words):
            return True
        names = [t for t in phrase_span(token) if t.pos_ == "PROPN"]
        if token.pos_ != "PROPN" or any(
            self._lexicon.knows(t.text.removesuffix("s")) or t.text[-1].isdigit() for t in names
        ):
            return False
        if phrase_span(token)[0].text in _TITLES or self._lexicon.is_first_name(names[0].text):
            return True
        return token.ent_type_ == "PERSON" and phrase_span(token)[0].dep_ != "det"


def phrase_span(token: Token) -> Span:
    """The words of the phrase headed by `token`, without what follows a comma and without clauses about it."""
    left, right = token.left_edge.i, token.i
    for child in sorted(token.children, key=lambda c: c.i):
        if child.i < token.i:
            continue
        comma = child.dep_ == "punct" and child.text in (",", ";", ":", ".", "(")
        if comma or child.dep_ == "case" or (child.dep_ == "cc" and _joins_clause(token)):
            break
        right = child.right_edge.i
    span = token.doc[left : right + 1]
    while len(span) > 1 and span[0].text == ",":
        span = span[1:]
    while len(span) > 1 and span[-1].is_punct and span[-1].text not in ('"', "'", ")", "”"):
        span = span[:-1]
    return span


def name_given(tokens: Iterable[Token]) -> str:
    """The name in "a dog called Rex", where one of `tokens` is that "called"; empty where none is."""
    for token in tokens:
        if token.dep_ == "acl" and token.lemma_.lower() in NAMING_VERBS:
            name = next((child for child in token.children if child.dep_ == "oprd" and child.pos_ == "PROPN"), None)
            if name is not None:
                return str(phrase_span(name).text)
    return ""


def _name_after_kind(token: Token) -> str:
    """The name alone in "the Irish airline Tarrow Wings"; empty where no noun before it says what it names."""
    span = phrase_span(token)
    if token.pos_ != "PROPN" or span[0].dep_ not in ("det", "poss") or span[-1] != token:
        return ""
    first = token.i
    while first > span.start and token.doc[first - 1].pos_ == "PROPN":
        first -= 1
    has_kind = first > span.start and token.doc[first - 1].pos_ == "NOUN"
    return token.doc[first : token.i + 1].text if has_kind else ""


def _year_last(span: Span, year: Token) -> str:
    rest = " ".join(t.text for t in span if t != year)
    return f"{rest[:1].lower() + rest[1:] if span[0].dep_ == 'det' else rest} in {year.text}"


def lower_first(span: Span) -> str:
    """The text, with a capital that is there only because the sentence begins taken back."""
    first = span[0]
    title = first.dep_ == "compound" and first.nbor().pos_ == "PROPN"
    keep = first.pos_ == "PROPN" or first.text == "I" or first.text.isupper() or not getAllLemmas(first.lower_) or title
    text = str(span.text)
    return text if keep and first.dep_ != "det" else text[:1].lower() + text[1:] if first.is_sent_start else text


def _strip(span: Span) -> str:
    return lower_first(span).strip(" ,")


def _reworded_possession(phrase: Phrase) -> list[str]:
    owner, attribute = phrase.owner, phrase.attribute
    if owner is None:
        return []
    words = attribute.split()
    short = " ".join(words[1:]) if len(words) > 1 and words[0] in _DROPPABLE else ""
    forms = [possess(owner, short, phrase.link).text] if short else []
    if owner.is_pronoun:
        return forms
    other = "of" if phrase.link == "'s" else "'s"
    return [*forms, *(possess(owner, name, other).text for name in filter(None, (short or attribute,)))]


def _is_coordinated(token: Token) -> bool:
    return any(child.dep_ == "conj" and child.pos_ in ("NOUN", "PROPN", "PRON") for child in token.children)


def _joins_clause(token: Token) -> bool:
    return any(child.dep_ == "conj" and child.pos_ in ("VERB", "AUX") for child in token.children)
