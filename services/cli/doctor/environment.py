"""Checks of the settings in the environment: names that nobody reads, values that nobody accepts."""

import difflib
from collections.abc import Iterator, Mapping

from pydantic import AliasChoices, ValidationError
from pydantic_settings import BaseSettings

from services.augmenter.settings import AugmenterSettings
from services.cli.doctor.check import Check, fail, ok, warn
from services.cli.settings import CliSettings
from services.embedded.settings import EmbeddedSettings
from services.gateway.settings import GatewaySettings
from services.inference.settings import InferenceSettings
from services.trainer.settings import TrainerSettings

_PREFIX = "LORELEI_"
# Of docker-compose.yml and of the tests.
_OTHERS = frozenset({"LORELEI_STORE_PASSWORD", "LORELEI_SCREENSHOTS"})
_TESTS = "LORELEI_TEST_"
_CLASSES: tuple[type[BaseSettings], ...] = (
    *(CliSettings, EmbeddedSettings),
    *(GatewaySettings, AugmenterSettings, TrainerSettings, InferenceSettings),
)


def check_settings(environment: Mapping[str, str]) -> Check:
    """Whether every LORELEI_* variable is read by something and holds what that accepts; values are never shown.

    What a service needs and does not have is not a fault here: `lorelei up` gives it, or the service runs elsewhere.
    """
    given = sorted(name for name in environment if name.startswith(_PREFIX) and not name.startswith(_TESTS))
    wrong = sorted({problem for settings in _CLASSES for problem in _problems(settings)})
    if wrong:
        return fail("settings", "; ".join(wrong), "Correct or unset them.")
    known = {name for settings in _CLASSES for name in _names(settings)}
    unknown = [name for name in given if name not in known | _OTHERS]
    if unknown:
        hints = filter(None, (_hint(name, known) for name in unknown))
        return warn("settings", f"nobody reads {', '.join(unknown)}", " ".join(hints) or "Unset them.")
    return ok("settings", f"{len(given)} set" if given else "none set; the defaults hold")


def _problems(settings: type[BaseSettings]) -> Iterator[str]:
    try:
        settings()
    except ValidationError as error:
        for problem in error.errors(include_input=False):
            if problem["type"] != "missing":
                place = "_".join(map(str, problem["loc"])).upper()
                prefix = "" if place.startswith(_PREFIX) else settings.model_config["env_prefix"]
                yield f"{prefix}{place}: {problem['msg']}"


def _names(settings: type[BaseSettings]) -> Iterator[str]:
    prefix = settings.model_config["env_prefix"]
    for name, field in settings.model_fields.items():
        alias = field.validation_alias
        if isinstance(alias, AliasChoices):
            yield from map(str, alias.choices)
        else:
            yield f"{prefix}{name}".upper()


def _hint(name: str, known: set[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
    return f"Did you mean {close[0]}?" if close else ""
