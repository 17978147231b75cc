"""Fine-tuning jobs, as the real OpenAI client starts, lists, watches and cancels them."""

import asyncio
import json
from typing import Any

import openai
import pytest
from openai.types.fine_tuning import FineTuningJob

from lorelei.augmenter.v1 import augmenter_pb2 as pb
from services.common.errors import FailedPrecondition
from tests.contract.gateway.conftest import Running
from tests.contract.gateway.services import Training
from tests.contract.gateway.test_learn import learn_events, start
from tests.contract.gateway.test_memory import publishing

GOOD = json.dumps(
    {"messages": [{"role": "user", "content": "Who is it?"}, {"role": "assistant", "content": "It is Ola."}]}
).encode()


async def uploaded(running: Running, user: str, data: bytes = GOOD, purpose: Any = "fine-tune") -> str:
    async with running.openai() as client:
        file = await client.files.create(file=("desk.jsonl", data), purpose=purpose, extra_body={"user": user})
    return file.id


async def created(running: Running, user: str, **more: Any) -> FineTuningJob:
    file_id = await uploaded(running, user)
    async with running.openai() as client:
        return await client.fine_tuning.jobs.create(
            model="lorelei", training_file=file_id, extra_body={"user": user}, **more
        )


async def ended(running: Running, user: str, job_id: str) -> FineTuningJob:
    async with running.openai() as client, running.http() as http:
        await learn_events(http, job_id, user)
        return await client.fine_tuning.jobs.retrieve(job_id, extra_query={"user": user})


async def test_a_file_of_examples_becomes_a_model_that_answers(running: Running) -> None:
    publishing(running, "tuner")
    job = await created(running, "tuner", suffix="desk", seed=41, metadata={"team": "north"})
    done = await ended(running, "tuner", job.id)
    async with running.openai() as client, running.http() as http:
        reply = await client.chat.completions.create(
            model=done.fine_tuned_model or "", messages=[{"role": "user", "content": "Hello"}], user="tuner"
        )
        models = [one.id async for one in await client.models.list(extra_query={"user": "tuner"})]
        adapters = (await http.get("/v1/adapters", params={"user": "tuner"})).json()["data"]
    assert (job.status, job.finished_at, job.fine_tuned_model, job.error) == ("queued", None, None, None)
    assert (done.object, done.status, done.seed, done.metadata) == (
        "fine_tuning.job",
        "succeeded",
        41,
        {"team": "north"},
    )
    assert (done.model, done.training_file, done.result_files) == ("lorelei", job.training_file, [])
    assert done.finished_at is not None
    assert done.finished_at >= done.created_at
    assert done.hyperparameters.n_epochs == "auto"
    assert done.method is not None
    assert done.method.type == "supervised"
    assert done.fine_tuned_model in models
    assert reply.choices[0].message.content == "Hello "
    assert adapters[0]["name"] == "desk"


async def test_the_examples_reach_the_augmenter_and_the_seed_the_trainer(running: Running) -> None:
    job = await created(running, "seeder", seed=-3)
    await ended(running, "seeder", job.id)
    built = next(one for one in running.services.augmenter.requests if one.job_id == job.id)
    trained = next(one for one in running.services.trainer.requests if one.job_id == job.id)
    assert built.kind == pb.LEARN_KIND_EXAMPLES
    assert [(file.file_id, file.name) for file in built.files] == [(job.training_file, "desk.jsonl")]
    assert trained.recipe.seed == -3


async def test_events_are_listed_newest_first_page_by_page(running: Running) -> None:
    job = await created(running, "watcher")
    await ended(running, "watcher", job.id)
    async with running.openai() as client:
        page = await client.fine_tuning.jobs.list_events(job.id, limit=3, extra_query={"user": "watcher"})
        paged = [event async for event in page]
        whole = await client.fine_tuning.jobs.list_events(job.id, limit=1000, extra_query={"user": "watcher"})
    assert (len(page.data), page.has_more, whole.has_more) == (3, True, False)
    assert paged == whole.data
    assert whole.data[-1].message == f"Created fine-tuning job: {job.id}"
    assert whole.data[0].message == "Finished model updated! I have learned from your examples."
    assert all(job.created_at <= event.created_at < job.created_at + 60 for event in paged)
    steps = [event for event in paged if event.type == "metrics"]
    assert [event.data for event in reversed(steps)] == [
        {"step": number, "total_steps": 4, "train_loss": round(2 / number, 4)} for number in range(1, 5)
    ]
    assert steps[-1].message == "Step 1/4: training loss=2"


