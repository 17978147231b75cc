"""Asks how to do something that an instruction explains. Knows nothing of how the assistant should behave."""

from collections.abc import Iterator, Sequence

from services.augmenter.lexicon import Lexicon
from services.augmenter.linguistics.clause import Instruction
from services.augmenter.linguistics.inflection import inflect
from services.augmenter.linguistics.keys import answer_keys
from services.augmenter.linguistics.perspective import sentence_case, to_assistant
from services.augmenter.strategies.self_instruct.answers import finish
from services.augmenter.strategies.self_instruct.forms import Form, Variety
from services.augmenter.strategies.self_instruct.topic_forms import Topic, TopicForms, thing_of

_PURPOSE = (
    ("How do I {vp}?", Variety.DIRECT),
    ("How can I {vp}?", Variety.DIRECT),
    ("What should I do to {vp}?", Variety.RELATION),
    ("I want to {vp}. What should I do?", Variety.RELATION),
    ("Tell me how to {vp}.", Variety.INDIRECT),
    ("Do you remember how to {vp}?", Variety.INDIRECT),
    ("What is the way to {vp}?", Variety.RELATION),
    ("I need to {vp}. Please help.", Variety.RELATION),
    ("How does one {vp}?", Variety.DIRECT),
    ("Explain how to {vp}.", Variety.INDIRECT),
    ("What do I have to do if I want to {vp}?", Variety.RELATION),
    ("Can you tell me how to {vp}?", Variety.INDIRECT),
    ("What is the procedure for {ving}?", Variety.RELATION),
    ("A colleague wants to {vp}. What should I tell them?", Variety.RELATION),
)
_CONDITION = (
    ("What should I do {c}?", Variety.DIRECT),
    ("What do I have to do {c}?", Variety.DIRECT),
    ("{C}, what should I do?", Variety.RELATION),
    ("{E}. What should I do now?", Variety.RELATION),
    ("Do you remember what to do {c}?", Variety.INDIRECT),
    ("Tell me what to do {c}.", Variety.INDIRECT),
    ("What is the right thing to do {c}?", Variety.RELATION),
    ("{E}. Please help me.", Variety.RELATION),
    ("What is the rule {c}?", Variety.RELATION),
    ("Explain what I must do {c}.", Variety.INDIRECT),
    ("{E}. What do you recommend?", Variety.RELATION),
    ("I forgot what to do {c}. Can you help?", Variety.INDIRECT),
    ("How should I react {c}?", Variety.RELATION),
    ("Imagine that {e}. What comes next?", Variety.RELATION),
    ("Someone asked me what to do {c}. What should I answer?", Variety.INDIRECT),
    ("What did I tell you to do {c}?", Variety.RELATION),
    ("Which action is needed {c}?", Variety.RELATION),
    ("{E}. Remind me what to do.", Variety.RELATION),
)
_TOOLS = {
    "run": ("Which command {vs}?", "What should I type to {vp}?", "Which command do I need to {vp}?"),
    "type": ("What should I type to {vp}?", "Which input {vs}?"),
    "enter": ("What should I enter to {vp}?",),
    "execute": ("Which command {vs}?",),
    "use": ("What should I use to {vp}?", "Which tool do I need to {vp}?"),
    "press": ("What should I press to {vp}?", "Which button do I press to {vp}?"),
    "hold": ("Which button do I hold to {vp}?",),
    "click": ("Where should I click to {vp}?", "What do I click to {vp}?"),
    "call": ("Who should I call to {vp}?", "Which number do I call to {vp}?"),
    "ask": ("Who should I ask to {vp}?",),
    "contact": ("Who should I contact to {vp}?",),
    "visit": ("Which place do I visit to {vp}?",),
    "open": ("What should I open to {vp}?",),
}


class ProcedureForms:
    """Forms for "to do this, do that" and "if this happens, do that"."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._topics = TopicForms(lexicon)

    def forms(self, instruction: Instruction, name: str, kinds: Sequence[str]) -> Iterator[Form]:
        """Forms that ask for the action; nothing without a purpose or condition to ask by."""
        if instruction.purpose:
            yield from self._by_purpose(instruction, name, kinds)
        elif instruction.condition:
            yield from self._by_condition(instruction, name)

    def _by_purpose(self, instruction: Instruction, name: str, kinds: Sequence[str]) -> Iterator[Form]:
        answer = _answer(instruction.purpose, instruction)
        tool = _TOOLS.get(instruction.action.split()[0].casefold(), ())
        templates = [*((template, Variety.RELATION) for template in tool), *_PURPOSE]
        for other, purpose in enumerate(self._purposes(instruction.purpose)):
            told = _answer(purpose, instruction)
            verb, _, rest = purpose.partition(" ")
            slots = {
                "vp": purpose,
                "vs": f"{inflect(verb, 'VBZ')} {rest}".strip(),
                "ving": f"{inflect(verb, 'VBG')} {rest}".strip(),
            }
            for number, (template, variety) in enumerate(templates):
                question = sentence_case(template.format(**slots))
                kind = variety if other == 0 else Variety.SYNONYM
                yield self._form(f"how{number}.{other}", name, kind, question, told, instruction.action)
        if thing := thing_of(instruction):
            telling = answer_keys(instruction.action, thing, self._lexicon)
            yield from self._topics.forms(_named(thing), kinds, answer, telling, f"{name}.topic")
        question = f"What happens when I {_lower(instruction.action)}?"
        keys = tuple(answer_keys(instruction.purpose, question, self._lexicon))
        yield Form(f"{name}.purpose:why", f"{name}.purpose", Variety.REVERSE, question, answer, keys)

    def _by_condition(self, instruction: Instruction, name: str) -> Iterator[Form]:
        condition = instruction.condition[:1].lower() + instruction.condition[1:]
        event = condition.split(" ", 1)[-1]
        answer = finish(to_assistant(f"{condition}, {_lower(instruction.action)}"))
        for number, (template, variety) in enumerate(_CONDITION):
            question = sentence_case(
                template.format(c=condition, C=sentence_case(condition), E=sentence_case(event), e=event)
            )
            yield self._form(f"if{number}.0", name, variety, question, answer, instruction.action)

    def _form(self, key: str, name: str, variety: Variety, question: str, answer: str, action: str) -> Form:
        part = f"{name}.action"
        return Form(
            f"{part}:{key}", part, variety, question, answer, tuple(answer_keys(action, question, self._lexicon))
        )

    def _purposes(self, purpose: str) -> list[str]:
        """The purpose with other verbs, and with other nouns for the last one."""
        verb, _, rest = purpose.partition(" ")
        found = [purpose, *(f"{other} {rest}".strip() for other in self._lexicon.verb_synonyms(verb.casefold()))]
        noun = rest.rpartition(" ")[2]
        found += [purpose[: -len(noun)] + other for other in self._lexicon.synonyms(noun)] if noun else []
        return found


def _answer(purpose: str, instruction: Instruction) -> str:
    return finish(to_assistant(f"to {purpose}, {_lower(instruction.action)}"))


def _named(thing: str) -> list[Topic]:
    """The thing, and its name alone: "the Kestrel server", "Kestrel"."""
    name = " ".join(word for word in thing.split() if word[:1].isupper())
    return [Topic(one) for one in dict.fromkeys((thing, name)) if one]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
