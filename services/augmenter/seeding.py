"""Reproducible choices. Knows nothing of what is chosen."""

from random import Random


def seeded(seed: int) -> Random:
    """A generator that makes the same choices for the same seed."""
    return Random(seed)  # noqa: S311 - the choices are not secrets
