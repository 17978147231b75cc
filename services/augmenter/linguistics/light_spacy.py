"""Imports spaCy without PyTorch: where torch is installed spaCy would load it unasked, 7 s and 180 MB for nothing."""

import sys
from importlib import import_module


def import_light() -> None:
    """Import spaCy with torch hidden, unless either is loaded already; torch can be imported later as usual."""
    if "torch" in sys.modules or "thinc" in sys.modules:
        return
    sys.modules["torch"] = None  # type: ignore[assignment]  # makes `import torch` raise ImportError
    try:
        import_module("spacy")
    finally:
        del sys.modules["torch"]
