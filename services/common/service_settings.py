"""Reads a service's settings, or ends the process with one line for each that is wrong."""

import sys
from typing import TypeVar

import structlog
from pydantic import ValidationError
from pydantic_settings import BaseSettings

EXIT_SETTINGS_INVALID = 2

_log = structlog.get_logger(__name__)

Settings = TypeVar("Settings", bound=BaseSettings)


def read_settings(settings: type[Settings]) -> Settings:
    """Read them from the environment; exits with status 2 when one is missing or wrong."""
    try:
        return settings()
    except ValidationError as error:
        for problem in error.errors():
            # Only names and rules: the values may hold secrets.
            name = ".".join(map(str, problem["loc"]))
            _log.error(
                "setting_invalid", setting=name, prefix=settings.model_config["env_prefix"], problem=problem["msg"]
            )
        sys.exit(EXIT_SETTINGS_INVALID)
