"""Makes a section of what the model wrote: whole sentences, each once. Knows nothing of what they tell."""

import re
from collections.abc import Iterable

_PARAGRAPHS = re.compile(r"\s*\n\s*")
_SENTENCES = re.compile(r".+?(?:[.!?…][\"'”’»)\]]*(?=\s|$)|[。！？][”’」』)]*|$)\s*", re.DOTALL)
_WHOLE = re.compile(r"[.!?…。！？][\"'”’»)\]」』]*$")


def whole_sentences(text: str, before: Iterable[str] = ()) -> str:
    """`text` without an unfinished end and what it, or a text `before` it, has said; empty where nothing is left."""
    said = {found.strip().casefold() for earlier in before for found in _SENTENCES.findall(earlier)}
    paragraphs = [_paragraph(one, said) for one in _PARAGRAPHS.split(text.strip())]
    return "\n\n".join(one for one in paragraphs if one)


def _paragraph(text: str, said: set[str]) -> str:
    """The whole sentences of one paragraph that are not in `said`, to which they are added."""
    kept = []
    for found in _SENTENCES.findall(text):
        sentence = found.strip()
        if _WHOLE.search(sentence) and sentence.casefold() not in said:
            said.add(sentence.casefold())
            kept.append(found)
    return "".join(kept).strip()
