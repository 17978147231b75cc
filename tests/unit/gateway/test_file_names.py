"""Names of uploaded files are names, never paths."""

import pytest

from services.gateway.files import safe_name


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\docs\\plan.pdf", "plan.pdf"),
        ("a\x07b\n.txt", "ab.txt"),
        ("Bericht für Köln.pdf", "Bericht für Köln.pdf"),
        ("x" * 300, "x" * 255),
        ("x" * 1_000_000, "x" * 255),
        ("plan\u202efdp.exe", "planfdp.exe"),
        ("\x00\x1b[2J\u2066.txt", "[2J.txt"),
        ("..", "file"),
        ("/", "file"),
        ("", "file"),
    ],
)
def test_only_the_last_part_is_kept(sent: str, kept: str) -> None:
    assert safe_name(sent) == kept
