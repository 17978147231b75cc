"""`lorelei up`: it says what a person needs, refuses to clash, starts again quickly, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest

from services.embedded.ports import free_ports
from tests.e2e.conftest import ROOT, SERVICES, Platform

pytestmark = pytest.mark.e2e

SECOND_START_SECONDS = 60.0
LEFT_OVER_SECONDS = 60.0


def up(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run `lorelei up` where it is expected to refuse."""
    return subprocess.run(
        [sys.executable, "-m", "services.cli", "up"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_it_says_which_services_are_ready_where_it_is_and_where_the_key_lies(platform: Platform) -> None:
    assert all(f"  ready  {service} " in platform.output for service in SERVICES)
    assert f"{platform.url}/v1" in platform.output
    assert str(platform.home / "api_key") in platform.output
    # What it prints goes to a file here.
    assert platform.api_key not in platform.output
    assert (platform.home / "api_key").stat().st_mode & 0o777 == 0o600
    reply = httpx.get(f"{platform.url}/v1/me", headers={"Authorization": f"Bearer {platform.api_key}"}, timeout=10)
    assert reply.status_code == 200


def test_the_command_line_finds_it(platform: Platform) -> None:
    status = subprocess.run(
        [sys.executable, "-m", "services.cli", "status"],
        cwd=ROOT,
        env=platform.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert status.returncode == 0, status.stderr
    assert "active version: base" in status.stdout


def test_a_taken_port_is_named_with_its_setting(platform: Platform, tmp_path: Path) -> None:
    refused = up({**platform.environment(), "LORELEI_HOME": str(tmp_path)})
    assert refused.returncode == 1
    assert f"port {platform.gateway_port}: address already in use" in refused.stdout
    assert "LORELEI_GATEWAY_PORT=" in refused.stdout


def test_a_second_launcher_on_one_home_is_refused(platform: Platform) -> None:
    refused = up({**platform.environment(), "LORELEI_GATEWAY_PORT": str(free_ports(1)[0])})
    assert refused.returncode == 1
    assert f"already running on {platform.home} (process {platform.processes()[0].pid})" in refused.stdout


def test_ctrl_c_leaves_nothing_and_a_second_start_is_quick(platform: Platform) -> None:
    assert platform.stop(signal.SIGINT) == 0
    assert platform.output.rstrip().endswith("Stopped.")
    assert not (platform.home / "scratch").exists()
    assert platform.start() < SECOND_START_SECONDS


def test_a_killed_launcher_leaves_nothing_and_can_start_again(platform: Platform) -> None:
    below = platform.kill_launcher()
    # Not waited for: a start finds the home locked by what is left, and waits for its end.
    platform.start()
    _, alive = psutil.wait_procs(below, timeout=LEFT_OVER_SECONDS)
    assert alive == []


@pytest.mark.parametrize("service", ["augmenter", "redis"])
def test_a_killed_service_comes_back(service: str, platform: Platform) -> None:
    before = platform.process(service).pid
    platform.kill(service)
    platform.wait_until_ready()
    assert platform.process(service).pid != before
    me = httpx.get(f"{platform.url}/v1/me", headers={"Authorization": f"Bearer {platform.api_key}"})
    assert me.status_code == 200


def test_a_home_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused = up({**os.environ, "LORELEI_HOME": str(tmp_path / "file" / "home")})
    assert refused.returncode == 1
    assert "LORELEI_HOME" in refused.stdout
