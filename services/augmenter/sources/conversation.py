"""Makes what the user wants remembered stand on its own, by the conversation before it. Knows nothing of training."""

import re
from collections.abc import Sequence

from services.augmenter.linguistics.language import guess_language
from services.augmenter.linguistics.parser import parse
from services.augmenter.linguistics.perspective import sentence_case
from services.augmenter.sources.references import Antecedents
from services.augmenter.sources.told_before import ToldBefore, content_of, told_in
from services.augmenter.strategies.self_instruct.tongue import Tongue, find_tongue
from services.common.datasets import Message
from services.common.errors import InvalidArgument

_POLITE = r"(?:(?:please|ok(?:ay)?|hey|hi|hello|yes|so|well|now|lorelei)[,!.]?\s+)*"
_VERBS = (
    r"(?:remember|memori[sz]e|learn|note|keep in mind|know|save|store|don't forget|do not forget|never forget|record)"
)
_LEAD = re.compile(
    rf"^\s*{_POLITE}(?:(?:can|could|would|will|should) you\s+(?:please\s+)?|(?:i want|i would like|i'd like) you to\s+"
    rf"|you (?:should|must|need to)\s+)?(?:{_VERBS})(?:\s+(?:this|the following|for me|for later))?"
    r"(?:\s*[:,]\s*|\s+(?:that|about)\s+(?!is\b|was\b)|\s+)",
    re.IGNORECASE,
)
_FYI = re.compile(
    r"^\s*(?:fyi|for your information|for the record|by the way|btw|fact|just so you know|so you know|you know"
    r"|as a reminder|(?:just a )?reminder|as i said|remember|important|believe it or not|(?:fun|funny) fact"
    r"|(?:quick |small )?(?:note|update|news|info|tip|hint)|one more thing|good to know|to be clear|guess what"
    r"|p\.?s\.?)\s*[:,]\s*",
    re.IGNORECASE,
)
_CORRECTING = re.compile(
    r"^\s*(?:(?:no|oh|sorry|oops|wait|actually|correction|i meant|my mistake|my bad|scratch that|change of plans?"
    r"|(?:i|that) was (?:wrong|mistaken|not right|not true)"
    r"|i (?:have )?(?:made a mistake|misspoken?|got (?:that|it) wrong))\s*[:,;.!–—]\s+(?:(?:and|but)\s+)?)+(?=\S+\s)",
    re.IGNORECASE,
)
_BACK = re.compile(
    rf"^\s*{_POLITE}(?:(?:can|could|would|will) you\s+(?:please\s+)?|i want you to\s+)?(?:{_VERBS})?\s*"
    r"(?:(?:all\s+(?:of\s+)?)?(?:this|that|it|these|those|everything)(?:\s+(?:fact|information|please|for me))?"
    r"|(?:what|everything|the things?|all)\s+(?:that\s+)?(?P<who>i|we|you)\s+(?:(?:have|'ve)\s+)?(?:just\s+)?"
    r"(?:said|told you|wrote|mentioned|explained|taught you|shared|sent|answered|talked about|discussed|suggested)"
    r"|(?:the\s+)?(?:my|your|our|the)?\s*(?P<last>last|previous|above)\s+(?:message|sentence|statement|answer|reply))"
    r"(?:\s+(?:above|before|earlier|so far|(?:to|about|on)\s+.{1,40}))?\s*[.!]*\s*(?:please)?[.!]*$",
    re.IGNORECASE,
)
_TELLS = ("VERB", "AUX")


class ConversationSource:
    """Resolves references; the rest of a statement stays as the user said it."""

    def __init__(self, max_characters: int) -> None:
        self._max_characters = max_characters

    def resolve(self, statement: str, conversation: Sequence[Message]) -> str:
        """The self-contained statement, or raise InvalidArgument when it is empty, too long, or refers to nothing."""
        text = " ".join(statement.split())
        if not text:
            raise InvalidArgument(
                "Say what to learn after [Learn], for example: My dog's name is Rex.", field="statement"
            )
        if len(statement) > self._max_characters:
            raise InvalidArgument(
                f"What to learn is too long; {self._max_characters} characters are the most.", field="statement"
            )
        tongue = find_tongue(guess_language(text))
        if tongue is not None:
            return self._in_other_language(text, tongue, conversation)
        if back := _BACK.match(text):
            who = (back["who"] or "").casefold()
            return self._earlier(who == "you" or "your" in back.group().casefold(), conversation)
        content = _content(text)
        _check_content(content)
        return Antecedents(conversation).resolve(content)

    def _in_other_language(self, text: str, tongue: Tongue, conversation: Sequence[Message]) -> str:
        if back := re.match(tongue.language.conversation.back, text, re.IGNORECASE):
            meant = (back["who"] or "").casefold() in tongue.language.conversation.listener
            return self._earlier(meant, conversation)
        content = content_of(text, tongue)
        _check_content(content)
        return ToldBefore(conversation, tongue).resolve(content)

    def _earlier(self, by_assistant: bool, conversation: Sequence[Message]) -> str:
        """What the user, or the assistant, told last."""
        whose = "assistant" if by_assistant else "user"
        for message in reversed(conversation):
            if message.role == whose and (told := _told(message.content)):
                return told[: self._max_characters]
        raise InvalidArgument("Nothing was said before that could be remembered.", field="statement")


def _check_content(content: str) -> None:
    if not any(character.isalnum() for character in content):
        raise InvalidArgument("There is nothing to learn in this message.", field="statement")


def _content(text: str) -> str:
    stripped = _CORRECTING.sub("", _FYI.sub("", text))
    lead = _LEAD.match(stripped)
    if lead and len(stripped) > lead.end():
        rest = stripped[lead.end() :]
        # "Remember to water the plants" is an instruction, not an announcement of one.
        if not rest.casefold().startswith(("to ", "me ", "how ")):
            stripped = rest
    return sentence_case(stripped.strip())


def _told(content: str) -> str:
    """The sentences of a message that tell something: no questions, no greetings; a bare phrase counts."""
    tongue = find_tongue(guess_language(content))
    if tongue is not None:
        return told_in(content, tongue)
    doc = parse(" ".join(content.split())).doc
    telling = []
    for sentence in doc.sents:
        text = str(sentence.text).strip()
        asks = text.endswith("?")
        if not asks and any(token.pos_ in _TELLS for token in sentence):
            telling.append(_content(text))
    return " ".join(telling)
