"""Why a file is not read, and how a user is told. Does not know how that is found out."""

from enum import StrEnum

from services.augmenter.reading.limits import ReadingLimits
from services.common.errors import InvalidArgument

_LONGEST_NAME = 120


class Refusal(StrEnum):
    """What is wrong with a file; crosses from the reading process to the service."""

    UNKNOWN_FORMAT = "unknown_format"
    ENCRYPTED = "encrypted"
    EMPTY = "empty"
    WITHOUT_TEXT = "without_text"
    SCANNED = "scanned"
    DAMAGED = "damaged"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MANY_CHARACTERS = "too_many_characters"
    TOO_MANY_PARTS = "too_many_parts"
    UNPACKS_TOO_LARGE = "unpacks_too_large"
    TOO_SLOW = "too_slow"
    TOO_MUCH_MEMORY = "too_much_memory"


class Refused(Exception):
    """A reader gives up on its file, because of `refusal`."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


_REASONS = {
    Refusal.UNKNOWN_FORMAT: "DOCUMENT_FORMAT",
    Refusal.ENCRYPTED: "DOCUMENT_ENCRYPTED",
    Refusal.EMPTY: "DOCUMENT_EMPTY",
    Refusal.WITHOUT_TEXT: "DOCUMENT_WITHOUT_TEXT",
    Refusal.SCANNED: "DOCUMENT_WITHOUT_TEXT",
    Refusal.DAMAGED: "DOCUMENT_DAMAGED",
}
_OTHER_REASON = "DOCUMENT_TOO_LARGE"

_SENTENCES = {
    Refusal.UNKNOWN_FORMAT: (
        "{name} has a format that cannot be read. "
        "Send PDF, Word (.docx), PowerPoint (.pptx), EPUB, HTML, Markdown or plain text."
    ),
    Refusal.ENCRYPTED: "{name} is protected by a password or copy protection. Send a copy without it.",
    Refusal.EMPTY: "{name} is empty. Send a file with content.",
    Refusal.WITHOUT_TEXT: "{name} holds no text. Send a file with text.",
    Refusal.SCANNED: (
        "{name} has no text layer; it may be a scan. Run text recognition (OCR) over it and send the result."
    ),
    Refusal.DAMAGED: "{name} is damaged or incomplete. Open it in its program, save it anew and send that.",
    Refusal.TOO_MANY_PAGES: "{name} has more than {limits.pages} pages. Send it in parts.",
    Refusal.TOO_MANY_CHARACTERS: "{name} has more than {limits.characters} characters of text. Send it in parts.",
    Refusal.TOO_MANY_PARTS: "{name} is packed from too many parts. Send it as PDF or plain text.",
    Refusal.UNPACKS_TOO_LARGE: "{name} unpacks to more than {limits.unpacked_mebibytes} MiB. Send a smaller file.",
    Refusal.TOO_SLOW: "Reading {name} took longer than {limits.seconds:g} seconds. Send it in parts.",
    Refusal.TOO_MUCH_MEMORY: "Reading {name} takes over {limits.memory_mebibytes} MiB of memory. Send it in parts.",
}


def refusal_error(refusal: Refusal, name: str, limits: ReadingLimits) -> InvalidArgument:
    """The error that tells a user why the file called `name` is not read, and what to do."""
    shown = "".join(character if character.isprintable() else "�" for character in name[:_LONGEST_NAME]) or "The file"
    message = _SENTENCES[refusal].format(name=shown, limits=limits)
    return InvalidArgument(message, field="file_ids", reason=_REASONS.get(refusal, _OTHER_REASON))
