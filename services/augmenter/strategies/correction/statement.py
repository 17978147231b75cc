"""Tells what a corrected answer says about the question, as a statement of its own. Knows no datasets."""

import re

from spacy.tokens import Doc, Span, Token

from services.augmenter.lexicon import Lexicon
from services.augmenter.linguistics.inflection import inflect
from services.augmenter.linguistics.language import guess_language
from services.augmenter.linguistics.parser import parse
from services.augmenter.linguistics.perspective import is_spoken_to_the_user, tells_of_the_speaker, to_assistant
from services.augmenter.linguistics.values import ValueKind, value_kind
from services.augmenter.strategies.self_instruct.answers import finish

_POINTING = ("it", "that", "this", "these", "those")
_PEOPLE = ("he", "she", "they")
_THEIRS = ("his", "her", "its", "their")
_CIRCUMSTANCES = ("where", "when", "how", "what", "which")
_SUBJECTS = ("nsubj", "nsubjpass", "expl", "csubj")
_ASKING = re.compile(
    r"^\s*(?:(?:please|hey|hi|hello|so|and|ok(?:ay)?)[,!.]?\s+)*"
    r"(?:(?:(?:can|could|would|will) you (?:please )?)?tell me|do you (?:happen to )?know|i(?:'d| would) like to know"
    r"|i want to know)[,:]?\s+",
    re.IGNORECASE,
)
_HOW_TO = re.compile(r"how (?:(?:do|can|should|would|must) (?:i|you|we|one)|to) (?P<what>[^?]+)\?", re.IGNORECASE)
_DENIAL = re.compile(r",?\s+(?:and\s+)?not\s+[^,.]+(?=[.!]?$)", re.IGNORECASE)
_TIME_PREPOSITIONS = {
    ValueKind.YEAR: "in",
    ValueKind.MONTH: "in",
    ValueKind.DATE: "on",
    ValueKind.WEEKDAY: "on",
    ValueKind.CLOCK: "at",
}
_CONTRACTED = {"'s": "is", "’s": "is", "'re": "are", "’re": "are"}
_VERDICT = re.compile(r"^\s*(?:no|nope|yes|wrong|incorrect|actually)\s*[,:;.!–—-]\s+", re.IGNORECASE)
_MOST_WORDS = 60
_NUMBER = re.compile(r"[\d.,]+|[a-z]+(?:-[a-z]+)?", re.IGNORECASE)


def stated(question: str, correction: str, lexicon: Lexicon) -> str:
    """The correction as a sentence that needs no question: "What is the capital?", "Oslo" → "The capital is Oslo.".

    Empty where that takes more than grammar.
    """
    told = _VERDICT.sub("", _DENIAL.sub("", " ".join(correction.split()))).strip()
    if tells_of_the_speaker(question) and is_spoken_to_the_user(told):
        # It is worded as the answer should have been; a statement is worded as the question is.
        told = to_assistant(told, addressed=True)
    asked = _Question(question, lexicon)
    if not asked.is_one or not told or len(told.split()) > _MOST_WORDS:
        return ""
    doc = parse(told).doc
    # "9 am" has no subject, though it can be read so.
    is_time = doc[0].pos_ != "PRON" and value_kind(told, "", False, lexicon) is ValueKind.CLOCK
    clause = () if is_time else doc
    subject = next((token for token in clause if token.dep_ in _SUBJECTS and token.head.dep_ == "ROOT"), None)
    if subject is not None and _is_elliptical(doc, subject):
        return asked.answered(doc[subject.left_edge.i : subject.right_edge.i + 1].text)
    if subject is not None and subject.lower_ not in (*_POINTING, *_PEOPLE):
        return "" if doc[subject.left_edge.i].lower_ in _THEIRS else finish(told)
    if subject is None and doc[0].tag_ == "VB":
        return asked.instructed(told)
    if subject is not None and subject.lower_ in (*_PEOPLE, "it") and subject.head.lemma_ != "be":
        return asked.told(subject, doc[subject.i + 1 :].text)
    value = _value(doc, subject)
    return asked.answered(value) if value else ""


def as_answered(question: str, correction: str) -> str:
    """The correction as the assistant says it: to "What is my cat called?", "My cat is Rex." is "Your cat is Rex."."""
    asked = _ASKING.sub("", question.strip())
    asks_of_the_speaker = asked.endswith("?") and tells_of_the_speaker(asked) and guess_language(asked) == "en"
    return to_assistant(correction) if asks_of_the_speaker and tells_of_the_speaker(correction) else correction


def _is_elliptical(doc: Doc, subject: Token) -> bool:
    """Whether only an auxiliary follows the subject: "Ola Berg does."."""
    rest = [token for token in doc[subject.right_edge.i + 1 :] if not token.is_punct]
    return len(rest) == 1 and (rest[0].pos_ == "AUX" or rest[0].lemma_ in ("do", "have"))


def _value(doc: Doc, subject: Token | None) -> str:
    """What the correction names: "It is Oslo." → "Oslo"; empty where it tells more than a name for it."""
    if subject is None:
        return "" if any(token.pos_ == "VERB" and token.dep_ == "ROOT" for token in doc) else doc.text.rstrip(".!")
    verb = subject.head
    names = verb.lemma_ == "be" and subject.lower_ in _POINTING
    return doc[verb.i + 1 :].text.rstrip(".!").strip() if names else ""


