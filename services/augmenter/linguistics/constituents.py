"""Reads the parts around a verb: objects, attributes, times, places, causes. Knows nothing of questions."""

from collections.abc import Iterator
from dataclasses import replace

from spacy.tokens import Span, Token

from services.augmenter.lexicon import Lexicon
from services.augmenter.linguistics.clause import STORING_VERBS, Constituent, Role, VerbGroup
from services.augmenter.linguistics.noun_phrases import PhraseReader, phrase_span
from services.augmenter.linguistics.phrase import Phrase
from services.augmenter.linguistics.roles import adverb_role, bare_noun_role, prepositional_role
from services.augmenter.linguistics.verb_groups import is_no_longer

_NOMINAL = {"dobj": Role.OBJECT, "attr": Role.ATTRIBUTE, "oprd": Role.ATTRIBUTE, "dative": Role.BENEFICIARY}
_LIFTED_LABELS = ("GPE", "LOC", "FAC", "DATE", "TIME", "MONEY")
_LIFTED_PREPOSITIONS = ("in", "at", "on", "from", "since", "until", "till", "because", "near", "under", "due")
_NUMBERED = ("nummod", "quantmod")
_TIMES = ("when", "whenever", "while", "after", "before", "until")
_CAUSES = ("because", "since", "as")
# Clauses that say when, why or if, before what they belong to.
_FRONTED = (*_TIMES, *_CAUSES, "if", "unless", "once")


class ConstituentReader:
    """Reads constituents; a time or place that the parser hung on the last noun is lifted to the verb."""

    def __init__(self, lexicon: Lexicon, phrases: PhraseReader) -> None:
        self._lexicon = lexicon
        self._phrases = phrases

    def read(self, verb: Token, group: VerbGroup) -> tuple[Constituent, ...]:
        """The constituents of `verb` in the order of the statement; those before the verb come last."""
        found: list[tuple[int, Constituent]] = []
        for child in verb.children:
            for token in self._with_lifted(child, group):
                part = self._constituent(token, child, group)
                if part is not None:
                    found.append((token.i, part))
        return tuple(part for _, part in sorted(found, key=lambda item: (item[0] < verb.i, item[0])))

    def _with_lifted(self, child: Token, group: VerbGroup) -> Iterator[Token]:
        yield child
        if child.dep_ in ("dobj", "oprd", "prep", "attr", "agent", "npadvmod"):
            yield from _liftable(child, group)

    def _constituent(self, token: Token, child: Token, group: VerbGroup) -> Constituent | None:
        lifted = _liftable(child, group) if token is child else []
        end = min((t.left_edge.i for t in lifted), default=None)
        if token.dep_ in _NOMINAL and token.pos_ not in ("ADP",):
            return self._nominal(token, _NOMINAL[token.dep_], end, group)
        if token.dep_ in ("prep", "agent") or token.dep_ == "dative":
            return self._prepositional(token, end, group)
        if token.dep_ == "acomp" or token.dep_ == "oprd":
            return self._quality(token)
        if token.dep_ == "npadvmod":
            return self._bare(token, end)
        if token.dep_ == "advmod" and token.i > token.head.i and any(map(str.isdigit, token.text)):
            return self._valued(token, Role.ATTRIBUTE, "", token.text, token.text)  # a code such as tulip-12
        if token.dep_ == "advmod" and token.i > token.head.i and not is_no_longer(token):
            return Constituent(adverb_role(token.lower_), _span_text(token), value=_span_text(token), head=token.lower_)
        if token.dep_ in ("xcomp", "ccomp", "advcl") and token.i > token.head.i:
            return _clausal(token)
        if token.dep_ == "advcl" and _mark(token) in _FRONTED:
            return _clausal(token)
        return None

    def _nominal(self, token: Token, role: Role, end: int | None, group: VerbGroup) -> Constituent:
        text = _cut(token, end)
        if token.pos_ in ("ADJ", "VERB") and role is Role.ATTRIBUTE:
            return self._quality(token)
        bare = bare_noun_role(text) if _tells_time(token) else None
        if role is Role.OBJECT and (group.lemma in ("cost", "weigh", "measure", "pay") or bare is not None):
            role = Role.AMOUNT if bare is None or group.lemma == "cost" else bare
        return self._valued(token, role, "", text, text)

    def _prepositional(self, token: Token, end: int | None, group: VerbGroup) -> Constituent | None:
        objects = [c for c in token.children if c.dep_ in ("pobj", "pcomp") and c.pos_ != "ADP"]
        nested = [c for c in token.children if c.dep_ in ("pcomp", "prep") and c.pos_ == "ADP"]
        target = objects[0] if objects else next((o for n in nested for o in n.children if o.dep_ == "pobj"), None)
        if target is None:
            return None
        text = _cut(token, end)
        text = text[:1].lower() + text[1:] if token.is_sent_start else text
        value = text[target.left_edge.idx - token.left_edge.idx :]
        preposition = text[: len(text) - len(value)].strip().casefold()
        if not value:
            return None
        role = Role.AGENT if token.dep_ == "agent" or (group.passive and preposition == "by") else None
        if role is not Role.AGENT or target.ent_type_ in ("DATE", "TIME"):
            role = prepositional_role(preposition, value, target.lower_, target.ent_type_, group.lemma, self._lexicon)
        return self._valued(target, role, preposition, text, value)

    def _valued(self, token: Token, role: Role, preposition: str, text: str, value: str) -> Constituent:
        phrase = self._phrases.read(token) if token.pos_ in ("NOUN", "PROPN", "PRON", "NUM", "X", "ADJ") else None
        numbers = [child for child in token.children if child.dep_ in _NUMBERED and child.i < token.i]
        return Constituent(
            role=role,
            text=text,
            preposition=preposition,
            value=value,
            head=token.lemma_.lower() if token.pos_ != "PROPN" else token.text,
            label=token.ent_type_,
            human=phrase is not None and phrase.human,
            plural=phrase is not None and phrase.plural,
            definite=value.casefold().startswith(("the ", "my ", "our ", "his ", "her ")) or token.pos_ == "PROPN",
            modifiers=tuple(c.lower_ for c in token.children if c.dep_ in ("amod", "compound") and c.pos_ != "PROPN"),
            count=numbers[0].text if numbers and token.pos_ == "NOUN" else "",
            phrase=_shortened(phrase, value),
        )

    def _quality(self, token: Token) -> Constituent:
        """An adjective; what it is about ("allergic to walnuts") becomes the value."""
        text = _span_text(token)
        prep = next((c for c in token.children if c.dep_ == "prep" and c.i > token.i), None)
        measure = next((c for c in token.children if c.dep_ == "npadvmod"), None)
        target = next((c for c in prep.children if c.dep_ in ("pobj", "pcomp")), None) if prep is not None else None
        if prep is not None and target is not None:
            start = prep.i - token.left_edge.i
            preposition = _subspan(token)[: start + 1].text
            value = _subspan(token)[start + 1 :].text
            return Constituent(Role.QUALITY, text, preposition, value, token.lemma_.lower(), target.ent_type_)
        count = _span_text(measure) if measure is not None else ""
        return Constituent(Role.QUALITY, text, value=text, head=token.lemma_.lower(), count=count)

    def _bare(self, token: Token, end: int | None) -> Constituent | None:
        text = _cut(token, end)
        role = bare_noun_role(text)
        return Constituent(role, text, value=text, head=token.lower_, label=token.ent_type_) if role else None


