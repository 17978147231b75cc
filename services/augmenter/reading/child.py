"""The process that reads one file: confines itself, detects the format, writes the document or a refusal to stdout.

Runs as `python -m services.augmenter.reading.child REQUEST`, REQUEST being what `request_argument` makes.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import cast

from services.augmenter.reading.confinement import confine_process
from services.augmenter.reading.document import Document, document_to_bytes
from services.augmenter.reading.formats import Format, detect_format
from services.augmenter.reading.limits import ReadingLimits
from services.augmenter.reading.refusals import Refusal, Refused

# The exit status that says that stdout holds a refusal and the name of the error behind it.
REFUSED = 3

# Each module has `read(path, limits) -> Document`; only the one that is needed is imported, with its library.
_READERS = {
    Format.PDF: "pdf",
    Format.DOCX: "docx",
    Format.PPTX: "pptx",
    Format.EPUB: "epub",
    Format.HTML: "html",
    Format.MARKDOWN: "markdown",
    Format.PLAIN: "plain",
}
_LONGEST_HINT = 100


def request_argument(path: Path, name: str, media_type: str, limits: ReadingLimits) -> str:
    """The argument for reading `path`; of the `name` it only tells the suffix, as others see arguments."""
    hints = {"suffix": Path(name).suffix[:_LONGEST_HINT], "media_type": media_type[:_LONGEST_HINT]}
    return json.dumps({"path": str(path.absolute()), **hints, "limits": asdict(limits)})


def main() -> int:
    """Answer the one request; return the exit status."""
    request = json.loads(sys.argv[1])
    limits = ReadingLimits(**request["limits"])
    confine_process(limits)
    try:
        document = _read(Path(request["path"]), request["suffix"], request["media_type"], limits)
        sys.stdout.buffer.write(document_to_bytes(document))
    except Exception as error:
        sys.stdout.write(f"{_refusal(error)} {type(error).__name__}")
        return REFUSED
    return 0


def _read(path: Path, suffix: str, media_type: str, limits: ReadingLimits) -> Document:
    kind = detect_format(path, suffix, media_type, limits)
    return _reader(kind)(path, limits)


def _reader(kind: Format) -> Callable[[Path, ReadingLimits], Document]:
    """The reader of a format; raise MemoryError where its library cannot be mapped into memory."""
    try:
        module = import_module(f"services.augmenter.reading.{_READERS[kind]}")
    except ModuleNotFoundError:
        raise
    except (ImportError, OSError) as error:
        raise MemoryError from error
    return cast(Callable[[Path, ReadingLimits], Document], module.read)


def _refusal(error: Exception) -> Refusal:
    """What an error of any of the libraries means for the file."""
    if isinstance(error, Refused):
        return error.refusal
    # Some libraries are only loaded when they are needed.
    out_of_memory = isinstance(error, MemoryError) or type(error) is ImportError
    return Refusal.TOO_MUCH_MEMORY if out_of_memory else Refusal.DAMAGED


if __name__ == "__main__":
    sys.exit(main())
