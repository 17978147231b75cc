"""Reads verbs with their auxiliaries, and what "has to", "is going to" and "used to" mean. Knows nothing of clauses."""

from dataclasses import replace

from spacy.tokens import Token

from services.augmenter.linguistics.clause import VerbGroup
from services.augmenter.linguistics.parser import Parsed

SUBJECTS = ("nsubj", "nsubjpass")
_SKIPPED_ADVERBS = ("also", "then", "so", "however", "therefore", "actually", "really", "just", "still", "already")


def verb_group(verb: Token, parsed: Parsed) -> VerbGroup:
    """The group of `verb`, its head; without auxiliaries of its own it has those of the verb that it is joined to."""
    own = [child for child in verb.children if child.dep_ in ("aux", "auxpass") and child.i < verb.i]
    borrowed = not own and verb.dep_ == "conj" and verb.tag_ in ("VB", "VBN", "VBG")
    aux = _auxiliaries(verb.head) if borrowed else own
    words = [token.lemma_.lower() for token in aux]
    modal = next((_modal(token) for token in aux if token.tag_ == "MD"), "")
    finite = aux[0] if aux else verb
    past = finite.tag_ == "VBD" or (finite.tag_ == "VBN" and not aux)
    if _has_got(verb, words) and finite.tag_ != "VBD":
        return VerbGroup(lemma="have", negated=_is_negated(verb))
    return VerbGroup(
        lemma=parsed.replaced.get(verb.i) or ("be" if verb.lemma_ in ("'s", "’s") else verb.lemma_.lower()),
        past=past and verb.i not in parsed.replaced and not modal,
        modal=modal,
        perfect="have" in words and verb.tag_ != "VB",
        progressive=verb.tag_ == "VBG" and "be" in words,
        passive=any(t.dep_ == "auxpass" for t in aux) or (verb.tag_ == "VBN" and "be" in words and "have" not in words),
        negated=_is_negated(verb),
        particle=next((child.text for child in verb.children if child.dep_ == "prt"), ""),
        adverbs=_preverbal_adverbs(verb),
    )


def _has_got(verb: Token, auxiliaries: list[str]) -> bool:
    """Whether it is the "have got" of "I have got a cat", not that of "I have got better"."""
    return verb.lower_ == "got" and auxiliaries == ["have"] and any(child.dep_ == "dobj" for child in verb.children)


def _is_negated(verb: Token) -> bool:
    return any(
        (child.dep_ == "neg" and child.lower_ in ("not", "n't", "n’t")) or is_no_longer(child)
        for child in verb.children
    )


def is_no_longer(adverb: Token) -> bool:
    """Whether it is the "longer" of "no longer"."""
    return adverb.lower_ == "longer" and any(child.lower_ == "no" for child in adverb.children)


def meant_verb(verb: Token, group: VerbGroup) -> Token | None:
    """The verb that "has to", "is going to" and "used to" are said of; None for any other `verb`."""
    obliged = group.lemma in ("have", "need") and not group.past and not group.perfect
    intended = group.lemma == "go" and group.progressive and not group.past
    formerly = group.lemma == "use" and group.past and not group.passive
    if not (obliged or intended or formerly) or group.negated or group.modal:
        return None
    later = (child for child in verb.children if child.dep_ == "xcomp" and child.i > verb.i)
    return next((child for child in later if any(aux.lower_ == "to" for aux in _auxiliaries(child))), None)


def as_meant(group: VerbGroup, meant: VerbGroup) -> VerbGroup:
    """ "has to steep" is "must steep", "is going to move" is "will move", "used to be" is "was"."""
    modal = "" if group.past else "will" if group.progressive else "must"
    return replace(meant, past=group.past, modal=modal, perfect=False)


def _auxiliaries(verb: Token) -> list[Token]:
    return [child for child in verb.children if child.dep_ in ("aux", "auxpass")]


def _modal(token: Token) -> str:
    return {"'ll": "will", "’ll": "will", "wo": "will", "ca": "can", "'d": "would", "sha": "shall"}.get(
        token.lower_, token.lower_
    )


def _preverbal_adverbs(verb: Token) -> tuple[str, ...]:
    adverbs = [c for c in verb.children if c.dep_ in ("advmod", "neg") and c.pos_ == "ADV" and c.i < verb.i]
    subject = next((c for c in verb.children if c.dep_ in SUBJECTS), None)
    after_subject = [c for c in adverbs if subject is not None and c.i > subject.i]
    return tuple(c.lower_ for c in after_subject if c.lower_ not in _SKIPPED_ADVERBS and not is_no_longer(c))
