"""What reading one file may cost. Does not enforce anything."""

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """Most that reading one file may take: wall-clock seconds, memory beside the interpreter's, unpacked bytes, text.

    `pages` counts pages, slides or chapters; `characters` counts what comes out, headings included.
    """

    seconds: float
    memory_mebibytes: int
    unpacked_mebibytes: int
    pages: int
    characters: int
