"""Asks for the meaning of a word, and for the word by its meaning. Knows no parser."""

from collections.abc import Iterator

from services.augmenter.lexicon import Lexicon
from services.augmenter.linguistics.clause import Clause, Constituent, Role
from services.augmenter.linguistics.keys import answer_keys
from services.augmenter.linguistics.perspective import to_assistant
from services.augmenter.strategies.self_instruct.answers import finish, full_answer
from services.augmenter.strategies.self_instruct.forms import Form, Variety

_MEANINGS = (
    "What does the word {w} mean?",
    "Define {w}.",
    "What is meant by {w}?",
    "Explain what {s} is.",
    "How would you describe {s}?",
    "What is the meaning of {w}?",
    "Give me a definition of {w}.",
    "Someone said the word {w}. What did they mean?",
    "I have never heard of {s}. What is it?",
    "What kind of thing is {s}?",
)


def is_definition(clause: Clause, lexicon: Lexicon) -> bool:
    """Whether the clause says what kind of thing a common noun stands for."""
    attribute = _meaning(clause)
    subject = clause.subject
    plain = not subject.is_pronoun and subject.owner is None and not subject.name and not subject.human
    opened = subject.indefinite or " " not in subject.text or subject.text.startswith('"')
    return attribute is not None and plain and opened and len(attribute.value.split()) > 1


def _meaning(clause: Clause) -> Constituent | None:
    """What the subject is said to be or to mean."""
    if clause.verb.is_copula:
        return clause.first(Role.ATTRIBUTE)
    return clause.first(Role.CONTENT, Role.OBJECT) if clause.verb.lemma == "mean" else None


class DefinitionForms:
    """Forms for "a florbit is a …"."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def forms(self, clause: Clause, name: str) -> Iterator[Form]:
        """Forms that ask for the meaning; nothing when the clause is no definition."""
        attribute = _meaning(clause)
        if attribute is None or not is_definition(clause, self._lexicon):
            return
        term = _without_article(clause.subject.text)
        answer = full_answer(clause)
        part = f"{name}.meaning"
        for number, template in enumerate(_MEANINGS):
            quoted = number % 2 and not term.startswith('"')
            question = template.format(w=f'"{term}"' if quoted else term, s=clause.subject.text)
            keys = tuple(answer_keys(attribute.value, question, self._lexicon))
            yield Form(f"{part}:def{number}", part, Variety.RELATION, question, answer, keys)
        meaning = attribute.value
        back = finish(to_assistant(f"{meaning} is called {clause.subject.text}"))
        for number, question in enumerate((f"What do you call {meaning}?", f"What is the word for {meaning}?")):
            yield Form(f"{name}.word:call{number}", f"{name}.word", Variety.REVERSE, question, back, (term,))


def _without_article(text: str) -> str:
    first, _, rest = text.partition(" ")
    return rest if first.casefold() in ("a", "an", "the") and rest else text