def _tells_time(noun: Token) -> bool:
    """Whether `noun` itself is a time, as in "every Monday" and unlike in "the night train"."""
    return noun.ent_type_ in ("DATE", "TIME") or bare_noun_role(f"a {noun.lower_}") is not None


def _shortened(phrase: Phrase | None, text: str) -> Phrase | None:
    """The phrase without the words that were lifted to the verb."""
    return replace(phrase, text=text) if phrase is not None and phrase.text.startswith(text) else phrase


def _clausal(token: Token) -> Constituent:
    mark = _mark(token)
    text = _span_text(token)
    text = mark + text[len(mark) :] if text.casefold().startswith(mark) else text
    infinitive = any(c.dep_ == "aux" and c.lower_ == "to" for c in token.children)
    if token.dep_ == "advcl":
        if mark in _CAUSES:
            role = Role.CAUSE
        elif infinitive:
            role = Role.PURPOSE
        else:
            role = Role.TIME if mark in _TIMES else Role.CONDITION
        value = text.removeprefix(mark).strip() if mark else text
        return Constituent(role, text, mark, value, token.lemma_.lower())
    return Constituent(Role.CONTENT, text, value=text, head=token.lemma_.lower())


def _mark(verb: Token) -> str:
    """The word by which a clause hangs on another: "when", "because"."""
    return next((c.lower_ for c in verb.children if c.dep_ in ("mark", "advmod") and c.i < verb.i), "")


def _liftable(child: Token, group: VerbGroup) -> list[Token]:
    """Prepositional phrases at the right edge of `child` that rather belong to the verb, outermost first."""
    if group.is_copula and child.dep_ == "attr" and not _is_existential(child.head):
        return []
    holder = child
    while True:
        later = [c for c in holder.children if c.i > holder.i and c.dep_ in ("prep", "pobj", "npadvmod")]
        if not later:
            return []
        step = later[-1]
        if step.dep_ == "prep" and holder is not child.head and _belongs_to_verb(step, holder, group):
            return [step, *_liftable(step, group)]
        holder = step


def _belongs_to_verb(prep: Token, noun: Token, group: VerbGroup) -> bool:
    if prep.lower_ in ("because", "due", "since", "until") or _is_existential(noun.head):
        return True
    if noun.ent_type_ in ("DATE", "TIME") and prep.lower_ not in ("of", "to"):
        return True
    if prep.lower_ not in _LIFTED_PREPOSITIONS:
        return False
    return group.lemma in (*STORING_VERBS, "have") or any(
        c.dep_ == "pobj" and c.ent_type_ in _LIFTED_LABELS for c in prep.children
    )


def _is_existential(verb: Token) -> bool:
    return any(child.dep_ == "expl" for child in verb.children)


def _subspan(token: Token) -> Span:
    span = token.doc[token.left_edge.i : token.right_edge.i + 1]
    while len(span) > 1 and span[-1].is_punct and span[-1].text in (".", ",", "!", ";"):
        span = span[:-1]
    return span


def _span_text(token: Token) -> str:
    return str(_with_closing_quote(_subspan(token)).text)


def _with_closing_quote(span: Span) -> Span:
    """The span with the quotation mark behind it that ends what is quoted at its end."""
    following = span.doc[span.end : span.end + 1]
    return span.doc[span.start : span.end + 1] if span.text.count('"') % 2 and following.text == '"' else span


def _cut(token: Token, end: int | None) -> str:
    span = _subspan(token) if token.dep_ in ("prep", "agent") else phrase_span(token)
    if end is not None and span.start < end < span.end:
        span = token.doc[span.start : end]
    return str(_with_closing_quote(span).text).strip(" ,")
