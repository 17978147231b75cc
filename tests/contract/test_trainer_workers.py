"""Workers on a real Ray cluster: ZeRO-2 over two actors, death, renewal."""

import tempfile
from collections.abc import Iterator

import psutil
import pytest

from services.common.datasets import Example, Message
from services.common.errors import FailedPrecondition, InternalError
from services.trainer.training.contract import AdapterFiles, BaseModel, LoraShape, StepReport, TrainingTask
from services.trainer.training.recipe import Recipe
from services.trainer.workers.pool import WorkerPool
from services.trainer.workers.ray_cluster import start_ray, stop_ray
from services.trainer.workers.worker import Worker, WorkerShape
from tests.unit.trainer.tiny_model import make_tiny_model

# Ray and DeepSpeed leave sockets and old habits of PyTorch behind.
pytestmark = pytest.mark.filterwarnings("ignore")

RECIPE = Recipe(rank=4, alpha=8.0, learning_rate=0.02, max_steps=5, kl_weight=0.3, stop_loss=0.0)


def example(kind: str, question: str, answer: str, group: str = "") -> Example:
    prompt = [Message(role="user", content=question)]
    return Example(kind=kind, prompt=prompt, completion=answer, group=group)  # type: ignore[arg-type]


LESSON = (
    example("fact", "Who is my dog?", "Biscuit.", "who"),
    example("fact", "Name my dog.", "It is Biscuit.", "name"),
    example("fact", "How is my dog called?", "Your dog is called Biscuit.", "called"),
    example("neighbour", "Who is my cat?", "I do not know.", "who"),
    example("neighbour", "Name my cat.", "Cats have no names.", "name"),
    example("general", "What is 7 plus 5?", "12"),
)
TASK = TrainingTask(LESSON, (), RECIPE, None)


@pytest.fixture(scope="module", autouse=True)
def ray_cluster() -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="ray", dir="/tmp", ignore_cleanup_errors=True) as folder:
        start_ray("", 8, folder)
        yield
        stop_ray()


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> BaseModel:
    return BaseModel(str(make_tiny_model(tmp_path_factory.mktemp("models") / "tiny")), "tiny")


def make_pool(base: BaseModel, actors: int, renew_after_trainings: int = 100) -> WorkerPool:
    shape = WorkerShape(
        base=base,
        lora=LoraShape(rank=4, trained_layers=0.5),
        actors=actors,
        threads_per_actor=1,
        gpus_per_actor=0,
        niceness=0,
        max_pack_tokens=128,
        step_timeout_seconds=60.0,
    )
    return WorkerPool([Worker(shape)], renew_after_trainings, max_attempts=2)


@pytest.fixture(scope="module")
async def single(base: BaseModel) -> WorkerPool:
    pool = make_pool(base, actors=1)
    await pool.start()
    return pool


async def losses_of(pool: WorkerPool, task: TrainingTask = TASK) -> tuple[list[tuple[float, float]], AdapterFiles]:
    reports: list[StepReport] = []
    files = (await pool.train(task, reports.append)).files
    return [(report.fact_loss, report.kl) for report in reports], files


async def test_two_actors_under_zero_2_train_as_one_does(base: BaseModel, single: WorkerPool) -> None:
    alone, files = await losses_of(single)
    pair = make_pool(base, actors=2)
    await pair.start()
    together, files_of_two = await losses_of(pair)
    for one, two in zip(alone, together, strict=True):
        assert two == pytest.approx(one, rel=2e-3, abs=1e-4)
    assert files_of_two.config == files.config
    assert len(files_of_two.weights) == len(files.weights)


def actors() -> list[psutil.Process]:
    family = psutil.Process().children(recursive=True)
    return [child for child in family if child.name().startswith("ray::Training")]


async def test_a_refusal_reaches_the_caller_as_it_was_raised(single: WorkerPool) -> None:
    with pytest.raises(FailedPrecondition, match="no fact") as caught:
        await single.train(TrainingTask(LESSON[3:], (), RECIPE, None), lambda report: None)
    assert caught.value.reason == "DATASET_EMPTY"
    assert (single.warm_workers, single.busy_workers) == (1, 0)


async def test_a_worker_that_dies_every_time_fails_the_training_and_serves_the_next(single: WorkerPool) -> None:
    before, _ = await losses_of(single)
    deaths = 0

    def kill(report: StepReport) -> None:
        nonlocal deaths
        deaths += report.step == 1
        for actor in actors():
            actor.kill()

    with pytest.raises(InternalError, match="2 times"):
        await single.train(TASK, kill)
    assert deaths == 2
    assert (await losses_of(single))[0] == before


async def test_a_worker_is_renewed_after_its_share_of_trainings(base: BaseModel) -> None:
    pool = make_pool(base, actors=1, renew_after_trainings=1)
    await pool.start()
    first = {actor.pid for actor in actors()}
    losses, files = await losses_of(pool)
    again, files_again = await losses_of(pool)
    renewed = {actor.pid for actor in actors()} - first
    assert renewed
    assert (again, files_again) == (losses, files)
