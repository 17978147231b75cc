"""The real platform with the real model, started once for all end-to-end tests."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from services.embedded.home import Home
from services.embedded.ports import free_ports
from tests.small_web.server import SmallWeb

ROOT = Path(__file__).parents[2]
SERVICES = ("redis", "inference", "trainer", "augmenter", "gateway")
_START_SECONDS = 300.0
_STOP_SECONDS = 90.0
_POLL_SECONDS = 0.1


class Platform:
    """A running `lorelei up` with a home of its own."""

    def __init__(self, home: Path, gateway_port: int, web: SmallWeb) -> None:
        self.home = home
        self.web = web
        self.gateway_port = gateway_port
        self.url = f"http://127.0.0.1:{gateway_port}"
        self.model_folder = Home(home).default_model
        self._output = home.parent / "lorelei-up.out"
        self._launcher: subprocess.Popen[bytes] | None = None

    @property
    def api_key(self) -> str:
        """The key of the home."""
        return Home(self.home).api_key.read_text(encoding="ascii").strip()

    @property
    def output(self) -> str:
        """What the launcher of the present run has printed."""
        return self._output.read_text(encoding="utf-8")

    def environment(self) -> dict[str, str]:
        """The environment that makes a command mean this platform."""
        neutral = {name: value for name, value in os.environ.items() if not name.startswith("LORELEI_")}
        return {
            **neutral,
            "LORELEI_HOME": str(self.home),
            "LORELEI_GATEWAY_PORT": str(self.gateway_port),
            # One user of these tests is taught as often as that; nobody else's version is to be remade beside a test.
            "LORELEI_GATEWAY_CONSOLIDATE_AFTER_LESSONS": "3",
            "LORELEI_GATEWAY_CONSOLIDATE_IDLE_SECONDS": "1",
            # Few facts, because each takes seconds to learn.
            "LORELEI_AUGMENTER_DOCUMENT_FACTS": "8",
            "LORELEI_AUGMENTER_DOCUMENT_EXAMPLES": "160",
            "LORELEI_AUGMENTER_WRITING_FACTS": "4",
            "LORELEI_AUGMENTER_SEARCH_PROVIDER": "searxng",
            "LORELEI_AUGMENTER_SEARXNG_URL": self.web.url,
            "LORELEI_AUGMENTER_ALLOWED_PRIVATE_HOSTS": self.web.address,
            "LORELEI_AUGMENTER_FETCH_PAUSE_SECONDS": "0",
        }

    def start(self) -> float:
        """Start and return when it is ready; return the seconds that took."""
        started = time.monotonic()
        with self._output.open("wb") as output:
            self._launcher = subprocess.Popen(
                [sys.executable, "-m", "services.embedded"],
                cwd=ROOT,
                env=self.environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.wait_until(lambda: "Lorelei is ready" in self.output, _START_SECONDS)
        return time.monotonic() - started

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask the launcher to end, and return its exit code when it has ended; everything must be gone then."""
        assert self._launcher is not None
        before = self.processes()
        self._launcher.send_signal(number)
        exit_code = self._launcher.wait(_STOP_SECONDS)
        self._launcher = None
        assert [process for process in before if process.is_running()] == []
        return exit_code

    def restart(self) -> None:
        """Stop everything and start it again on the same home."""
        self.stop()
        self.start()

    def processes(self) -> list[psutil.Process]:
        """The launcher and everything below it."""
        assert self._launcher is not None
        launcher = psutil.Process(self._launcher.pid)
        return [launcher, *launcher.children(recursive=True)]

    def process(self, service: str) -> psutil.Process:
        """The main process of a service; raises LookupError while it is down."""
        assert self._launcher is not None
        program = "redis-server" if service == "redis" else f"services.{service}"
        for keeper in psutil.Process(self._launcher.pid).children():
            if any(program in argument for argument in keeper.cmdline()):
                return next(iter(keeper.children()))
        raise LookupError(f"{service} is down")

    def kill(self, service: str, number: int = signal.SIGKILL) -> None:
        """Send a deadly signal to a service, and return when the launcher has noticed its end."""
        ends = self._count_ends(service)
        self.process(service).send_signal(number)
        self.wait_until(lambda: self._count_ends(service) > ends, _STOP_SECONDS)

    def kill_launcher(self) -> list[psutil.Process]:
        """`kill -9` the launcher, and return what was below it."""
        _, *below = self.processes()
        assert self._launcher is not None
        self._launcher.kill()
        self._launcher.wait()
        self._launcher = None
        return below

    def wait_until_ready(self, timeout_seconds: float = _START_SECONDS) -> None:
        """Return when every service has become ready since its last end, and the gateway says so too."""
        self.wait_until(lambda: all(map(self._is_up, SERVICES)) and self._gateway_is_ready(), timeout_seconds)

    def _is_up(self, service: str) -> bool:
        told = re.findall(rf"^  (ready|note)   ?{service} ", self.output, re.MULTILINE)
        return bool(told) and told[-1] == "ready"

    def _count_ends(self, service: str) -> int:
        return len(re.findall(rf"^  note   {service} ended", self.output, re.MULTILINE))

    def _gateway_is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def wait_until(self, condition: Callable[[], object], timeout_seconds: float) -> None:
        """Return when `condition` holds; fail with what was printed when it does not in time, or the platform ends."""
        deadline = time.monotonic() + timeout_seconds
        while not condition():
            assert self._launcher is not None
            if self._launcher.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the platform did not get there; `lorelei up` printed:\n{self.output}\n{self._log_ends()}")
            time.sleep(_POLL_SECONDS)

    def _log_ends(self) -> str:
        logs = sorted((self.home / "logs").glob("*.log"))
        return "\n".join(f"--- {log.name}\n{log.read_text(errors='replace')[-1500:]}" for log in logs)


@pytest.fixture(scope="session")
def prepared_models() -> Path:
    """The repository's own models folder, with all that a home needs in it."""
    home = Home(ROOT / ".lorelei")
    home.create()
    commands = {
        home.default_model: ["-m", "services.embedded.default_model", str(home.default_model)],
        home.sentence_encoder: ["scripts/prepare_sentence_encoder.py", str(home.sentence_encoder)],
    }
    for folder, command in commands.items():
        if not folder.exists():
            subprocess.run([sys.executable, *command], cwd=ROOT, check=True)
    return home.default_model.parent


@pytest.fixture(scope="package")
def platform(prepared_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The platform, ready; tests that stop it start it again."""
    home = tmp_path_factory.mktemp("platform") / "home"
    home.mkdir()
    (home / "models").symlink_to(prepared_models)
    with SmallWeb() as web:
        platform = Platform(home, free_ports(1)[0], web)
        platform.start()
        yield platform
        platform.stop()
