"""Recognises what a statement in a language other than English changes of earlier lessons. Knows no one language."""

from collections.abc import Iterator, Sequence

from services.augmenter.linguistics.keys import contains_any
from services.augmenter.linguistics.telling import Telling
from services.augmenter.linguistics.telling_keys import part_keys, telling_words
from services.augmenter.strategies.draft import Draft, FactDraft
from services.augmenter.strategies.self_instruct.earlier import CHANGED_GROUP, probes_of, questions_of
from services.augmenter.strategies.self_instruct.statement_forms import split_in
from services.augmenter.strategies.self_instruct.tongue import Tongue
from services.common.datasets import Dataset


def draft_changes(said: str, statement: str, language: str, tongue: Tongue, known: Sequence[Dataset]) -> Draft:
    """Questions of the `known` lessons in the same language that `statement`, as the user `said` it, changes."""
    draft = Draft()
    if not tongue.language.matches(tongue.language.changed, said):
        return draft
    told = list(_tellings(statement, tongue))
    for earlier in known:
        if earlier.kind != "instruction" or earlier.language != language:
            continue
        before = list(_tellings(earlier.statement, tongue))
        after = next((one for one in told if any(_changes(old, one, tongue) for old in before)), None)
        if after is None:
            continue
        answer = tongue.wording.statement(after)
        new = [key for part in after.parts for key in part_keys(part, earlier.statement, tongue.language)]
        if new:
            draft.facts += [FactDraft(question, answer, CHANGED_GROUP) for question in questions_of(earlier)]
            draft.probes += probes_of(earlier, answer, new)
    return draft


def _tellings(statement: str, tongue: Tongue) -> Iterator[Telling]:
    for sentence in split_in(statement, tongue):
        yield from tongue.reader.read_all(sentence)


def _changes(before: Telling, after: Telling, tongue: Tongue) -> bool:
    """Whether both are about the same, and tell the same kind of thing of it or the later one of a change."""
    if before.of_speaker != after.of_speaker or not _is_same(before.subject, after.subject, tongue):
        return False
    lemmas = {telling.form.lemma if telling.form is not None else telling.verb for telling in (before, after)}
    kinds = {part.kind for part in before.parts} & {part.kind for part in after.parts}
    verb = f"{after.verb} {after.tail}"
    return len(lemmas) == 1 or bool(kinds) or tongue.language.matches(tongue.language.changed, verb) is not None


def _is_same(before: str, after: str, tongue: Tongue) -> bool:
    """Whether one subject has all telling words of the other."""
    words = [telling_words(subject, tongue.language) for subject in (before, after)]
    return _has_all(after, words[0]) or _has_all(before, words[1])


def _has_all(text: str, words: Sequence[str]) -> bool:
    return all(contains_any(text, [word]) for word in words)
