"""The three services behind the gateway, in this process but on a real gRPC server, doing what a test tells them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from lorelei.augmenter.v1 import augmenter_pb2, augmenter_pb2_grpc
from lorelei.inference.v1 import inference_pb2, inference_pb2_grpc
from lorelei.trainer.v1 import trainer_pb2, trainer_pb2_grpc
from lorelei.types.v1 import types_pb2
from services.common.errors import Cancelled, InvalidArgument, LoreleiError
from services.common.rpc import RpcServer

CONTEXT_WORDS = 1000
BASE_SHA256 = "0" * 64

Context = Any


class Inference(inference_pb2_grpc.InferenceServiceServicer):
    """Answers each message with its `replies`, else its own words, and loads what `check` lets pass.

    Remembers what it was asked.
    """

    def __init__(self) -> None:
        self.requests: list[inference_pb2.GenerateRequest] = []
        self.replies: dict[str, list[str]] = {}
        self.loaded: list[str] = []
        self.resident: list[inference_pb2.ResidentAdapter] = []
        self.unloaded: list[str] = []
        self.aborted = asyncio.Event()
        self.breaks_after: int | None = None
        self.pauses: dict[str, asyncio.Event] = {}
        self._paused: dict[str, asyncio.Event] = {}
        self.check: Callable[[types_pb2.AdapterRef], Awaitable[None]] | None = None

    async def Generate(  # noqa: N802 - named by gRPC
        self, request: inference_pb2.GenerateRequest, context: Context
    ) -> AsyncIterator[inference_pb2.GenerateResponse]:
        self.requests.append(request)
        asked = request.messages[-1].content
        words = asked.split()
        if len(words) > CONTEXT_WORDS:
            message = f"`messages` has {len(words)} tokens; the context holds {CONTEXT_WORDS}."
            raise InvalidArgument(message, field="messages", reason="CONTEXT_LENGTH_EXCEEDED")
        try:
            for index, piece in enumerate(self.replies.get(asked) or [f"{word} " for word in words]):
                if index == self.breaks_after:
                    raise RuntimeError("engine died")
                for choice in range(_choices(request)):
                    yield inference_pb2.GenerateResponse(
                        text_delta=piece, choice=choice, tokens=_tokens(request, piece)
                    )
                if (word := piece.strip()) in self.pauses:
                    self.paused(word).set()
                    await self.pauses[word].wait()
        except asyncio.CancelledError:
            self.aborted.set()
            raise
        usage = types_pb2.Usage(prompt_tokens=7, completion_tokens=len(words) * _choices(request))
        reasons = [inference_pb2.FINISH_REASON_STOP] * _choices(request)
        finish = inference_pb2.GenerateFinish(reasons=reasons, usage=usage, adapter_version=request.adapter.version)
        yield inference_pb2.GenerateResponse(finish=finish)

    def paused(self, word: str) -> asyncio.Event:
        """Set once a reply waits at `word`."""
        return self._paused.setdefault(word, asyncio.Event())

    async def LoadAdapter(  # noqa: N802 - named by gRPC
        self, request: inference_pb2.LoadAdapterRequest, context: Context
    ) -> inference_pb2.LoadAdapterResponse:
        if self.check:
            await self.check(request.adapter)
        self.loaded.append(request.adapter.version)
        self.resident.append(inference_pb2.ResidentAdapter(adapter=request.adapter, size_bytes=19_500_000))
        return inference_pb2.LoadAdapterResponse()

    async def UnloadAdapter(  # noqa: N802 - named by gRPC
        self, request: inference_pb2.UnloadAdapterRequest, context: Context
    ) -> inference_pb2.UnloadAdapterResponse:
        self.unloaded.append(request.adapter.version)
        return inference_pb2.UnloadAdapterResponse()

    async def ListAdapters(  # noqa: N802 - named by gRPC
        self, request: inference_pb2.ListAdaptersRequest, context: Context
    ) -> inference_pb2.ListAdaptersResponse:
        return inference_pb2.ListAdaptersResponse(adapters=self.resident)

    async def GetModel(  # noqa: N802 - named by gRPC
        self, request: inference_pb2.GetModelRequest, context: Context
    ) -> inference_pb2.GetModelResponse:
        return inference_pb2.GetModelResponse(name="tiny", weights_sha256=BASE_SHA256)


def _choices(request: inference_pb2.GenerateRequest) -> int:
    return request.sampling.choices or 1


def _tokens(request: inference_pb2.GenerateRequest, piece: str) -> list[inference_pb2.ChosenToken]:
    """The piece as one token, if tokens are asked for."""
    if not request.sampling.HasField("top_logprobs"):
        return []
    token = inference_pb2.TokenLogprob(token=piece, logprob=-0.5)
    return [inference_pb2.ChosenToken(chosen=token, top=[token] * request.sampling.top_logprobs)]


class Augmenter(augmenter_pb2_grpc.AugmenterServiceServicer):
    """Builds at once, or fails with `error`; remembers what it was asked."""

    def __init__(self) -> None:
        self.requests: list[augmenter_pb2.BuildDatasetRequest] = []
        self.error: LoreleiError | None = None
        self.result: augmenter_pb2.BuildResult | None = None

    async def BuildDataset(  # noqa: N802 - named by gRPC
        self, request: augmenter_pb2.BuildDatasetRequest, context: Context
    ) -> AsyncIterator[augmenter_pb2.BuildDatasetResponse]:
        self.requests.append(request)
        if self.error is not None:
            raise self.error
        progress = augmenter_pb2.BuildProgress(stage="generating", fraction=0.5, figures={"facts": 3})
        yield augmenter_pb2.BuildDatasetResponse(progress=progress)
        result = self.result or augmenter_pb2.BuildResult(dataset_key=f"lessons/{request.job_id}")
        yield augmenter_pb2.BuildDatasetResponse(result=result)


@dataclass
class Training:
    """How one user's trainings go: where they wait, how they end, and what makes the version that they publish."""

    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    reasons: tuple[str, ...] = ()
    publish: Callable[[trainer_pb2.TrainRequest], Awaitable[str]] | None = None


