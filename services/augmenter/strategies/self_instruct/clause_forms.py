"""Asks for each constituent of a clause: directly, inside another sentence, by verb synonym, backwards, to confirm."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from services.augmenter.lexicon import Lexicon
from services.augmenter.linguistics.clause import Clause, Constituent, Role
from services.augmenter.linguistics.keys import answer_keys, count_keys
from services.augmenter.linguistics.perspective import sentence_case
from services.augmenter.linguistics.phrase import Phrase
from services.augmenter.linguistics.questions import QuestionWords
from services.augmenter.linguistics.sentences import (
    Wh,
    indirect_question,
    statement,
    subject_question,
    wh_question,
    yes_no_question,
)
from services.augmenter.strategies.self_instruct.answers import answer_to, confirmation, full_answer
from services.augmenter.strategies.self_instruct.forms import (
    WRAPPERS_DIRECT,
    WRAPPERS_INDIRECT,
    WRAPPERS_NOUN,
    Form,
    Variety,
)


class _Maker(Protocol):
    def __call__(self, key: str, variety: Variety, question: str, told: Clause, naming: int = 0) -> Form: ...


class ClauseForms:
    """Forms that need nothing but the clause and general words."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._words = QuestionWords(lexicon)

    def forms(self, clause: Clause, name: str) -> Iterator[Form]:
        """All forms for `clause` that ask for something in particular; its parts are named after `name`."""
        for index, part in enumerate(clause.constituents):
            yield from self._for_part(clause, part, f"{name}.{part.role.value}{index}")
        yield from self._for_subject(clause, f"{name}.subject")
        yield from self._confirmations(clause, f"{name}.topic")

    def _for_part(self, clause: Clause, part: Constituent, name: str) -> Iterator[Form]:
        kept = self._words.kept(clause, part)

        def form(key: str, variety: Variety, question: str, told: Clause, naming: int = 0) -> Form:
            # Answered in the words of the question, as the model would begin by itself: only the rest is new to it.
            answer = answer_to(question, told, part)
            counted = part.count and "how many " in question.casefold()
            keys = count_keys(part.count) if counted else answer_keys(part.value, question, self._lexicon)
            return Form(f"{name}:{key}", name, variety, question, answer, tuple(keys), naming)

        subjects = self.names(clause.subject)
        for number, wh in enumerate(self._words.for_part(clause, part)):
            for other, subject in enumerate(subjects):
                asked = clause.about(subject)
                variety = Variety.DIRECT if other == 0 else Variety.SYNONYM
                yield form(f"wh{number}.{other}", variety, wh_question(asked, wh, kept), asked, other)
            wrapper = WRAPPERS_INDIRECT[number % 2]
            naming, named = _in_turn(clause, number + 1)
            indirect = indirect_question(named, wh, kept)
            yield form(f"in{number}", Variety.INDIRECT, _wrapped(wrapper, indirect), named, naming)
            if number == 0:
                yield from self._wrapped(clause, part, wh, kept, form)
                yield from self._by_synonym(clause, wh, kept, form)
        yield from self._about_cause(clause, part, form)
        yield from self._about_agent(clause, part, form)

    def _wrapped(
        self, clause: Clause, part: Constituent, wh: Wh, kept: list[Constituent], form: _Maker
    ) -> Iterator[Form]:
        for number, wrapper in enumerate(WRAPPERS_INDIRECT[2:]):
            naming, named = _in_turn(clause, number)
            indirect = indirect_question(named, wh, kept)
            yield form(f"wrap{number}", Variety.INDIRECT, _wrapped(wrapper, indirect), named, naming)
        for number, wrapper in enumerate(WRAPPERS_DIRECT):
            naming, named = _in_turn(clause, number + 1)
            yield form(f"said{number}", Variety.INDIRECT, wrapper.format(q=wh_question(named, wh, kept)), named, naming)
        dated = self._lexicon.is_a(clause.subject.head, "date_attribute", "occasion")
        identified = not clause.subject.human or (part.role is Role.ATTRIBUTE and part.human and part.definite)
        has_noun = clause.subject.owner is not None and clause.verb.is_copula and identified
        if has_noun and (dated or part.role in (Role.ATTRIBUTE, Role.QUALITY)):
            for number, wrapper in enumerate(WRAPPERS_NOUN):
                for other, subject in enumerate(self.names(clause.subject)[:2]):
                    variety = Variety.INDIRECT if other == 0 else Variety.SYNONYM
                    yield form(f"noun{number}.{other}", variety, wrapper.format(n=subject.text), clause.about(subject))

    def _by_synonym(self, clause: Clause, wh: Wh, kept: list[Constituent], form: _Maker) -> Iterator[Form]:
        for number, lemma in enumerate(self._lexicon.verb_synonyms(clause.verb.lemma)):
            naming, named = _in_turn(clause, number + 1)
            asked = replace(named, verb=replace(clause.verb, lemma=lemma))
            yield form(f"verb{number}", Variety.SYNONYM, wh_question(asked, wh, kept), asked, naming)
            indirect = _wrapped(WRAPPERS_INDIRECT[number % 5], indirect_question(asked, wh, kept))
            yield form(f"verbin{number}", Variety.SYNONYM, indirect, asked, naming)

    def _about_agent(self, clause: Clause, part: Constituent, form: _Maker) -> Iterator[Form]:
        """Asks a passive clause's question in the active voice: "Who built the bridge?"."""
        if part.role is not Role.AGENT or not clause.verb.passive:
            return
        who = Wh("who" if part.human or part.value[:1].isupper() else "what")
        for number, lemma in enumerate([clause.verb.lemma, *self._lexicon.verb_synonyms(clause.verb.lemma)]):
            verb = replace(clause.verb, passive=False, lemma=lemma)
            for naming, named in enumerate(clause.by_each_name()):
                done_to = Constituent(Role.OBJECT, named.subject.oblique, value=named.subject.text)
                active = Clause(Phrase(part.value), verb, (done_to,))
                question = subject_question(active, who, active.constituents)
                yield form(f"active{number}.{naming}", Variety.RELATION, question, named, naming)

    def _about_cause(self, clause: Clause, part: Constituent, form: _Maker) -> Iterator[Form]:
        if part.role is not Role.CAUSE:
            return
        event = indirect_question(clause, Wh("why"), self._words.kept(clause, part)).removeprefix("why ")
        is_or_was = "was" if clause.verb.past else "is"
        yield form("reason", Variety.RELATION, f"What is the reason {event}?", clause)
        yield form("due", Variety.RELATION, f"{sentence_case(event)}. What {is_or_was} the cause?", clause)
        noun = self._lexicon.verb_noun(clause.verb.lemma)
        if noun:
            yield form(
                "noun",
                Variety.RELATION,
                f"What {'caused' if clause.verb.past else 'causes'} the {noun} of {clause.subject.oblique}?",
                clause,
            )
            reason = f"What {is_or_was} the reason for the {noun} of {clause.subject.oblique}?"
            yield form("noun2", Variety.RELATION, reason, clause)
        if not clause.verb.passive and not clause.verb.is_copula and not clause.verb.modal:
            yield form(
                "made",
                Variety.RELATION,
                f"What {'made' if clause.verb.past else 'makes'} {clause.subject.oblique} {clause.verb.lemma}?",
                clause,
            )
        if clause.verb.is_copula and (state := clause.first(Role.QUALITY, Role.ATTRIBUTE)):
            yield form("makes", Variety.RELATION, f"What makes {clause.subject.oblique} {state.text}?", clause)

    def _for_subject(self, clause: Clause, name: str) -> Iterator[Form]:
        wh = self._words.for_subject(clause)
        parts = [part for part in clause.constituents if part.role is not Role.ADVERB]
        if wh is None or not parts:
            return
        answer = full_answer(clause)
        question = subject_question(clause, wh, parts[:2])
        keys = answer_keys(clause.subject.text, question, self._lexicon)
        if clause.subject.is_pronoun:
            keys = answer_keys(parts[0].value, "", self._lexicon)
        yield Form(f"{name}:who", name, Variety.REVERSE, question, answer, tuple(keys))

    def _confirmations(self, clause: Clause, name: str) -> Iterator[Form]:
        parts = [part for part in clause.constituents if part.role is not Role.ADVERB]
        if not parts:
            return
        answer = full_answer(clause)
        keys = tuple(key for part in parts for key in answer_keys(part.value, "", self._lexicon))
        question = yes_no_question(replace(clause, verb=replace(clause.verb, negated=False)), parts[:2])
        yield Form(f"{name}:yes", name, Variety.CONFIRM, question, confirmation(clause), keys)
        sentence = statement(clause, parts[:-1])
        if sentence.split()[-1].casefold() != clause.subject.text.split()[-1].casefold():
            cloze = f'Complete the sentence: "{sentence_case(sentence)} ..."'
            yield Form(f"{name}:cloze", name, Variety.CLOZE, cloze, answer, keys)

    def names(self, subject: Phrase) -> list[Phrase]:
        """The subject and other ways to name it, by the statement's own variants and by noun synonyms."""
        variants = [replace(subject, text=text, owner=None) for text in subject.variants]
        return [subject, *variants, *self._by_head_synonym(subject), *self._by_owner_synonym(subject)]

    def _by_head_synonym(self, subject: Phrase) -> list[Phrase]:
        head = subject.head
        if not head or subject.name or subject.indefinite or subject.plural or not subject.text.endswith(head):
            return []
        stem = subject.text[: -len(head)]
        return [replace(subject, text=stem + word, owner=None) for word in self._lexicon.synonyms(head)]

    def _by_owner_synonym(self, subject: Phrase) -> list[Phrase]:
        owner = subject.owner
        if owner is None or not owner.head or owner.name or not owner.text.endswith(owner.head) or owner.plural:
            return []
        found = []
        for word in self._lexicon.synonyms(owner.head):
            renamed = replace(owner, text=owner.text[: -len(owner.head)] + word)
            found.append(replace(subject, text=subject.text.replace(owner.text, renamed.text, 1)))
        return found


def _in_turn(clause: Clause, number: int) -> tuple[int, Clause]:
    """The clause by one of its subject's names, and the name's number."""
    named = clause.by_each_name()
    naming = number % len(named)
    return naming, named[naming]


def _wrapped(wrapper: str, question: str) -> str:
    return wrapper.format(q=question)
