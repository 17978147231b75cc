"""What the public API has no way to do: seeds, untracked weights, scores. Speaks gRPC; knows no methods or cases."""

import asyncio
import uuid
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from benchmarks.learning.addresses import Addresses
from lorelei.augmenter.v1 import augmenter_pb2, augmenter_pb2_grpc
from lorelei.inference.v1 import inference_pb2, inference_pb2_grpc
from lorelei.trainer.v1 import trainer_pb2, trainer_pb2_grpc
from lorelei.types.v1 import types_pb2
from services.common.datasets import Dataset, Message, dataset_from_bytes
from services.common.keys import ADAPTER_CONFIG_FILE, ADAPTER_WEIGHTS_FILE, MANIFEST_FILE, adapter_prefix, lesson_prefix
from services.common.manifest import AdapterManifest, manifest_to_bytes
from services.common.object_store import ObjectStore
from services.common.rpc import calling, connect
from services.trainer.gate.serving import AdapterVersion, version_of
from services.trainer.inference_client import InferenceClient
from services.trainer.training.contract import AdapterFiles

_CALL_SECONDS = 120.0
_LESSON_SECONDS = 900.0
Result = TypeVar("Result")


@dataclass(frozen=True)
class Lesson:
    """A learn job that the gateway knows nothing of."""

    job_id: str
    tenant: str
    user: str


@dataclass(frozen=True)
class ServedModel:
    """The base model in force."""

    name: str
    sha256: str


class Backstage:
    """The platform's services and its object store; every failure is raised as LoreleiError."""

    def __init__(self, addresses: Addresses, store: ObjectStore) -> None:
        self._store = store
        self._runner = asyncio.Runner()
        self._run(self._open(addresses))

    async def _open(self, addresses: Addresses) -> None:
        self._client = InferenceClient(addresses.inference, _CALL_SECONDS)
        self._channels = [connect(addresses.inference), connect(addresses.augmenter), connect(addresses.trainer)]
        inference, augmenter, trainer = self._channels
        self._inference = inference_pb2_grpc.InferenceServiceStub(inference)
        self._augmenter = augmenter_pb2_grpc.AugmenterServiceStub(augmenter)
        self._trainer = trainer_pb2_grpc.TrainerServiceStub(trainer)

    def close(self) -> None:
        """Close all connections."""
        self._run(self._client.close())
        for channel in self._channels:
            self._run(channel.close(None))
        self._runner.close()

    def served_model(self) -> ServedModel:
        """The base model that is served."""

        async def call() -> ServedModel:
            with calling("inference"):
                reply = await self._inference.GetModel(inference_pb2.GetModelRequest(), timeout=_CALL_SECONDS)
            return ServedModel(reply.name, reply.weights_sha256)

        return self._run(call())

    def build_dataset(self, lesson: Lesson, statement: str) -> str:
        """Let the augmenter build the dataset of `statement`; return its key."""
        request = augmenter_pb2.BuildDatasetRequest(
            job_id=lesson.job_id,
            tenant=lesson.tenant,
            user=lesson.user,
            kind=augmenter_pb2.LEARN_KIND_INSTRUCTION,
            statement=statement,
        )

        async def call() -> str:
            with calling("augmenter"):
                replies = [reply async for reply in self._augmenter.BuildDataset(request, timeout=_LESSON_SECONDS)]
            return str(replies[-1].result.dataset_key)

        return self._run(call())

    def dataset(self, key: str) -> Dataset:
        """The dataset stored under `key`."""
        return dataset_from_bytes(self._run(self._store.get_bytes(key)))

    def train(self, lesson: Lesson, dataset_key: str, seed: int) -> str:
        """Let the trainer train, gate and publish with `seed` in place of its own; return the lesson's end state."""
        request = trainer_pb2.TrainRequest(
            job_id=lesson.job_id,
            tenant=lesson.tenant,
            user=lesson.user,
            dataset_key=dataset_key,
            recipe=trainer_pb2.Recipe(seed=seed),
        )

        async def call() -> str:
            with calling("trainer"):
                replies = [reply async for reply in self._trainer.Train(request, timeout=_LESSON_SECONDS)]
            return "LIVE" if replies[-1].HasField("published") else "REJECTED"

        return self._run(call())

    def bring(self, manifest: AdapterManifest, files: AdapterFiles) -> None:
        """Store a version that no registry knows, and load it."""
        prefix = adapter_prefix(manifest.tenant, manifest.user, manifest.version)

        async def call() -> None:
            await self._store.put_bytes(prefix + ADAPTER_WEIGHTS_FILE, files.weights)
            await self._store.put_bytes(prefix + ADAPTER_CONFIG_FILE, files.config)
            await self._store.put_bytes(prefix + MANIFEST_FILE, manifest_to_bytes(manifest))
            await self._client.load(version_of(manifest))

        self._run(call())

    def remove_version(self, version: AdapterVersion) -> None:
        """Unload a version and delete its files."""

        async def call() -> None:
            await self._client.unload(version)
            await self._store.delete_prefix(adapter_prefix(version.tenant, version.user, version.version))

        self._run(call())

    def remove_lesson(self, lesson: Lesson) -> None:
        """Delete what is stored of a lesson."""
        self._run(self._store.delete_prefix(lesson_prefix(lesson.tenant, lesson.user, lesson.job_id)))

    def answer(self, version: AdapterVersion | None, questions: Sequence[str], max_tokens: int) -> list[str]:
        """Greedy answers, each in a new conversation; None asks the base model."""

        async def one(question: str) -> str:
            prompt = [Message(role="user", content=question)]
            return await self._client.answer(version, prompt, max_tokens, enough=lambda _: False)

        return self._run(_together([one(question) for question in questions]))

    def sample(self, questions: Sequence[str], max_tokens: int, seed: int) -> list[str]:
        """One answer of the base model to each question, drawn from all that it might say."""
        sampling = inference_pb2.Sampling(max_tokens=max_tokens, temperature=1.0, top_p=1.0, seed=seed)

        async def one(question: str) -> str:
            request = inference_pb2.GenerateRequest(
                request_id=f"sample-{uuid.uuid4().hex}", messages=_messages(question), sampling=sampling
            )
            with calling("inference"):
                replies = [reply async for reply in self._inference.Generate(request, timeout=_CALL_SECONDS)]
            return "".join(reply.text_delta for reply in replies)

        return self._run(_together([one(question) for question in questions]))

    def score(
        self, version: AdapterVersion | None, questions: Sequence[str], answers: Sequence[str]
    ) -> list[list[float]]:
        """Natural logarithm of the probability of each token of each answer; None scores with the base model."""
        request = inference_pb2.ScoreRequest(
            items=[
                inference_pb2.ScoreItem(messages=_messages(question), completion=answer)
                for question, answer in zip(questions, answers, strict=True)
            ]
        )
        if version:
            request.adapter.CopyFrom(
                types_pb2.AdapterRef(tenant=version.tenant, user=version.user, version=version.version)
            )

        async def call() -> list[list[float]]:
            with calling("inference"):
                reply = await self._inference.Score(request, timeout=_CALL_SECONDS)
            return [list(score.token_logprobs) for score in reply.scores]

        return self._run(call())

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self._runner.run(work)


async def _together(work: Sequence[Coroutine[Any, Any, Result]]) -> list[Result]:
    return await asyncio.gather(*work)


def _messages(question: str) -> list[types_pb2.ChatMessage]:
    return [types_pb2.ChatMessage(role="user", content=question)]
