"""Settings and endpoints that the pages name exist."""

import re
from collections.abc import Iterator

from scripts.reference.settings import SECTIONS, variables
from services.gateway.api.app import described_api
from tests.unit.docs.pages import ALL

# Not Lorelei's own: docker-compose.yml hands the first on, the page's tests read the second.
OTHERS = {"LORELEI_STORE_PASSWORD", "LORELEI_SCREENSHOTS"}
METHODS = "GET|POST|PUT|PATCH|DELETE"
CALL = rf"\b((?:{METHODS})(?:\|(?:{METHODS}))*) (/(?:v1/|healthz|readyz|metrics)[\w{{}}/]*)"


def named(pattern: str) -> Iterator[tuple[str, ...]]:
    for page in ALL:
        for match in re.finditer(pattern, page.read_text()):
            yield (page.name, *match.groups())


def test_every_setting_that_is_named_is_declared() -> None:
    declared = {name for settings in SECTIONS.values() for name in variables(settings)} | OTHERS
    beginnings = {name[: place + 1] for name in declared for place, letter in enumerate(name) if letter == "_"}
    found = list(named(r"(LORELEI_[A-Z0-9_]+)"))
    assert [one for one in found if one[1] not in declared | beginnings] == []
    assert len(found) > 50


def test_every_endpoint_that_is_named_is_served() -> None:
    served = {
        (method.upper(), re.sub(r"{\w+}", "{}", path))
        for path, operations in described_api().openapi()["paths"].items()
        for method in operations
    }
    found = [
        (page, method, re.sub(r"{\w+}", "{}", path))
        for page, methods, path in named(CALL)
        for method in methods.split("|")
    ]
    assert [one for one in found if one[1:] not in served] == []
    assert len(found) > 30
