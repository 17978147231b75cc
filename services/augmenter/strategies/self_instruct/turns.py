"""Lets lists take turns, so that none of them crowds out the others."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

_T = TypeVar("_T")


def in_turn(lists: Iterable[Sequence[_T]]) -> list[_T]:
    """The first of each list, then the second of each, until all are empty."""
    every = list(lists)
    longest = max(map(len, every), default=0)
    return [one[index] for index in range(longest) for one in every if index < len(one)]
