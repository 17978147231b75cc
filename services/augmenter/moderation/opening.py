"""Opens the moderator that the settings name."""

from typing import Literal

from pydantic import SecretStr

from services.augmenter.moderation.local import LocalModerator
from services.augmenter.moderation.moderator import Moderator
from services.augmenter.moderation.remote import GuardModel, ModerationEndpoint, RemoteModerator
from services.common.errors import FailedPrecondition


def open_moderator(
    kind: Literal["local", "endpoint", "guard"],
    url: str,
    model: str,
    api_key: SecretStr,
    seconds: float,
    toxicity_threshold: float,
) -> Moderator:
    """The moderator, or FailedPrecondition that names the setting it lacks; nothing is contacted yet."""
    if kind == "local":
        return LocalModerator(toxicity_threshold)
    _require(url.startswith(("http://", "https://")), "LORELEI_AUGMENTER_MODERATION_URL")
    if kind == "endpoint":
        return RemoteModerator(ModerationEndpoint(model), url, api_key, seconds)
    _require(bool(model), "LORELEI_AUGMENTER_MODERATION_MODEL")
    return RemoteModerator(GuardModel(model), url, api_key, seconds)


def _require(is_set: bool, setting: str) -> None:
    if not is_set:
        raise FailedPrecondition(
            f"Moderation elsewhere needs {setting}, which is not set.", reason="MODERATION_NOT_CONFIGURED"
        )
