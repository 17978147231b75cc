"""Turns a parse into clauses and instructions. Knows nothing of questions."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from spacy.tokens import Span, Token

from services.augmenter.lexicon import Lexicon
from services.augmenter.linguistics.clause import Clause, Constituent, Instruction, Role, VerbGroup
from services.augmenter.linguistics.constituents import ConstituentReader
from services.augmenter.linguistics.noun_phrases import PhraseReader, lower_first, name_given
from services.augmenter.linguistics.parser import Parsed
from services.augmenter.linguistics.phrase import Phrase
from services.augmenter.linguistics.verb_groups import SUBJECTS, as_meant, meant_verb, verb_group

_PRONOUNS = ("he", "she", "it", "they")
_COMMONLY_KNOWN = ("GPE", "LOC", "NORP", "LANGUAGE", "DATE", "TIME", "MONEY", "QUANTITY", "PERCENT")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood of one sentence; `topics` are the phrases it is about, `names` the proper names in it."""

    text: str
    clauses: tuple[Clause, ...] = ()
    instructions: tuple[Instruction, ...] = ()
    topics: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class ClauseReader:
    """Reads the clauses of each sentence, those joined by "and" and those about a noun too."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._phrases = PhraseReader(lexicon)
        self._constituents = ConstituentReader(lexicon, self._phrases)

    def read(self, parsed: Parsed) -> list[Reading]:
        """The sentences in order; pronouns are replaced by what an earlier clause or sentence names."""
        seen: list[list[Phrase]] = []
        return [self._sentence(sentence, parsed, seen) for sentence in parsed.doc.sents if sentence.text.strip()]

    def _sentence(self, sentence: Span, parsed: Parsed, seen: list[list[Phrase]]) -> Reading:
        text = parsed.text(sentence)
        topics = tuple(lower_first(chunk) for chunk in sentence.noun_chunks if chunk.root.pos_ in ("NOUN", "PROPN"))
        if _is_imperative(sentence.root):
            return Reading(text, instructions=(_instruction(sentence),), topics=topics)
        found = [self._clause(verb, subject, parsed) for verb, subject in _predicates(sentence)]
        seen.append([self._phrases.read(subject) for subject in _fronted_subjects(sentence.root)])
        resolved = _resolve_pronouns([clause for clause in found if clause is not None], seen)
        clauses = tuple(map(_without_they, resolved))
        return Reading(text, clauses, topics=topics, names=tuple(_names(sentence)))

    def _clause(self, verb: Token, subject: Token, parsed: Parsed) -> Clause | None:
        group = verb_group(verb, parsed)
        parts = self._constituents.read(verb, group)
        meant = meant_verb(verb, group)
        if meant is not None:
            group = as_meant(group, verb_group(meant, parsed))
            others = (part for part in parts if part.role is not Role.CONTENT)
            parts = (*self._constituents.read(meant, group), *others)
        if subject.tag_ == "EX":
            return _existential(parts, group, name_given(verb.subtree))
        phrase = self._phrases.read(subject)
        if not parts and not phrase.text:
            return None
        return Clause(phrase, group, parts)


def _names(sentence: Span) -> Iterator[str]:
    """Names of several words that are not places or dates: those may well be known to everybody."""
    for chunk in sentence.noun_chunks:
        words = [token for token in chunk if token.pos_ == "PROPN"]
        in_a_row = words and words[-1].i - words[0].i == len(words) - 1
        if in_a_row and len(words) > 1 and not any(token.ent_type_ in _COMMONLY_KNOWN for token in words):
            yield str(chunk.doc[words[0].i : words[-1].i + 1].text)


def _predicates(sentence: Span) -> list[tuple[Token, Token]]:
    found: list[tuple[Token, Token]] = []

    def visit(verb: Token, inherited: Token | None) -> None:
        if verb.pos_ not in ("VERB", "AUX"):
            return
        subject = _own_subject(verb) or inherited or _first_subject(verb)
        if subject is None:
            return
        # In the order in which they are said, because pronouns stand for what was said before.
        for child in verb.children:
            if child.dep_ == "ccomp" and child.i < verb.i:
                visit(child, None)
        found.append((verb, subject))
        for child in verb.children:
            if child.dep_ == "conj":
                visit(child, subject)
            elif child.dep_ == "attr":
                found.extend((relative, subject) for relative in _relatives(child))
        found.extend((relative, subject) for relative in _relatives(subject) if _after_comma(relative))

    visit(sentence.root, None)
    subjects = [subject for _, subject in found]
    names = [token for token in sentence if token.pos_ == "PROPN" and token not in subjects and not _is_nested(token)]
    return found + [(verb, name) for name in names for verb in _relatives(name) if _after_comma(verb)]


def _is_nested(noun: Token) -> bool:
    """Whether `noun` is part of a larger noun phrase: "a farmer from Rome"."""
    return noun.dep_ == "pobj" and noun.head.head.pos_ not in ("VERB", "AUX")


def _own_subject(verb: Token) -> Token | None:
    return next((child for child in verb.children if child.dep_ in (*SUBJECTS, "expl")), None)


def _fronted_subjects(verb: Token) -> list[Token]:
    """Whom clauses before the main one are about: "dockers" in "When dockers speak of a soft tide, they mean …"."""
    fronted = (child for child in verb.children if child.dep_ == "advcl" and child.i < verb.i)
    return [subject for clause in fronted if (subject := _own_subject(clause)) is not None]


def _first_subject(verb: Token) -> Token | None:
    """The subject of the first of several predicates, "opens" in "The shop opens at nine, is shut on Mondays"."""
    first = next((child for child in verb.children if child.dep_ == "ccomp" and child.i < verb.i), None)
    return _own_subject(first) if first is not None else None


def _relatives(noun: Token) -> list[Token]:
    """Verbs that `noun` is the subject of through "who", "which" or "that"."""
    return [
        verb
        for verb in noun.children
        if verb.dep_ == "relcl"
        and any(child.dep_ in SUBJECTS and child.lower_ in ("who", "which", "that") for child in verb.children)
    ]


def _after_comma(verb: Token) -> bool:
    start = verb.left_edge.i
    return start > 0 and verb.doc[start - 1].text == ","


def _existential(parts: tuple[Constituent, ...], group: VerbGroup, name: str) -> Clause | None:
    """ "There is a key under the pot" is read as "the key is under the pot"; `name` is what it is said to be called."""
    thing = next((part for part in parts if part.phrase is not None), None)
    rest = tuple(part for part in parts if part is not thing)
    if thing is None or thing.phrase is None or not rest:
        return None
    text = thing.phrase.text
    for article in ("a ", "an "):
        if text.casefold().startswith(article):
            text = f"the {text[len(article) :]}"
    return Clause(replace(thing.phrase, text=text, variants=(name,) if name else ()), group, rest)


def _without_they(clause: Clause) -> Clause:
    """ "They closed the bridge" is "the bridge was closed" where nobody was named before."""
    thing, verb = clause.first(Role.OBJECT), clause.verb
    if clause.subject.text != "they" or thing is None or thing.phrase is None or thing.phrase.is_pronoun:
        return clause
    rest = clause.without(thing).constituents
    return clause if verb.progressive or verb.passive else Clause(thing.phrase, replace(verb, passive=True), rest)


def _is_imperative(root: Token) -> bool:
    """A verb in its base form without a subject; a noun that begins a sentence with an object ("End every …") too."""
    if any(child.dep_ in (*SUBJECTS, "expl", "csubj") for child in root.children):
        return False
    if root.pos_ == "VERB" and root.tag_ in ("VB", "VBP"):
        return not any(child.dep_ == "aux" and child.tag_ == "MD" for child in root.children)
    return root.is_sent_start is True and any(child.dep_ == "dobj" for child in root.children)


def _instruction(sentence: Span) -> Instruction:
    root = sentence.root
    purpose = next((c for c in root.children if c.dep_ == "advcl" and _is_infinitive(c)), None)
    condition = next((c for c in root.children if c.dep_ == "advcl" and not _is_infinitive(c)), None)
    text = _text(sentence)
    for part in (purpose, condition):
        if part is not None:
            text = _cut(text, _text(_subtree(part)))
    return Instruction(
        action=text,
        purpose=_text(_subtree(purpose)).removeprefix("To ").removeprefix("to ") if purpose is not None else "",
        condition=_text(_subtree(condition)) if condition is not None else "",
    )


def _is_infinitive(verb: Token) -> bool:
    return any(child.dep_ == "aux" and child.lower_ == "to" for child in verb.children)


def _subtree(token: Token) -> Span:
    return token.doc[token.left_edge.i : token.right_edge.i + 1]


def _text(span: Span) -> str:
    return str(span.text).strip().strip(",").rstrip(".!").strip()


def _cut(text: str, part: str) -> str:
    return text.replace(part, "", 1).strip(" ,")


def _resolve_pronouns(clauses: list[Clause], seen: list[list[Phrase]]) -> list[Clause]:
    """Replace he, she, it and they as subject or owner by a phrase that they can stand for.

    `seen` are the phrases of each sentence so far, with what it is about before the rest; the latest sentence counts
    most. Those of `clauses` are added to its last list.
    """
    resolved: list[Clause] = []
    meant: dict[str, Phrase] = {}
    for clause in clauses:
        subject = _resolved(clause.subject, seen, meant)
        resolved.append(clause.about(subject))
        seen[-1] += [subject, *(part.phrase for part in clause.constituents if part.phrase is not None)]
    return resolved


def _resolved(phrase: Phrase, seen: list[list[Phrase]], meant: dict[str, Phrase]) -> Phrase:
    """`phrase` with its pronoun replaced; in one sentence each is `meant` for the same."""
    if phrase.owner is not None and phrase.owner.text in _PRONOUNS:
        owner = _resolved(phrase.owner, seen, meant)
        own = f"{phrase.owner.possessive} "

        def told(text: str) -> str:
            return f"{owner.possessive} {text.removeprefix(own)}" if text.startswith(own) else text

        return replace(phrase, text=told(phrase.text), owner=owner, variants=tuple(map(told, phrase.variants)))
    if phrase.text not in _PRONOUNS:
        return phrase
    if phrase.text not in meant:
        meant[phrase.text] = _antecedent(phrase, seen)
    return meant[phrase.text]


def _antecedent(pronoun: Phrase, seen: list[list[Phrase]]) -> Phrase:
    """What `pronoun` stands for, or itself where nothing fits; amounts are spoken of by no pronoun."""
    known = [other for sentence in reversed(seen) for other in sentence if not other.is_pronoun]
    known = [other for other in known if not other.text[:1].isdigit()]
    if pronoun.text == "they" and any(other.plural for other in known):
        return next(other for other in known if other.plural)
    human, several = pronoun.text in ("he", "she"), pronoun.text == "they"
    return next((other for other in known if other.human == human and (several or not other.plural)), pronoun)
