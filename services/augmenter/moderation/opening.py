"""Opens the moderator that the settings name."""

from typing import Literal

import httpx
from pydantic import SecretStr

from services.augmenter.moderation.local import LocalModerator
from services.augmenter.moderation.moderator import Moderator
from services.augmenter.moderation.remote import GuardModel, ModerationEndpoint, RemoteModerator
from services.common.errors import FailedPrecondition, InvalidArgument


def open_moderator(
    kind: Literal["local", "endpoint", "guard"],
    url: str,
    model: str,
    api_key: SecretStr,
    seconds: float,
    toxicity_threshold: float,
) -> Moderator:
    """The moderator; nothing is contacted yet.

    Raises FailedPrecondition that names the setting it lacks, or InvalidArgument one that cannot be used.
    """
    if kind == "local":
        return LocalModerator(toxicity_threshold)
    _require(url.startswith(("http://", "https://")), "LORELEI_AUGMENTER_MODERATION_URL")
    _refuse_unusable(url, api_key)
    if kind == "endpoint":
        return RemoteModerator(ModerationEndpoint(model), url, api_key, seconds)
    _require(bool(model), "LORELEI_AUGMENTER_MODERATION_MODEL")
    return RemoteModerator(GuardModel(model), url, api_key, seconds)


def _require(is_set: bool, setting: str) -> None:
    if not is_set:
        raise FailedPrecondition(
            f"Moderation elsewhere needs {setting}, which is not set.", reason="MODERATION_NOT_CONFIGURED"
        )


def _refuse_unusable(url: str, api_key: SecretStr) -> None:
    """Said here, because later the library that fails would show the key."""
    key = api_key.get_secret_value()
    if not key.isascii() or any(not character.isprintable() or character.isspace() for character in key):
        raise InvalidArgument("LORELEI_AUGMENTER_MODERATION_API_KEY holds a space, line break or foreign letter.")
    try:
        host = httpx.URL(url).host
    except httpx.InvalidURL:
        host = ""
    if not host:
        raise InvalidArgument("LORELEI_AUGMENTER_MODERATION_URL is not an address.")
