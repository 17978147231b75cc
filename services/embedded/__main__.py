"""`lorelei up`: everything on this machine, from the default model to the gateway, until Ctrl-C."""

import asyncio
import signal
import sys

from pydantic import ValidationError

from services.common.errors import LoreleiError
from services.embedded.console import Console
from services.embedded.home import Home
from services.embedded.launcher import Launcher
from services.embedded.ports import check_gateway_port
from services.embedded.processes import ProcessRoom
from services.embedded.settings import EmbeddedSettings
from services.embedded.wiring import make_plan

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# A launcher that was killed leaves services that drain one after the other for up to their grace times.
_REST_GRACE_TIMES = 2


async def _run(settings: EmbeddedSettings, home: Home, lock: int, console: Console) -> None:
    room = ProcessRoom(lock, settings.stop_grace_seconds)
    with home.scratch() as scratch:
        launcher = Launcher(make_plan(settings, home, scratch), room, console, settings.ready_timeout_seconds)
        for number in _STOP_SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, launcher.request_stop)
        await launcher.run()


def main(*, as_json: bool = False) -> int:
    """Run until stopped and return the exit code: 0 after a requested stop, 1 when something made it impossible.

    2 means that a setting is wrong. With `as_json`, standard output gets one document, when everything is ready.
    """
    console = Console(sys.stderr, documents=sys.stdout) if as_json else Console(sys.stdout)
    try:
        settings = EmbeddedSettings()
        home = Home(settings.home)
        console.say(f"Lorelei starts; all its state is in {home.root}")
        home.create()
        wait_seconds = _REST_GRACE_TIMES * settings.stop_grace_seconds
        with home.locked(
            wait_seconds, lambda: console.warn("waiting for services of a killed launcher to end")
        ) as lock:
            check_gateway_port(settings.gateway_host, settings.gateway_port)
            home.tidy()
            asyncio.run(_run(settings, home, lock, console))
    except ValidationError as error:
        problems = (f"LORELEI_{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}" for one in error.errors())
        console.fail("\n".join(problems), code="wrong_use", exit_code=2)
        return 2
    except LoreleiError as error:
        console.fail(error.message, code=error.reason.lower(), exit_code=1)
        return 1
    except KeyboardInterrupt:
        pass
    console.say("Stopped.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
