"""Recognises the `[Learn]` trigger. Knows nothing of what follows it."""

import re

_TRIGGER = re.compile(r"\s*\[learn\]", re.IGNORECASE)


def learn_statement(text: str) -> str | None:
    """The text after a leading `[Learn]` (maybe empty), or None when `text` does not begin with it."""
    match = _TRIGGER.match(text)
    return text[match.end() :].strip() if match else None
