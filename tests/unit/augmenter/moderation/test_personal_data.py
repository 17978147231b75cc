"""How to reach private persons is found; institutions, dates, measures and identifiers are not taken for it."""

import pytest

from services.augmenter.moderation.local import LocalModerator
from services.augmenter.moderation.moderator import Category, Origin
from services.augmenter.moderation.personal_data import find_personal_data
from tests.unit.augmenter.moderation.sentences import sentences

# A number beside a name, without a word for telephones or a known form.
KNOWN_MISSES = {"Maria de la Cruz atiende en el 912 345 678."}


async def test_private_persons_are_protected_from_documents_only() -> None:
    judge = LocalModerator(0.985)
    private = [text for text in sentences("private") if text not in KNOWN_MISSES]
    findings = await judge.judge(private, Origin.DOCUMENT)
    kinds = {finding.category if finding else None for finding in findings}
    assert kinds == {Category.PERSONAL, Category.SECRET}, "IBANs are secrets"
    of_users = await judge.judge(private, Origin.USER)
    assert {finding.category for finding in of_users if finding is not None} == {Category.SECRET}


@pytest.mark.parametrize("text", sentences("public"))
def test_institutions_and_ordinary_numbers_pass(text: str) -> None:
    assert find_personal_data(text) is None


@pytest.mark.parametrize(
    ("valid", "invalid"),
    [
        ("Su DNI es 12345678Z.", "El modelo es 12345678A."),
        ("2 55 08 14 168 025 38", "2 55 08 14 168 025 39"),
        ("2 55 08 2A 168 025 97", "2 55 08 2A 168 025 01"),
        ("11010519491231002X", "110105194912310021"),
        ("219-09-9999", "000-09-9999"),
    ],
)
def test_identity_numbers_are_told_by_their_check_digits(valid: str, invalid: str) -> None:
    assert find_personal_data(valid) is not None
    assert find_personal_data(invalid) is None


@pytest.mark.parametrize(
    ("private", "public"),
    [
        ("jane@firma.example", "info@firma.example"),
        ("Ada Quill: +44 20 7946 0958", "Reception: +44 20 7946 0958"),
        ("Ada Q. Quill: +44 20 7946 0958", "Call +44 20 7946 0958 for tickets."),
        ("Ada van der Quill: +44 20 7946 0958", "Grand Hotel: +44 20 7946 0958"),
    ],
)
def test_roles_and_institutions_may_be_reached(private: str, public: str) -> None:
    assert find_personal_data(private) is not None
    assert find_personal_data(public) is None
