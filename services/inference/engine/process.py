"""How the engine's process comes to be: forked from a clean, warm process that has done the slow imports already.

A fork of the service itself would inherit gRPC's threads and listening sockets; a spawned process would import vLLM
anew at every restart. So a fork server is started first, before anything else, and imports while the service does.
Knows nothing of models.
"""

import logging
import multiprocessing
import os
import threading
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, ForkServerProcess

from services.common.telemetry import configure_logging
from services.inference.engine.environment import environment

_WARM_MODULE = "services.inference.engine.warm_imports"


class EngineProcess(ForkServerProcess):
    """A process that ends with its parent, whatever kills that, and that Ctrl-C in a terminal does not reach."""

    def run(self) -> None:
        """Run the engine in a session of its own, watched by a thread, with logs like the service's."""
        os.setsid()
        configure_logging("inference")
        quieten_vllm()
        threading.Thread(target=_exit_with_parent, name="parent-watch", daemon=True).start()
        super().run()


class EngineContext(ForkServerContext):
    """The multiprocessing context that engines are started in."""

    Process = EngineProcess


def start_warm_process(cpu_threads: int) -> EngineContext:
    """Start the process that engines will be forked from; return at once, while it imports.

    An engine computes with `cpu_threads` threads, which are not bound to cores: others may share these.
    """
    # vLLM would set up log handlers of its own, here and there; ours write JSON.
    os.environ["VLLM_CONFIGURE_LOGGING"] = "0"
    quieten_vllm()
    context = EngineContext()
    context.set_forkserver_preload([_WARM_MODULE])
    # Waiting threads spin for about 0.1 ms, then sleep: those that spin on, as they do by default, and a trainer on the
    # same cores slow each other down; without any spinning every product of matrices waits for a thread to wake.
    threads = {"OMP_NUM_THREADS": str(cpu_threads), "OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "30000"}
    with environment(threads):
        forkserver.ensure_running()
    return context


def quieten_vllm() -> None:
    """Let only vLLM's warnings into the logs; it says where its files lie and which options it was given."""
    logging.getLogger("vllm").setLevel(logging.WARNING)


def _exit_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
