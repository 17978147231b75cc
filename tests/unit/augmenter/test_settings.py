"""Settings are read from the environment and refused when they contradict each other."""

import pytest
from pydantic import ValidationError

from services.augmenter.settings import AugmenterSettings
from services.augmenter.teacher.openai_compatible import OpenAICompatibleModel
from services.augmenter.ways.instruction import InstructionWay
from services.augmenter.ways.way import LearnKind
from services.augmenter.wiring import make_parts


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
