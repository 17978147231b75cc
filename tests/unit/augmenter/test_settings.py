"""Settings are read from the environment and refused when they contradict each other."""

import pytest
from pydantic import ValidationError

from services.augmenter.settings import AugmenterSettings
from services.augmenter.teacher.openai_compatible import OpenAICompatibleModel
from services.augmenter.ways.instruction import InstructionWay
from services.augmenter.ways.way import LearnKind
from services.augmenter.wiring import make_parts
from services.common.errors import FailedPrecondition


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LORELEI_AUGMENTER_OBJECT_STORE_URL", "file:///objects")
    monkeypatch.setenv("LORELEI_AUGMENTER_PORT", "7999")
    settings = AugmenterSettings()
    assert (settings.port, settings.object_store_url) == (7999, "file:///objects")


def test_a_teacher_needs_a_model_name() -> None:
    with pytest.raises(ValidationError, match="teacher_model"):
        AugmenterSettings(object_store_url="file:///objects", teacher_url="http://teacher/v1")


async def test_a_teacher_elsewhere_can_be_wired(tmp_path: object) -> None:
    settings = AugmenterSettings(
        object_store_url=f"file://{tmp_path}",
        teacher_url="http://teacher/v1",
        teacher_model="big",
        teacher_candidates=8,
    )
    parts = make_parts(settings)
    way = parts.builder._ways[LearnKind.INSTRUCTION]
    assert isinstance(way, InstructionWay)
    assert isinstance(way._facts.teacher._teacher, OpenAICompatibleModel)
    await parts.close()


@pytest.mark.parametrize("value", ["127.0.0.1:8888, intranet:80", '["127.0.0.1:8888", "intranet:80"]'])
def test_private_hosts_are_a_list(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LORELEI_AUGMENTER_ALLOWED_PRIVATE_HOSTS", value)
    settings = AugmenterSettings(object_store_url="file:///objects")
    assert settings.allowed_private_hosts == ("127.0.0.1:8888", "intranet:80")


@pytest.mark.parametrize(
    ("fields", "setting"),
    [
        ({"search_provider": "searxng"}, "SEARXNG_URL"),
        ({"search_provider": "brave"}, "BRAVE_API_KEY"),
        ({"moderation": "endpoint"}, "MODERATION_URL"),
        ({"moderation": "guard", "moderation_url": "http://guard/v1"}, "MODERATION_MODEL"),
    ],
)
def test_what_a_choice_needs_is_named(fields: dict[str, str], setting: str, tmp_path: object) -> None:
    settings = AugmenterSettings.model_validate({"object_store_url": f"file://{tmp_path}", **fields})
    with pytest.raises(FailedPrecondition, match=setting):
        make_parts(settings)
