"""The pages that people wrote."""

from pathlib import Path

ROOT = Path(__file__).parents[3]
OUTSIDE = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
ALL = [*OUTSIDE, *sorted((ROOT / "docs").rglob("*.md"))]
