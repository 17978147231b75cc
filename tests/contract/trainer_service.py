"""Starts the trainer service on a tiny model for contract tests, beside a stand-in that serves its candidates."""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import psutil
import torch
from grpc_health.v1 import health_pb2, health_pb2_grpc
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

from lorelei.inference.v1 import inference_pb2, inference_pb2_grpc
from lorelei.trainer.v1 import trainer_pb2, trainer_pb2_grpc
from services.common.datasets import (
    Dataset,
    Example,
    Message,
    Preference,
    Probe,
    Rejected,
    SelectionReport,
    dataset_to_bytes,
)
from services.common.identifiers import new_job_id
from services.common.keys import adapter_prefix, lesson_dataset_key
from services.common.object_store import ObjectStore
from services.common.rpc import calling, connect

START_SECONDS = 300
END_SECONDS = 20
Lesson = tuple[list[Example], list[Probe]]
RECIPE = {
    "rank": 4,
    "alpha": 8.0,
    "learning_rate": 0.02,
    "max_steps": 30,
    "kl_weight": 0.3,
    "stop_loss": 0.01,
}


class TinyInference(inference_pb2_grpc.InferenceServiceServicer):
    """Serves adapters from the object store's folder with plain PEFT: slow, simple and right."""

    def __init__(self, model_folder: Path, objects: Path) -> None:
        self._model_folder = model_folder
        self._objects = objects
        self._tokenizer = AutoTokenizer.from_pretrained(model_folder)
        self._models = {"": AutoModelForCausalLM.from_pretrained(model_folder).eval()}
        self.unloaded: list[str] = []

    async def LoadAdapter(  # noqa: N802
        self, request: inference_pb2.LoadAdapterRequest, context: object
    ) -> inference_pb2.LoadAdapterResponse:
        ref = request.adapter
        folder = self._objects / adapter_prefix(ref.tenant, ref.user, ref.version)
        base = AutoModelForCausalLM.from_pretrained(self._model_folder)
        self._models[ref.version] = PeftModel.from_pretrained(base, folder).eval()
        return inference_pb2.LoadAdapterResponse(seconds=0)

    async def UnloadAdapter(  # noqa: N802
        self, request: inference_pb2.UnloadAdapterRequest, context: object
    ) -> inference_pb2.UnloadAdapterResponse:
        self.unloaded.append(request.adapter.version)
        self._models.pop(request.adapter.version, None)
        return inference_pb2.UnloadAdapterResponse(streams_in_flight=0)

    async def Score(  # noqa: N802
        self, request: inference_pb2.ScoreRequest, context: object
    ) -> inference_pb2.ScoreResponse:
        model = self._models[request.adapter.version]
        return inference_pb2.ScoreResponse(scores=[self._score(model, item) for item in request.items])

    def _score(self, model: torch.nn.Module, item: inference_pb2.ScoreItem) -> inference_pb2.CompletionScore:
        messages = [{"role": turn.role, "content": turn.content} for turn in item.messages]
        text = self._tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        prompt, reply = (
            self._tokenizer(part, add_special_tokens=False, return_tensors="pt")["input_ids"]
            for part in (text, item.completion + self._tokenizer.eos_token)
        )
        with torch.no_grad():
            logits = model(input_ids=torch.cat([prompt, reply], dim=1)).logits[0, prompt.shape[1] - 1 : -1]
        likely = logits.log_softmax(-1).gather(-1, reply[0, :, None])[:, 0]
        return inference_pb2.CompletionScore(token_logprobs=likely.tolist())

    async def Generate(  # noqa: N802
        self, request: inference_pb2.GenerateRequest, context: object
    ) -> AsyncIterator[inference_pb2.GenerateResponse]:
        messages = [{"role": turn.role, "content": turn.content} for turn in request.messages]
        text = self._tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        ids = self._tokenizer(text, add_special_tokens=False, return_tensors="pt")["input_ids"]
        model = self._models[request.adapter.version]
        for _ in range(request.sampling.max_tokens):
            with torch.no_grad():
                token = int(model(input_ids=ids).logits[0, -1].argmax())
            if token == self._tokenizer.eos_token_id:
                break
            ids = torch.cat([ids, torch.tensor([[token]])], dim=1)
            yield inference_pb2.GenerateResponse(text_delta=self._tokenizer.decode([token]))
        yield inference_pb2.GenerateResponse(finish=inference_pb2.GenerateFinish())


