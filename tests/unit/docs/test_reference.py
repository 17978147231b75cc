"""The generated reference tells all there is, and the site's check finds what would be loaded from elsewhere."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from mkdocs.exceptions import PluginError

from lorelei.inference.v1 import inference_pb2
from scripts.reference.grpc_api import grpc_api_page
from scripts.reference.hook import on_post_build
from scripts.reference.http_api import http_api_page
from scripts.reference.kinds import kind_of
from scripts.reference.settings import settings_page
from services.gateway.api.app import described_api
from tests.unit.deploy.declared_settings import SERVICES, declared_names


def test_every_setting_is_told_and_no_secret_has_a_value() -> None:
    page = settings_page()
    for service in SERVICES:
        assert [name for name in declared_names(service) if f"`{name}`" not in page] == []
    assert "| `LORELEI_GATEWAY_PORT` | integer, from 0 to 65535 | `8080` |" in page
    assert "| `LORELEI_AUGMENTER_SEARCH_PROVIDER` | `ddgs` or `searxng` or `brave` or `tavily` | `ddgs` |" in page
    assert "****" not in page


def test_every_endpoint_is_told() -> None:
    page = http_api_page()
    for path, operations in described_api().openapi()["paths"].items():
        for method in operations:
            assert f"`{method.upper()} {path}`" in page


def test_every_call_and_message_is_told_with_its_comment() -> None:
    page = grpc_api_page()
    for message in inference_pb2.DESCRIPTOR.message_types_by_name:
        assert f"{{#lorelei.inference.v1.{message}}}" in page
    assert "[LoadAdapterRequest](#lorelei.inference.v1.LoadAdapterRequest)" in page
    assert "Makes an adapter version resident, so that its first use does not wait. Idempotent." in page


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "integer", "minimum": 1}, "integer, from 1"),
        ({"anyOf": [{"type": "string", "format": "path"}, {"type": "null"}]}, "path or null"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Turn"}}, "list of [Turn](#turn)"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "object of number"),
        ({}, "anything"),
    ],
)
def test_a_schema_is_said_in_a_few_words(schema: dict[str, object], said: str) -> None:
    assert kind_of(schema) == said


@pytest.mark.parametrize(
    "html",
    [
        '<script defer src="https://cdn.example/a.js"></script>',
        '<link rel="stylesheet" href="//fonts.example/a.css">',
        "<img alt=x src=http://example.org/a.png>",
    ],
)
def test_a_site_that_loads_from_elsewhere_is_refused(html: str, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(html)
    with pytest.raises(PluginError, match="loads from elsewhere"):
        on_post_build(SimpleNamespace(site_dir=tmp_path))


def test_links_that_people_follow_may_go_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text('<a href="https://example.org">there</a><script src="a.js"></script>')
    on_post_build(SimpleNamespace(site_dir=tmp_path))