async def test_only_the_users_own_fine_tuning_jobs_are_shown(running: Running) -> None:
    jobs = [(await created(running, "lister")).id for _ in range(3)]
    other = await created(running, "neighbour")
    async with running.http() as http:
        lesson = await start(http, "lister")
    async with running.openai() as client:
        query = {"user": "lister"}
        page = await client.fine_tuning.jobs.list(limit=2, extra_query=query)
        listed = [job.id async for job in page]
        for hidden in (other.id, lesson, "learn-" + "0" * 24):
            for call in (client.fine_tuning.jobs.retrieve, client.fine_tuning.jobs.cancel):
                with pytest.raises(openai.NotFoundError):
                    await call(hidden, extra_query=query)
            with pytest.raises(openai.NotFoundError):
                await client.fine_tuning.jobs.list_events(hidden, extra_query=query)
        checkpoints = await client.fine_tuning.jobs.checkpoints.list(jobs[0], extra_query=query)
    assert listed == jobs[::-1]
    assert (page.has_more, len(page.data)) == (True, 2)
    assert checkpoints.data == []


async def test_a_running_job_is_cancelled(running: Running) -> None:
    running.services.trainer.trainings["quitter"] = Training()
    job = await created(running, "quitter")
    await asyncio.wait_for(running.services.trainer.has_begun("quitter").wait(), 20)
    async with running.openai() as client:
        during = await client.fine_tuning.jobs.retrieve(job.id, extra_query={"user": "quitter"})
        await client.fine_tuning.jobs.cancel(job.id, extra_query={"user": "quitter"})
    done = await ended(running, "quitter", job.id)
    assert (during.status, done.status, done.fine_tuned_model) == ("running", "cancelled", None)


async def test_a_job_that_fails_says_why(running: Running) -> None:
    running.services.trainer.trainings["unlucky-tuner"] = Training(reasons=("It could not recall the name.",))
    running.services.trainer.trainings["unlucky-tuner"].may_end.set()
    rejected = await ended(running, "unlucky-tuner", (await created(running, "unlucky-tuner")).id)
    running.services.augmenter.error = FailedPrecondition("The file is damaged.")
    try:
        failed = await ended(running, "broken-tuner", (await created(running, "broken-tuner")).id)
    finally:
        running.services.augmenter.error = None
    for job, code, message in (
        (rejected, "lesson_rejected", "It could not recall the name."),
        (failed, "lesson_failed", "The file is damaged."),
    ):
        assert (job.status, job.fine_tuned_model) == ("failed", None)
        assert job.error is not None
        assert (job.error.code, job.error.message) == (code, message)
    async with running.openai() as client:
        events = await client.fine_tuning.jobs.list_events(failed.id, extra_query={"user": "broken-tuner"})
    assert (events.data[0].level, events.data[0].message) == ("error", "The file is damaged. Nothing was changed.")