class Trainer(trainer_pb2_grpc.TrainerServiceServicer):
    """Trains in four steps, and waits after the second one where a test has set up a Training for the user."""

    def __init__(self) -> None:
        self.requests: list[trainer_pb2.TrainRequest] = []
        self.trainings: dict[str, Training] = {}
        self.began: dict[str, asyncio.Event] = {}
        self.cancelled: dict[str, asyncio.Event] = {}

    def has_begun(self, user: str) -> asyncio.Event:
        return self.began.setdefault(user, asyncio.Event())

    async def Train(  # noqa: N802 - named by gRPC
        self, request: trainer_pb2.TrainRequest, context: Context
    ) -> AsyncIterator[trainer_pb2.TrainResponse]:
        self.requests.append(request)
        training = self.trainings.get(request.user)
        cancelled = self.cancelled.setdefault(request.job_id, asyncio.Event())
        for number in range(1, 5):
            step = trainer_pb2.Step(step=number, total_steps=4, loss=2 / number, tokens_per_second=100.0)
            yield trainer_pb2.TrainResponse(step=step)
            if number == 2:
                self.has_begun(request.user).set()
                await self._wait(training, cancelled)
        yield trainer_pb2.TrainResponse(evaluating=trainer_pb2.Evaluating(done=1, total=2))
        gate = trainer_pb2.GateReport(recall=1.0, locality=1.0, retention=1.0, probes=6)
        if training and training.reasons:
            yield trainer_pb2.TrainResponse(rejected=trainer_pb2.Rejected(reasons=training.reasons, gate=gate))
            return
        yield trainer_pb2.TrainResponse(activating=trainer_pb2.Activating())
        version = f"v-{request.job_id[6:18]}-00000000"
        if training and training.publish:
            version = await training.publish(request)
        yield trainer_pb2.TrainResponse(published=trainer_pb2.Published(version=version, gate=gate))

    async def CancelTraining(  # noqa: N802 - named by gRPC
        self, request: trainer_pb2.CancelTrainingRequest, context: Context
    ) -> trainer_pb2.CancelTrainingResponse:
        found = self.cancelled.get(request.job_id)
        if found:
            found.set()
        return trainer_pb2.CancelTrainingResponse(cancelled=found is not None)

    async def GetStatus(  # noqa: N802 - named by gRPC
        self, request: trainer_pb2.GetStatusRequest, context: Context
    ) -> trainer_pb2.GetStatusResponse:
        return trainer_pb2.GetStatusResponse(workers=1)

    async def _wait(self, training: Training | None, cancelled: asyncio.Event) -> None:
        if training is None:
            return
        waits = [asyncio.create_task(event.wait()) for event in (training.may_end, cancelled)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        if cancelled.is_set():
            raise Cancelled("The training was cancelled.")


class Services:
    """All three on one server."""

    def __init__(self) -> None:
        self.inference = Inference()  # type: ignore[abstract]  # the gateway makes no other calls
        self.augmenter, self.trainer = Augmenter(), Trainer()
        self._server: RpcServer | None = None
        self.port = 0

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listen, on the former port if there was one."""
        server = RpcServer()
        server.add(
            "lorelei.inference.v1.InferenceService",
            inference_pb2_grpc.add_InferenceServiceServicer_to_server,
            self.inference,
        )
        server.add(
            "lorelei.augmenter.v1.AugmenterService",
            augmenter_pb2_grpc.add_AugmenterServiceServicer_to_server,
            self.augmenter,
        )
        server.add(
            "lorelei.trainer.v1.TrainerService", trainer_pb2_grpc.add_TrainerServiceServicer_to_server, self.trainer
        )
        self.port = await server.start("127.0.0.1", self.port)
        await server.set_serving(True)
        self._server = server

    async def stop(self) -> None:
        """Break all calls off and stop listening."""
        if self._server:
            await self._server.drain(0)
            self._server = None
