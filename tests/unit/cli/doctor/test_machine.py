"""Checks of the machine: what is enough, what is too little, what to do."""

import os
import stat
from pathlib import Path

import pytest

from services.cli.doctor import machine
from services.cli.doctor.check import CheckState
from services.cli.doctor.packages import check_packages, installed_packages, wanted_packages

GIB = 1024**3
OK, WARN, FAIL = CheckState.OK, CheckState.WARN, CheckState.FAIL


@pytest.mark.parametrize(
    ("available", "is_running", "state"),
    [(7, False, OK), (5, False, WARN), (3, False, FAIL), (1, True, OK), (0.2, True, WARN)],
)
def test_memory(available: float, is_running: bool, state: CheckState) -> None:
    assert machine.check_memory(int(available * GIB), is_running=is_running).state is state


def test_memory_is_that_of_the_container_where_it_allows_less(tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 16000000 kB\nMemAvailable: 8000000 kB\n")
    assert machine.available_memory(meminfo, tmp_path) == 8_000_000 * 1024
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.current").write_text(f"{GIB}\n")
    assert machine.available_memory(meminfo, tmp_path) == 8_000_000 * 1024
    (tmp_path / "memory.max").write_text(f"{3 * GIB}\n")
    assert machine.available_memory(meminfo, tmp_path) == 2 * GIB


@pytest.mark.parametrize(("free", "state"), [(50, OK), (2, WARN), (0.5, FAIL)])
def test_disk(free: float, state: CheckState, tmp_path: Path) -> None:
    check = machine.check_disk(int(free * GIB), tmp_path)
    assert (check.state, bool(check.advice)) == (state, state is not OK)


def test_free_disk_is_that_of_the_place_where_a_home_would_be_made(tmp_path: Path) -> None:
    assert machine.free_disk(tmp_path / "not" / "there") == pytest.approx(machine.free_disk(tmp_path), rel=0.1)


@pytest.mark.parametrize(
    ("cores", "flags", "gpus", "state"),
    [(8, {"avx2"}, 0, OK), (1, {"avx2"}, 0, WARN), (8, {"sse"}, 0, FAIL), (8, {"sse"}, 1, OK), (8, set(), 0, OK)],
)
def test_processor(cores: int, flags: set[str], gpus: int, state: CheckState) -> None:
    assert machine.check_processor(cores, frozenset(flags), gpus).state is state


@pytest.mark.parametrize(
    ("gpus", "torch", "per_actor", "state"),
    [
        *(([], "2.13.0+cpu", 0, OK), ([], "2.13.0+cpu", 1, FAIL), (["H100"], "2.13.0+cpu", 0, WARN)),
        *((["H100"], "2.13.0", 0, WARN), (["H100"], "2.13.0", 1, OK)),
    ],
)
def test_gpus(gpus: list[str], torch: str, per_actor: int, state: CheckState) -> None:
    assert machine.check_gpus(gpus, torch, per_actor).state is state


@pytest.mark.parametrize(
    ("script", "found"),
    [("echo 'NVIDIA H100, 81559 MiB'", ["NVIDIA H100 81559 MiB"]), ("exit 9", []), ("", [])],
)
def test_gpus_are_those_that_the_driver_reports(
    script: str, found: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert machine.nvidia_gpus() == found


def test_without_a_driver_there_are_no_gpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine.nvidia_gpus() == []


def test_python_and_shared_memory() -> None:
    assert machine.check_python((3, 11, 9)).state is OK
    assert machine.check_python((3, 12, 0)).state is FAIL
    assert machine.check_shared_memory(64 * 1024**2).state is WARN
    assert machine.check_shared_memory(GIB).state is OK


def test_packages_are_compared_with_those_that_were_tested() -> None:
    wanted = {"redis": ("8.1.0", ""), "torch": ("2.13.0", "trainer"), "fastapi": ("0.136.3", "gateway")}
    assert check_packages(wanted, {"redis": "8.1.0", "torch": "2.13.0+cpu"}).state is OK
    assert check_packages(wanted, {"torch": "2.13.0"}).state is FAIL
    other = check_packages(wanted, {"redis": "8.1.0", "torch": "2.14.0"})
    assert (other.state, "torch 2.14.0 (tested: 2.13.0)" in other.found) == (WARN, True)


def test_what_is_installed_here_is_what_lorelei_names() -> None:
    wanted = wanted_packages()
    assert wanted["redis"][1] == ""
    assert wanted["typer"][1] == "cli"
    assert "pytest" not in wanted
    installed = installed_packages([*wanted, "no-such-package"])
    assert "no-such-package" not in installed
    assert check_packages(wanted, installed).state is OK
