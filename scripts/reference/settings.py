"""Writes the reference of all settings from the services' own settings classes."""

from collections.abc import Iterator
from typing import Any

from pydantic import AliasChoices, BaseModel
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from scripts.reference.kinds import cell, kind_of
from services.augmenter.settings import AugmenterSettings
from services.cli.settings import CliSettings
from services.embedded.settings import EmbeddedSettings
from services.gateway.settings import GatewaySettings
from services.inference.settings import InferenceSettings
from services.trainer.settings import TrainerSettings
from services.trainer.training.recipe import Recipe

_HEAD = """# Settings

Made from the settings classes in the code. Every setting is an environment variable; a service that finds one of its
own wrong says which and does not start. With `make up` all of these may be set before it: the services' own are handed
on, but for the ports, addresses, stores and model, which come from those of the single machine.
"""
SECTIONS: dict[str, type[BaseSettings]] = {
    "Single machine": EmbeddedSettings,
    "Gateway": GatewaySettings,
    "Augmenter": AugmenterSettings,
    "Trainer": TrainerSettings,
    "Inference": InferenceSettings,
    "Command line": CliSettings,
}


def variables(settings: type[BaseSettings]) -> Iterator[str]:
    """The environment variables that a class reads."""
    for name, field in settings.model_fields.items():
        yield from _variables(name, field, settings.model_config["env_prefix"])


def settings_page() -> str:
    """The page, in Markdown."""
    parts = [_HEAD]
    for title, settings in SECTIONS.items():
        parts += [f"## {title}", _first_line(settings), _table(settings, settings.model_config["env_prefix"])]
        if settings is TrainerSettings:
            parts += [
                "### The recipe {#recipe}",
                "Fields of the JSON that `LORELEI_TRAINER_RECIPE` takes; those left out keep their defaults.",
                _table(Recipe, None),
            ]
    return "\n\n".join(parts) + "\n"


def _first_line(settings: type[BaseModel]) -> str:
    # What stands between angle brackets would be taken for HTML.
    return (settings.__doc__ or "").strip().splitlines()[0].replace("<", "&lt;")


def _table(settings: type[BaseModel], prefix: str | None) -> str:
    schemas = settings.model_json_schema(by_alias=False)["properties"]
    rows = [_row(name, field, schemas[name], prefix) for name, field in settings.model_fields.items()]
    return "\n".join(["| setting | type | default | |", "|---|---|---|---|", *rows])


def _row(name: str, field: FieldInfo, schema: dict[str, Any], prefix: str | None) -> str:
    names = ", ".join(f"`{one}`" for one in (_variables(name, field, prefix) if prefix else [name]))
    return f"| {names} | {kind_of(schema)} | {_default(field)} | {cell(field.description)} |"


def _variables(name: str, field: FieldInfo, prefix: str) -> Iterator[str]:
    if isinstance(field.validation_alias, AliasChoices):
        yield from map(str, field.validation_alias.choices)
    else:
        yield f"{prefix}{name}".upper()


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if field.default_factory is not None:
        return "of this machine"
    if isinstance(field.default, BaseModel):
        return "[as below](#recipe)"
    return f"`{field.default}`" if str(field.default) not in ("", "None", "()", "**********") else ""
