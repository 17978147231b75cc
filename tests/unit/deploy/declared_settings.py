"""Which environment variables the settings classes declare."""

import importlib
import inspect

from pydantic import AliasChoices
from pydantic_settings import BaseSettings

SERVICES = ("gateway", "inference", "augmenter", "trainer")


def settings_class(service: str) -> type[BaseSettings]:
    """The one settings class of a service."""
    module = importlib.import_module(f"services.{service}.settings")
    (found,) = (
        item
        for _, item in inspect.getmembers(module, inspect.isclass)
        if issubclass(item, BaseSettings) and item.__module__ == module.__name__
    )
    return found


def declared_names(service: str) -> set[str]:
    """Every environment variable that the service reads."""
    settings = settings_class(service)
    prefix = settings.model_config["env_prefix"]
    names: set[str] = set()
    for name, field in settings.model_fields.items():
        alias = field.validation_alias
        if isinstance(alias, AliasChoices):
            names.update(str(choice) for choice in alias.choices)
        else:
            names.add(str(alias) if alias else f"{prefix}{name}".upper())
    return names


def required_names(service: str) -> set[str]:
    """The environment variables without which the service does not start."""
    settings = settings_class(service)
    prefix = settings.model_config["env_prefix"]
    return {f"{prefix}{name}".upper() for name, field in settings.model_fields.items() if field.is_required()}
