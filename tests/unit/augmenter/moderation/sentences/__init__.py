"""Sentences of each kind, one a line."""

from pathlib import Path


def sentences(kind: str) -> list[str]:
    return (Path(__file__).parent / f"{kind}.txt").read_text(encoding="utf-8").splitlines()
