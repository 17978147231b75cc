"""Reads the words that short answers and requests are made of. Knows nothing of what they are looked up for."""

from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("words.txt")


@cache
def words_for(name: str) -> frozenset[str]:
    """The words, in lower case, of all lines called `name`."""
    lines = (line.partition(": ") for line in _FILE.read_text(encoding="utf-8").splitlines())
    return frozenset(word for head, _, words in lines if head == name for word in words.split())
