"""The Ray actor around a training session. Runs in its own process; knows nothing of the service's."""

import os
import socket

import ray

from services.trainer.training.contract import BaseModel, LoraShape, StepReport, TrainedAdapter, TrainingTask
from services.trainer.workers.cores import FreeCores


class TrainingActor:
    """One process of a worker: keeps a `TrainingSession` warm. Calls run one after the other.

    PyTorch and DeepSpeed are imported inside: the service itself imports this module and stays light.
    """

    def __init__(self, threads: int, niceness: int) -> None:
        os.nice(niceness)
        self._most_threads = threads
        self._cores = FreeCores()

    def rendezvous(self) -> str:
        """An address, host:port, at which the processes of a worker can meet here."""
        with socket.socket() as probe:
            probe.bind(("", 0))
            port = probe.getsockname()[1]
        return f"{ray.util.get_node_ip_address()}:{port}"  # type: ignore[no-untyped-call]

    def warm(self, base: BaseModel, lora: LoraShape, place: tuple[int, int], max_pack_tokens: int, meet: str) -> None:
        """Load the model and build the engine as process `place` = (rank, world size) of the worker."""
        from services.trainer.training.lesson import Share
        from services.trainer.training.session import TrainingSession

        share = Share(rank=place[0], world_size=place[1], max_pack_tokens=max_pack_tokens)
        self._session = TrainingSession(base, lora, share, meet)

    def begin(self, task: TrainingTask) -> None:
        """Get ready for `task`; raises as `TrainingSession.begin` does."""
        self._session.begin(task)

    def step(self) -> StepReport:
        """Take one optimiser step, with as many threads as there are free cores for."""
        import torch

        torch.set_num_threads(self._cores.threads(self._most_threads))
        return self._session.step()

    def export(self) -> TrainedAdapter:
        """The adapter as it is now, and how it behaves."""
        return self._session.export()
