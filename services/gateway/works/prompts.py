"""What the model is asked for each section: the brief, and the end of what it wrote before. Knows no model.

The window is small on purpose: what the model shall know of earlier sections it has to have learned.
"""

import re
from collections.abc import Sequence

from services.gateway.conversations import Message

_SENTENCE_START = re.compile(r"(?<=[.!?…。！？])[\"'”’»)]*\s+|\n+")


def section_prompt(
    title: str, brief: str, outline: Sequence[str], before: str, window_characters: int
) -> list[Message]:
    """The messages that ask for the next section of a work, of which `before` is the text of the last section.

    `outline` holds the lines of the sections up to the one that is asked for.
    """
    number, point = len(outline), outline[-1]
    parts = [f"{brief}\nThe title is “{title}”."]
    if before:
        parts.append(f"This is how the text so far ends:\n{end_of(before, window_characters)}")
    task = f"Write part {number} of it, in whole sentences, without headings."
    parts.append(f"{task} It tells this: {point}" if point else task)
    return [Message("user", "\n\n".join(parts))]


def end_of(text: str, window_characters: int) -> str:
    """The last whole sentences of `text` that fit; of one that is longer, its last words."""
    if len(text) <= window_characters:
        return text
    window = text[-window_characters:]
    start = _SENTENCE_START.search(window)
    if start and start.end() < len(window):
        return window[start.end() :]
    return window.partition(" ")[2] or window
