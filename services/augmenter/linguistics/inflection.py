"""Inflects verbs and builds finite verb chains. Knows nothing of sentences."""

from lemminflect import getInflection

from services.augmenter.linguistics.clause import VerbGroup, third_person_singular
from services.augmenter.linguistics.phrase import Person, Phrase

_PAST_BE = ("was", "were")


def inflect(lemma: str, tag: str) -> str:
    """The form of `lemma` with Penn tag `tag`; a particle after the verb is kept."""
    verb, _, rest = lemma.partition(" ")
    forms = getInflection(verb, tag=tag)
    form = forms[0] if forms else verb
    return f"{form} {rest}".rstrip()


def be(subject: Phrase, past: bool = False) -> str:
    """The form of "to be" that goes with `subject`."""
    if past:
        return _PAST_BE[subject.plural or subject.person in (Person.YOU, Person.WE)]
    if subject.person is Person.I:
        return "am"
    return "are" if subject.plural or subject.person in (Person.YOU, Person.WE) else "is"


def do(subject: Phrase, past: bool = False) -> str:
    """The form of "to do" that goes with `subject`."""
    if past:
        return "did"
    return "does" if third_person_singular(subject) else "do"


def have(subject: Phrase, past: bool = False) -> str:
    """The form of "to have" that goes with `subject`."""
    if past:
        return "had"
    return "has" if third_person_singular(subject) else "have"


def verb_chain(verb: VerbGroup, subject: Phrase) -> list[str]:
    """The words of the verb group in order, the finite one first, without negation: ["was", "closed"]."""
    plan = [("modal", verb.modal)] if verb.modal else []
    plan += [("have", "VBN")] if verb.perfect else []
    plan += [("be", "VBG")] if verb.progressive else []
    plan += [("be", "VBN")] if verb.passive else []
    words: list[str] = []
    needed = "finite"
    for lemma, demands in plan:
        words.append(demands if lemma == "modal" else _form(lemma, needed, verb.past, subject))
        needed = "VB" if lemma == "modal" else demands
    words.append(_form(verb.lemma, needed, verb.past, subject))
    return words


def _form(lemma: str, needed: str, past: bool, subject: Phrase) -> str:
    if needed != "finite":
        return lemma if needed == "VB" else inflect(lemma, needed)
    if lemma == "be":
        return be(subject, past)
    if lemma == "have":
        return have(subject, past)
    if past:
        return inflect(lemma, "VBD")
    return inflect(lemma, "VBZ") if third_person_singular(subject) else lemma


def question_chain(verb: VerbGroup, subject: Phrase) -> tuple[str, list[str]]:
    """The auxiliary that goes before the subject and the verb words that go after it, with do-support."""
    chain = verb_chain(verb, subject)
    if len(chain) == 1 and not verb.is_copula:
        return do(subject, verb.past), [verb.lemma]
    return chain[0], chain[1:]
