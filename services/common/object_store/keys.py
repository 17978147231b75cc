"""Refuses keys that could leave the store."""

import re

from services.common.errors import InvalidArgument

MAX_KEY_LENGTH = 1024

_KEY = re.compile(r"[A-Za-z0-9._@+-]+(/[A-Za-z0-9._@+-]+)*", re.ASCII)


def check_key(key: str) -> str:
    """Return `key`, or raise InvalidArgument: segments of safe characters, none of them only dots."""
    segments = key.split("/")
    if len(key) > MAX_KEY_LENGTH or not _KEY.fullmatch(key) or any(set(segment) == {"."} for segment in segments):
        raise InvalidArgument("The object key is malformed.", field="key")
    return key


def check_prefix(prefix: str) -> str:
    """Return `prefix`, or raise InvalidArgument: a key followed by one slash, so that no sibling is matched."""
    if not prefix.endswith("/"):
        raise InvalidArgument("An object prefix must end with a slash.", field="prefix")
    check_key(prefix[:-1])
    return prefix