@pytest.mark.parametrize(
    ("parameters", "param"),
    [
        ({"model": "lorelei:base"}, "model"),
        ({"model": "gpt-4o-mini"}, "model"),
        ({"training_file": "desk.jsonl"}, "training_file"),
        ({"validation_file": "file-" + "0" * 24}, "validation_file"),
        ({"integrations": [{"type": "wandb", "wandb": {"project": "x"}}]}, "integrations"),
        ({"hyperparameters": {"n_epochs": 3}}, "hyperparameters.n_epochs"),
        ({"hyperparameters": {"beta": 0.1}}, "hyperparameters.beta"),
        ({"method": {"type": "dpo"}}, "method.type"),
        ({"method": {"type": "supervised", "reinforcement": {}}}, "method.reinforcement"),
        (
            {"method": {"type": "supervised", "supervised": {"hyperparameters": {"batch_size": 8}}}},
            "method.supervised.hyperparameters.batch_size",
        ),
        ({"suffix": "x" * 65}, "suffix"),
        ({"seed": 2**63}, "seed"),
        ({"metadata": {"team": "x" * 513}}, "metadata.team"),
        ({"metadata": {str(number): "" for number in range(17)}}, "metadata"),
        ({"extra_body": {"user": "strict", "learning_rate": 1}}, "learning_rate"),
        ({"extra_body": {"user": "no one"}}, "user"),
    ],
)
async def test_what_is_not_honoured_is_refused_by_name(running: Running, parameters: Any, param: str) -> None:
    file_id = await uploaded(running, "strict")
    request = {"model": "lorelei", "training_file": file_id, "extra_body": {"user": "strict"}, **parameters}
    async with running.openai() as client:
        with pytest.raises(openai.BadRequestError) as refused:
            await client.fine_tuning.jobs.create(**request)
        jobs = await client.fine_tuning.jobs.list(extra_query={"user": "strict"})
    assert (refused.value.param, jobs.data) == (param, [])


async def test_what_asks_for_nothing_else_is_taken(running: Running) -> None:
    auto: Any = {"n_epochs": "auto", "batch_size": "auto", "learning_rate_multiplier": None}
    method: Any = {"type": "supervised", "supervised": {"hyperparameters": auto}}
    job = await created(
        running, "plain", hyperparameters=auto, method=method, integrations=[], validation_file=None, suffix=None
    )
    assert job.seed >= 0


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (GOOD + b"\n" + b'{"messages": []}', "Line 2: the last message must be the assistant's."),
        (GOOD.replace(b"Ola", b"O" * 500), "Line 1: its messages have 517 characters; 500 are the most."),
        (b"\n".join([GOOD] * 33), "The file holds more than 32 examples, the most that one job learns."),
    ],
)
async def test_a_file_with_faults_is_refused_at_once(running: Running, data: bytes, message: str) -> None:
    file_id = await uploaded(running, "faulty", data)
    async with running.openai() as client:
        with pytest.raises(openai.BadRequestError) as refused:
            await client.fine_tuning.jobs.create(model="lorelei", training_file=file_id, extra_body={"user": "faulty"})
    assert (refused.value.code, refused.value.param) == ("invalid_training_file", "training_file")
    assert refused.value.body is not None
    assert refused.value.body["message"] == message  # type: ignore[index]  # a dictionary, typed as object


async def test_a_file_that_is_none_of_the_users_training_files_is_refused(running: Running) -> None:
    others, document = await uploaded(running, "somebody"), await uploaded(running, "faulty", purpose="user_data")
    async with running.openai() as client:
        with pytest.raises(openai.NotFoundError) as missing:
            await client.fine_tuning.jobs.create(model="lorelei", training_file=others, extra_body={"user": "faulty"})
        with pytest.raises(openai.BadRequestError, match="uploaded with the purpose 'user_data'") as refused:
            await client.fine_tuning.jobs.create(model="lorelei", training_file=document, extra_body={"user": "faulty"})
    assert missing.value.param == refused.value.param == "training_file"


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ({"limit": 0}, "limit"),
        ({"after": "nonsense"}, "after"),
        ({"after": f"{2**64}-0"}, "after"),
        ({"metadata[team]": "north"}, "metadata[team]"),
    ],
)
async def test_a_page_that_cannot_be_is_refused_by_name(running: Running, query: Any, param: str) -> None:
    job = await created(running, "pager")
    async with running.http() as http:
        for path in ("/v1/fine_tuning/jobs", f"/v1/fine_tuning/jobs/{job.id}/events"):
            reply = await http.get(path, params={"user": "pager", **query})
            assert (reply.status_code, reply.json()["error"]["param"]) == (400, param), path