class _Question:
    """A question with one thing asked for."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        last = re.split(r"(?<=[.!?])\s+", " ".join(text.split()))[-1]
        asked, indirect = _ASKING.subn("", last)
        self._indirect = bool(indirect)
        self._lexicon = lexicon
        self._doc = parse(asked.rstrip("?!. ") + "?").doc
        self._word = next((token for token in self._doc[:2] if token.tag_ in ("WP", "WRB", "WDT", "WP$")), None)
        self.is_one = self._indirect or self._word is not None or last.endswith("?")

    def answered(self, value: str) -> str:
        """The statement that says `value` where the question asks; empty where the question is not understood."""
        if self._word is None:
            return ""
        end = self._end_of_asked()
        finite = next((token for token in self._doc[end:-1] if token.pos_ in ("AUX", "VERB")), None)
        if finite is None:
            return ""
        before = self._doc[: self._word.i].text.lower()
        said = self._with_preposition(self._counted(value, end), before)
        rest = self._doc[finite.i + 1 : -1]
        if self._indirect and finite.i == len(self._doc) - 2:
            return finish(f"{self._doc[self._word.i + 1 : -1].text} {said}")
        if finite.lemma_ == "be" and finite.dep_ == "ROOT" and finite.i == end:
            return finish(f"{rest.text} {_CONTRACTED.get(finite.lower_, finite.text)} {said}") if rest else ""
        if finite.i == end and (told := self._uninverted(finite, said)):
            return finish(told)
        asks_for_subject = finite.i == end and finite.lemma_ != "do"
        told = self._doc[end:-1].text
        return finish(f"{said} {told}") if asks_for_subject and told else ""

    def told(self, pronoun: Token, predicate: str) -> str:
        """`predicate` of what the question asks about, which `pronoun` means; empty where that is not said.

        Empty too where the question asks for more than that: who it is, or why.
        """
        if self._word is None or self._word.lower_ not in _CIRCUMSTANCES:
            return ""
        finite = next((token for token in self._doc[self._end_of_asked() : -1] if token.pos_ in ("AUX", "VERB")), None)
        named = self._doc[finite.i + 1 : self._parted(finite)[1]] if finite is not None else self._doc[:0]
        if not named or named.root.pos_ == "PRON" or _is_plural(named.root) != (pronoun.lower_ == "they"):
            return ""
        return finish(f"{named.text} {predicate}")

    def instructed(self, steps: str) -> str:
        """The instruction that `steps` are for what the question asks how to do; empty where it asks something else."""
        asked = _HOW_TO.match(self._doc.text)
        return finish(f"To {asked['what']}, {steps[:1].lower()}{steps[1:]}") if asked else ""

    def _end_of_asked(self) -> int:
        """Where the question words end: "which planet", "how many moons"."""
        start = self._word.i if self._word is not None else 0
        return next((token.i for token in self._doc[start + 1 :] if token.pos_ in ("AUX", "VERB")), start + 1)

    def _counted(self, value: str, end: int) -> str:
        """A bare number with the noun that is counted, or the measure."""
        words = self._doc[(self._word.i if self._word is not None else 0) : end]
        if words[0].lower_ != "how" or len(words) < 2 or not _NUMBER.fullmatch(value):
            return value
        if words[1].lower_ in ("many", "much"):
            return f"{value} {words[2:].text}".strip()
        return f"{value} years old" if words[1].lower_ == "old" else value

    def _with_preposition(self, value: str, before: str) -> str:
        if before:
            return f"{before} {value}"
        first = parse(value).doc[0]
        asked = self._word.lower_ if self._word is not None else ""
        if asked not in ("where", "when") or first.pos_ in ("ADP", "SCONJ", "ADV"):
            return value
        if asked == "where":
            return f"in {value}"
        preposition = _TIME_PREPOSITIONS.get(value_kind(value, "", False, self._lexicon), "")
        return f"{preposition} {value}".strip()

    def _uninverted(self, finite: Token, value: str) -> str:
        """Subject, predicate and `value` in the order of a statement; empty where no subject follows the auxiliary."""
        verb, end = self._parted(finite)
        named, after = self._doc[finite.i + 1 : end].text, self._doc[end:-1]
        place = self._place(verb, after)
        said = [] if finite.lemma_ == "do" else [finite.text]
        for token in after:
            said.append(_supported(finite, token) if token.i == verb.i else token.text)
            said += [value] if token.i == place else []
        return f"{named} {' '.join(said)}" if named else ""

    def _place(self, verb: Token, after: Span) -> int:
        """Behind which token of `after` the value belongs: a preposition left alone, the verb, or the last one."""
        for token in after:
            if token.dep_ == "prep" and not any(child.dep_ in ("pobj", "pcomp") for child in token.children):
                return token.i
        objects = [child for child in verb.children if child.dep_ == "dobj"]
        if len(objects) == 1 and objects[0].i < verb.i and not any(child.dep_ == "oprd" for child in verb.children):
            return max([verb.i, *(child.i for child in verb.children if child.dep_ == "prt")])
        return self._doc[-2].i

    def _parted(self, finite: Token) -> tuple[Token, int]:
        """The verb, and where the subject behind `finite` ends; no further than `finite` where there is none."""
        verb = finite.head if finite.dep_ in ("aux", "auxpass") else finite
        subject = next((child for child in verb.children if child.dep_ in _SUBJECTS and child.i > finite.i), None)
        if finite.lemma_ == "do" and (verb is finite or subject is None):
            # "When did the war end?", read as if "the war end" were a thing that is done.
            return self._doc[-2], len(self._doc) - 2
        return verb, subject.right_edge.i + 1 if subject is not None else finite.i + 1


def _supported(finite: Token, verb: Token) -> str:
    """The verb in the form that "do" has had, where `finite` is that."""
    if finite.lemma_ != "do":
        return verb.text
    tag = {"did": "VBD", "does": "VBZ"}.get(finite.lower_, "VBP")
    return inflect(verb.lemma_.lower(), tag)


def _is_plural(noun: Token) -> bool:
    return noun.tag_ in ("NNS", "NNPS") or any(child.dep_ == "conj" for child in noun.children)