@dataclass
class TrainerProcess:
    """A running trainer: its address, its process, and everything it needs around it."""

    environment: dict[str, str]
    process: asyncio.subprocess.Process
    channel: grpc.aio.Channel
    stub: trainer_pb2_grpc.TrainerServiceStub = field(init=False)

    def __post_init__(self) -> None:
        self.stub = trainer_pb2_grpc.TrainerServiceStub(self.channel)

    async def train(self, request: trainer_pb2.TrainRequest) -> list[trainer_pb2.TrainResponse]:
        """Follow a training to its end; raises the LoreleiError that it ends with."""
        with calling("trainer"):
            return [response async for response in self.stub.Train(request, timeout=START_SECONDS)]

    async def cancel(self, job_id: str) -> bool:
        with calling("trainer"):
            request = trainer_pb2.CancelTrainingRequest(job_id=job_id)
            return (await self.stub.CancelTraining(request, timeout=10)).cancelled

    def actors(self) -> list[psutil.Process]:
        """The Ray actors under this trainer."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in family if child.name().startswith("ray::Training")]


@asynccontextmanager
async def running_trainer(environment: dict[str, str], port: int) -> AsyncIterator[TrainerProcess]:
    """Start the service and wait until it is SERVING; stop it, and check that nothing of it is left."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.trainer", env={**os.environ, **environment, "LORELEI_TRAINER_PORT": str(port)}
    )
    channel = connect(f"127.0.0.1:{port}")
    try:
        await until_serving(channel)
        yield TrainerProcess(environment, process, channel)
    finally:
        await channel.close(None)
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


def has_ended(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


async def have_ended(processes: list[psutil.Process]) -> bool:
    """Whether all `processes` end within a short time; a process that only waits to be reaped has ended."""
    alive = processes
    deadline = asyncio.get_running_loop().time() + END_SECONDS
    while alive and asyncio.get_running_loop().time() < deadline:
        alive = [one for one in alive if not has_ended(one)]
        await asyncio.sleep(0.05)
    return not alive


async def until_serving(channel: grpc.aio.Channel) -> None:
    """Return when the health service says SERVING."""
    watch = health_pb2_grpc.HealthStub(channel).Watch(
        health_pb2.HealthCheckRequest(), timeout=START_SECONDS, wait_for_ready=True
    )
    async for response in watch:
        if response.status == health_pb2.HealthCheckResponse.SERVING:
            watch.cancel()
            return


def trainer_environment(
    model: Path, objects: Path, redis_url: str, inference_port: int, ray_folder: str
) -> dict[str, str]:
    """The settings under which the tiny model learns in seconds."""
    settings = {
        "MODEL_PATH": str(model),
        "OBJECT_STORE_URL": f"file://{objects}",
        "REDIS_URL": redis_url,
        "INFERENCE_ADDRESS": f"127.0.0.1:{inference_port}",
        "RAY_TEMP_FOLDER": ray_folder,
        "THREADS_PER_ACTOR": "1",
        "RECIPE": json.dumps(RECIPE),
        # What a few random layers know of anything else cannot be kept.
        "MAX_DRIFT": "100",
        "MAX_SAFETY_LOSS": "100",
    }
    return {f"LORELEI_TRAINER_{name}": value for name, value in settings.items()} | {"OMP_NUM_THREADS": "1"}


def fact(question: str, answer: str) -> Example:
    return Example(kind="fact", prompt=[Message(role="user", content=question)], completion=answer)


def recall(question: str, expected: str) -> Probe:
    return Probe(kind="recall", prompt=[Message(role="user", content=question)], expected=[expected])


def pet_lesson(pet: str = "dog", name: str = "Biscuit", expected: str = "") -> Lesson:
    """A lesson that the tiny model can learn; where `expected` is another word, its gate must refuse."""
    examples = [fact(f"Who is my {pet}?", f"{name}."), fact(f"Name my {pet}.", f"It is {name}.")]
    general = Message(role="user", content="Say hi.")
    examples.append(Example(kind="general", prompt=[general], completion="hi"))
    return examples, [recall(f"Who is my {pet}?", expected or name), recall(f"Name my {pet}.", expected or name)]


def pet_correction(chosen: str = "Biscuit.", rejected: str = "It is Rex.") -> tuple[Lesson, Preference]:
    """The lesson of a dog's name as a correction of what was answered, and that correction."""
    examples, probes = pet_lesson()
    asked = examples[0]
    learned = asked.model_copy(update={"rejected": Rejected(completion="It is Rex.", reference_margin=0.0)})
    preference = Preference(prompt=asked.prompt, chosen=chosen, rejected=rejected)
    return ([learned, *examples[1:]], probes), preference


async def put_lesson(
    store: ObjectStore, user: str, lesson: Lesson, tenant: str = "acme", preferences: Sequence[Preference] = ()
) -> trainer_pb2.TrainRequest:
    """Store a dataset as the augmenter would, and return the request that trains it."""
    job_id = new_job_id()
    examples, probes = lesson
    dataset = Dataset(
        lesson=job_id,
        tenant=tenant,
        user=user,
        kind="instruction",
        statement="",
        language="en",
        examples=examples,
        probes=probes,
        selection=SelectionReport(generated=len(examples), kept=len(examples)),
        preferences=list(preferences),
    )
    key = lesson_dataset_key(tenant, user, job_id)
    await store.put_bytes(key, dataset_to_bytes(dataset))
    return trainer_pb2.TrainRequest(job_id=job_id, tenant=tenant, user=user, dataset_key=key)
