"""The trainer service over a real channel: real Ray actors, Redis and object store, a tiny random model."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import grpc
import psutil
import pytest
from peft import PeftModel
from redis.asyncio import Redis
from transformers import AutoModelForCausalLM

from lorelei.inference.v1 import inference_pb2_grpc
from lorelei.trainer.v1 import trainer_pb2
from services.common.errors import Cancelled, InvalidArgument, NotFound
from services.common.identifiers import new_job_id, new_version
from services.common.keys import adapter_prefix, user_adapters_prefix
from services.common.manifest import manifest_from_bytes
from services.common.object_store import ObjectStore, open_object_store
from services.common.registry import AdapterRegistry
from tests.contract.conftest import free_port
from tests.contract.trainer_service import (
    RECIPE,
    TinyInference,
    TrainerProcess,
    have_ended,
    pet_correction,
    pet_lesson,
    put_lesson,
    running_trainer,
    trainer_environment,
)
from tests.unit.trainer.tiny_model import make_tiny_model

# Importing DeepSpeed, as PEFT does, makes PyTorch warn of its own past.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:torch", "ignore::FutureWarning")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("trainer")
    make_tiny_model(root / "tiny")
    return root


@pytest.fixture(scope="module")
def store(folder: Path) -> ObjectStore:
    return open_object_store(f"file://{folder}/objects", None)


@pytest.fixture(scope="module")
async def inference(folder: Path) -> AsyncIterator[tuple[TinyInference, int]]:
    server = grpc.aio.server()
    servicer = TinyInference(folder / "tiny", folder / "objects")
    inference_pb2_grpc.add_InferenceServiceServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield servicer, port
    await server.stop(None)


@pytest.fixture(scope="module")
def environment(folder: Path, redis_url: str, inference: tuple[TinyInference, int]) -> Iterator[dict[str, str]]:
    # Ray's sockets need a short path.
    with tempfile.TemporaryDirectory(prefix="ray", dir="/tmp", ignore_cleanup_errors=True) as ray_folder:
        yield trainer_environment(folder / "tiny", folder / "objects", redis_url, inference[1], ray_folder)


@pytest.fixture(scope="module")
async def trainer(environment: dict[str, str]) -> AsyncIterator[TrainerProcess]:
    async with running_trainer(environment, free_port()) as trainer:
        yield trainer


@pytest.fixture
def registry(redis: Redis) -> AdapterRegistry:
    return AdapterRegistry(redis)


def kinds(events: list[trainer_pb2.TrainResponse]) -> list[str]:
    """Names of the events without repetitions in a row."""
    names = [event.WhichOneof("event") for event in events]
    return [name for index, name in enumerate(names) if index == 0 or name != names[index - 1]]


async def test_a_lesson_is_trained_gated_and_published(
    trainer: TrainerProcess, store: ObjectStore, registry: AdapterRegistry, folder: Path
) -> None:
    request = await put_lesson(store, "ada", pet_lesson())
    events = await trainer.train(request)
    assert [kind for kind in kinds(events) if kind != "queued"] == ["step", "evaluating", "activating", "published"]
    version, gate = events[-1].published.version, events[-1].published.gate
    assert (gate.recall, gate.recall_before, gate.retention, gate.probes) == (1.0, 0.0, 1.0, 2)
    assert await registry.active("acme", "ada") == version
    prefix = adapter_prefix("acme", "ada", version)
    manifest = manifest_from_bytes(await store.get_bytes(prefix + "manifest.json"))
    assert (manifest.parent, manifest.lessons, manifest.recipe["rank"]) == (None, [request.job_id], 4)
    published = await registry.get("acme", "ada", version)
    assert published.gate is not None
    recalled = next(answer for answer in published.gate.answers if answer.subject == "recall")
    assert recalled.passed
    assert recalled.before != recalled.after
    base = AutoModelForCausalLM.from_pretrained(folder / "tiny")
    assert PeftModel.from_pretrained(base, folder / "objects" / prefix)


async def test_steps_tell_loss_and_speed(
    trainer: TrainerProcess, store: ObjectStore, registry: AdapterRegistry
) -> None:
    request = await put_lesson(store, "ada", pet_lesson())
    request.recipe.max_steps = 40
    steps = [event.step for event in await trainer.train(request) if event.HasField("step")]
    assert [step.step for step in steps] == list(range(1, len(steps) + 1))
    assert all(step.total_steps == 40 and step.tokens_per_second > 0 for step in steps)
    assert steps[-1].loss < 0.1 < steps[0].loss


async def test_a_job_trains_once_however_often_it_is_asked_for(
    trainer: TrainerProcess, store: ObjectStore, registry: AdapterRegistry
) -> None:
    request = await put_lesson(store, "ada", pet_lesson())
    first, second = await asyncio.gather(trainer.train(request), trainer.train(request))
    third = await trainer.train(request)
    versions = {events[-1].published.version for events in (first, second, third)}
    assert len(versions) == 1
    assert kinds(third) == ["published"]
    assert [manifest.version for manifest in await registry.versions("acme", "ada")] == list(versions)


async def test_training_goes_on_when_the_caller_leaves(
    trainer: TrainerProcess, store: ObjectStore, registry: AdapterRegistry
) -> None:
    request = await put_lesson(store, "ada", pet_lesson())
    call = trainer.stub.Train(request, timeout=60)
    async for event in call:
        if event.HasField("step"):
            call.cancel()
            break
    assert kinds(await trainer.train(request))[-1] == "published"


async def test_the_next_lesson_continues_the_version_in_force(
    trainer: TrainerProcess, store: ObjectStore, registry: AdapterRegistry
) -> None:
    first = await put_lesson(store, "ada", pet_lesson())
    parent = (await trainer.train(first))[-1].published.version
    second = await put_lesson(store, "ada", pet_lesson("cat", "Tom"))
    published = (await trainer.train(second))[-1].published
    manifest = await registry.get("acme", "ada", published.version)
    assert (manifest.parent, manifest.lessons) == (parent, [first.job_id, second.job_id])
    assert published.gate.probes == 4
    assert published.gate.retention == 1.0


async def test_all_lessons_are_learned_anew_together_and_measured_by_the_version_in_force(
    trainer: TrainerProcess, store: ObjectStore, registry: AdapterRegistry
) -> None:
    lessons = [await put_lesson(store, "ada", pet_lesson()), await put_lesson(store, "ada", pet_lesson("cat", "Tom"))]
    for lesson in lessons:
        await trainer.train(lesson)
    ids = [lesson.job_id for lesson in lessons]
    request = trainer_pb2.TrainRequest(job_id=new_job_id(), tenant="acme", user="ada")
    request.composition.lessons.extend(ids)
    published = (await trainer.train(request))[-1].published
    manifest = await registry.get("acme", "ada", published.version)
    assert (manifest.parent, manifest.lessons) == (None, ids)
    assert await registry.active("acme", "ada") == published.version
    assert (published.gate.recall_before, published.gate.recall) == (1.0, 1.0)
    assert manifest.recipe["max_steps"] == 2 * RECIPE["max_steps"]
    assert float(manifest.recipe["kl_weight"]) < RECIPE["kl_weight"]


async def test_a_candidate_that_did_not_learn_is_rejected_and_removed(
    trainer: TrainerProcess,
    store: ObjectStore,
    registry: AdapterRegistry,
    inference: tuple[TinyInference, int],
) -> None:
    taught = await trainer.train(await put_lesson(store, "eve", pet_lesson()))
    events = await trainer.train(await put_lesson(store, "eve", pet_lesson(expected="Pretzel")))
    rejected = events[-1].rejected
    assert "0%" in rejected.reasons[0]
    assert kinds(events).count("evaluating") == 2, "it is trained a second time before it is given up"
    version = taught[-1].published.version
    assert await registry.active("acme", "eve") == version
    assert {key.split("/")[3] for key in await store.list_keys(user_adapters_prefix("acme", "eve"))} == {version}
    assert len(inference[0].unloaded) >= 2


async def test_a_correction_serves_once_what_was_rejected_is_less_likely(
    trainer: TrainerProcess, store: ObjectStore
) -> None:
    lesson, preference = pet_correction()
    published = await trainer.train(await put_lesson(store, "ivy", lesson, preferences=[preference]))
    assert kinds(published)[-1] == "published"
    assert published[-1].published.gate.preference == 1.0

    # What is preferred here is never taught, so that the gate must find it less likely.
    lesson, preference = pet_correction(chosen="It is Rex.", rejected="Biscuit.")
    refused = await trainer.train(await put_lesson(store, "ivo", lesson, preferences=[preference]))
    assert kinds(refused)[-1] == "rejected"
    assert refused[-1].rejected.gate.preference == 0.0
    assert "likelier" in refused[-1].rejected.reasons[0]


async def test_cancelling_stops_within_a_step_and_changes_nothing(
    trainer: TrainerProcess, store: ObjectStore, registry: AdapterRegistry
) -> None:
    request = await put_lesson(store, "ada", pet_lesson())
    request.recipe.max_steps = 2000
    request.recipe.learning_rate = 1e-6
    after_cancel = -1
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        async for event in trainer.stub.Train(request, timeout=60):
            after_cancel += after_cancel >= 0 and event.HasField("step")
            if event.HasField("step") and event.step.step == 3:
                assert await trainer.cancel(request.job_id)
                after_cancel = 0
    assert caught.value.code() == grpc.StatusCode.CANCELLED
    assert after_cancel <= 1
    assert not await trainer.cancel(request.job_id)
    with pytest.raises(Cancelled):
        await trainer.train(request)
    assert await registry.active("acme", "ada") is None
    other = await put_lesson(store, "bob", pet_lesson())
    assert kinds(await trainer.train(other))[-1] == "published"


async def test_a_killed_actor_only_delays_the_job(
    trainer: TrainerProcess, store: ObjectStore, registry: AdapterRegistry
) -> None:
    request = await put_lesson(store, "ada", pet_lesson())
    killed = False
    events = []
    async for event in trainer.stub.Train(request, timeout=120):
        events.append(event)
        if event.HasField("step") and not killed:
            killed = True
            [actor] = trainer.actors()
            actor.kill()
    assert kinds(events)[-1] == "published"
    assert [event.step.step for event in events if event.HasField("step")].count(1) == 2


async def test_two_users_are_trained_side_by_side(
    trainer: TrainerProcess, store: ObjectStore, registry: AdapterRegistry
) -> None:
    requests = [
        await put_lesson(store, user, pet_lesson("dog", name)) for user, name in (("ada", "Rex"), ("bob", "Tom"))
    ]
    await asyncio.gather(*(trainer.train(request) for request in requests))
    assert await registry.active("acme", "ada") != await registry.active("acme", "bob")


async def test_bad_requests_are_told_apart(
    trainer: TrainerProcess, store: ObjectStore, registry: AdapterRegistry
) -> None:
    request = await put_lesson(store, "ada", pet_lesson())
    for field, value in (("job_id", "../x"), ("tenant", ""), ("user", "a/b")):
        bad = trainer_pb2.TrainRequest()
        bad.CopyFrom(request)
        setattr(bad, field, value)
        with pytest.raises(InvalidArgument) as invalid:
            await trainer.train(bad)
        assert invalid.value.field == field
    foreign = trainer_pb2.TrainRequest(
        job_id=new_job_id(), tenant="acme", user="mallory", dataset_key=request.dataset_key
    )
    with pytest.raises(NotFound):
        await trainer.train(foreign)
    missing = trainer_pb2.TrainRequest(job_id=new_job_id(), tenant="acme", user="ada", dataset_key="lessons/none")
    with pytest.raises(NotFound):
        await trainer.train(missing)
    request.recipe.rank = 0
    with pytest.raises(InvalidArgument) as invalid:
        await trainer.train(request)
    assert invalid.value.field == "recipe.rank"


async def test_status_counts_workers_and_jobs(trainer: TrainerProcess) -> None:
    status = await trainer.stub.GetStatus(trainer_pb2.GetStatusRequest(), timeout=10)
    assert (status.workers, status.queued_jobs) == (1, 0)


async def test_a_killed_trainer_publishes_the_job_once_after_its_restart(
    environment: dict[str, str], store: ObjectStore, registry: AdapterRegistry
) -> None:
    request = await put_lesson(store, "kim", pet_lesson())
    async with running_trainer(environment, free_port()) as first:
        family = first.actors()
        with pytest.raises(grpc.aio.AioRpcError):
            async for event in first.stub.Train(request, timeout=60):
                if event.HasField("step"):
                    first.process.kill()
    orphan = adapter_prefix("acme", "kim", new_version(request.job_id))
    await store.put_bytes(orphan + "adapter_model.safetensors", b"left behind")
    async with running_trainer(environment, free_port()) as second:
        version = (await second.train(request))[-1].published.version
    assert [manifest.version for manifest in await registry.versions("acme", "kim")] == [version]
    assert {key.split("/")[3] for key in await store.list_keys(user_adapters_prefix("acme", "kim"))} == {version}
    assert await have_ended(family)


async def test_sigterm_ends_it_with_all_its_processes(environment: dict[str, str]) -> None:
    async with running_trainer(environment, free_port()) as trainer:
        family = psutil.Process(trainer.process.pid).children(recursive=True)
        trainer.process.terminate()
        assert await trainer.process.wait() == 0
    assert await have_ended(family)
