"""The augmenter over a real channel, with a directory as object store and a stand-in for the inference service."""

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from lorelei.augmenter.v1 import augmenter_pb2 as pb
from lorelei.augmenter.v1 import augmenter_pb2_grpc
from lorelei.inference.v1 import inference_pb2, inference_pb2_grpc
from lorelei.types.v1 import types_pb2
from services.augmenter.servicer import AugmenterServicer
from services.augmenter.settings import AugmenterSettings
from services.augmenter.wiring import make_parts
from services.common.datasets import dataset_from_bytes
from services.common.errors import InvalidArgument, LoreleiError, NotFound, Unavailable
from services.common.identifiers import new_job_id
from services.common.object_store import open_object_store
from services.common.rpc import RpcServer, calling, connect

TIMEOUT_SECONDS = 60.0
GONE = "v-000000000000-00000009"
NAME = pb.DESCRIPTOR.services_by_name["AugmenterService"].full_name


class StandInInference(inference_pb2_grpc.InferenceServiceServicer):
    """Answers everything with one sentence, in two pieces."""

    def __init__(self) -> None:
        self.requests: list[inference_pb2.GenerateRequest] = []
        self.scored: list[str] = []
        self.loading = False

    async def Generate(  # noqa: N802
        self, request: inference_pb2.GenerateRequest, context: Any
    ) -> AsyncIterator[inference_pb2.GenerateResponse]:
        if self.loading:
            raise Unavailable("The model is being loaded. Try again in a moment.")
        self.requests.append(request)
        yield inference_pb2.GenerateResponse(text_delta="That is ")
        yield inference_pb2.GenerateResponse(text_delta="not known.")
        yield inference_pb2.GenerateResponse(finish=inference_pb2.GenerateFinish())

    async def Score(  # noqa: N802
        self, request: inference_pb2.ScoreRequest, context: Any
    ) -> inference_pb2.ScoreResponse:
        """What stands beside a question helps to answer it."""
        self.scored.append(request.adapter.version)
        if request.adapter.version == GONE:
            raise NotFound("There is no such version.")
        scores = [
            inference_pb2.CompletionScore(
                token_logprobs=[-1.0 if "\n" in item.messages[-1].content else -2.0] * len(item.completion)
            )
            for item in request.items
        ]
        return inference_pb2.ScoreResponse(scores=scores)

    async def GetModel(  # noqa: N802
        self, request: inference_pb2.GetModelRequest, context: Any
    ) -> inference_pb2.GetModelResponse:
        return inference_pb2.GetModelResponse(name="stand-in", weights_sha256="cd" * 32)


@pytest.fixture
async def platform(tmp_path: Path) -> AsyncIterator[SimpleNamespace]:
    """A served augmenter, its channel, its store, and the inference service it calls."""
    inference, inference_server = StandInInference(), RpcServer()
    register = inference_pb2_grpc.add_InferenceServiceServicer_to_server
    inference_server.add("lorelei.inference.v1.InferenceService", register, inference)
    inference_port = await inference_server.start("127.0.0.1", 0)
    store_url = f"file://{tmp_path}/objects"
    settings = AugmenterSettings(inference_address=f"127.0.0.1:{inference_port}", object_store_url=store_url)
    parts, server = make_parts(settings), RpcServer()
    server.add(NAME, augmenter_pb2_grpc.add_AugmenterServiceServicer_to_server, AugmenterServicer(parts.builder))
    async with connect(f"127.0.0.1:{await server.start('127.0.0.1', 0)}") as channel:
        yield SimpleNamespace(
            channel=channel, server=server, inference=inference, store=open_object_store(store_url, None)
        )
    await server.drain(1.0)
    await parts.close()
    await inference_server.drain(1.0)


def request(statement: str, **fields: Any) -> pb.BuildDatasetRequest:
    defaults = {"job_id": new_job_id(), "tenant": "acme", "user": "ann", "kind": pb.LEARN_KIND_INSTRUCTION}
    return pb.BuildDatasetRequest(statement=statement, **(defaults | fields))


async def build(channel: grpc.aio.Channel, asked: pb.BuildDatasetRequest) -> list[pb.BuildDatasetResponse]:
    stub = augmenter_pb2_grpc.AugmenterServiceStub(channel)
    with calling("augmenter"):
        return [reply async for reply in stub.BuildDataset(asked, timeout=TIMEOUT_SECONDS)]


async def refusal(channel: grpc.aio.Channel, asked: pb.BuildDatasetRequest) -> LoreleiError:
    with pytest.raises(LoreleiError) as raised:
        await build(channel, asked)
    return raised.value


async def test_progress_then_a_result_that_lies_in_the_store(platform: SimpleNamespace) -> None:
    asked = request("My hamster's name is Pickle.")
    *progress, last = await build(platform.channel, asked)
    fractions = [reply.progress.fraction for reply in progress]
    dataset = dataset_from_bytes(await platform.store.get_bytes(last.result.dataset_key))
    assert fractions == sorted(fractions)
    assert 0 < fractions[0] < fractions[-1] <= 1
    assert last.result.dataset_key == f"lessons/acme/ann/{asked.job_id}/dataset.json"
    assert last.result.statement == dataset.statement == "My hamster's name is Pickle."
    assert last.result.kept == len(dataset.examples)
    assert last.result.probes == len(dataset.probes)
    assert last.result.generated == last.result.kept + sum(r.count for r in last.result.rejected) + _held_out(dataset)
    neighbours = [example for example in dataset.examples if example.kind == "neighbour"]
    assert {e.completion for e in neighbours if "Pickle" not in e.completion} == {"That is not known."}


def _held_out(dataset: Any) -> int:
    return sum(probe.kind == "recall" for probe in dataset.probes)


async def test_the_base_model_answers_greedily_without_an_adapter(platform: SimpleNamespace) -> None:
    await build(platform.channel, request("I am allergic to latex."))
    for asked in platform.inference.requests:
        assert not asked.HasField("adapter")
        assert asked.sampling.temperature == 0
        assert 1 <= asked.sampling.max_tokens <= 64
    names = [asked.request_id for asked in platform.inference.requests]
    assert len(set(names)) == len(names)


async def test_the_same_job_again_returns_what_was_built(platform: SimpleNamespace) -> None:
    asked = request("My hamster's name is Pickle.")
    first = await build(platform.channel, asked)
    before = len(platform.inference.requests)
    second = await build(platform.channel, asked)
    assert second == first[-1:]
    assert len(platform.inference.requests) == before


async def test_the_conversation_is_used(platform: SimpleNamespace) -> None:
    conversation = [
        types_pb2.ChatMessage(role="user", content="My aunt lives in Trieste."),
        types_pb2.ChatMessage(role="assistant", content="How nice."),
    ]
    replies = await build(platform.channel, request("Remember what I just said.", conversation=conversation))
    assert replies[-1].result.statement == "My aunt lives in Trieste."


@pytest.mark.parametrize(
    ("fields", "culprit"),
    [
        ({"statement": " "}, "statement"),
        ({"statement": "x" * 4001}, "statement"),
        ({"statement": "Remember that."}, "statement"),
        ({"kind": pb.LEARN_KIND_UNSPECIFIED}, "kind"),
        ({"job_id": "../../etc"}, "job_id"),
        ({"tenant": "a/b"}, "tenant"),
        ({"user": ""}, "user"),
        ({"conversation": [types_pb2.ChatMessage(role="robot", content="x")]}, "conversation"),
    ],
)
async def test_bad_input_names_the_field(platform: SimpleNamespace, fields: dict[str, Any], culprit: str) -> None:
    asked = request(fields.pop("statement", "My hamster's name is Pickle."), **fields)
    error = await refusal(platform.channel, asked)
    assert isinstance(error, InvalidArgument)
    assert error.field == culprit
    assert await platform.store.list_keys("lessons/") == []


async def test_while_the_model_loads_the_build_is_unavailable_and_succeeds_later(platform: SimpleNamespace) -> None:
    asked = request("My hamster's name is Pickle.")
    platform.inference.loading = True
    assert isinstance(await refusal(platform.channel, asked), Unavailable)
    platform.inference.loading = False
    assert (await build(platform.channel, asked))[-1].HasField("result")


async def test_users_do_not_see_each_others_datasets(platform: SimpleNamespace) -> None:
    job = new_job_id()
    await build(platform.channel, request("My hamster's name is Pickle.", job_id=job, user="ann"))
    replies = await build(platform.channel, request("I am allergic to latex.", job_id=job, user="bob"))
    assert replies[-1].result.statement == "I am allergic to latex."


async def test_health_follows_readiness(platform: SimpleNamespace) -> None:
    health = health_pb2_grpc.HealthStub(platform.channel)
    asked = health_pb2.HealthCheckRequest(service=NAME)
    before = await health.Check(asked, timeout=TIMEOUT_SECONDS)
    await platform.server.set_serving(True)
    after = await health.Check(asked, timeout=TIMEOUT_SECONDS)
    assert (before.status, after.status) == (
        health_pb2.HealthCheckResponse.NOT_SERVING,
        health_pb2.HealthCheckResponse.SERVING,
    )


def correction(chosen: str, version: str = "", role: str = "user") -> pb.BuildDatasetRequest:
    turn = types_pb2.ChatMessage(role=role, content="Where is the press?")
    told = pb.Preference(prompt=[turn], rejected="It is upstairs.", chosen=chosen, version=version)
    return request("", kind=pb.LEARN_KIND_FEEDBACK, preferences=[told])


@pytest.mark.parametrize(
    ("version", "scored"), [("", [""]), ("v-000000000000-00000001", ["v-000000000000-00000001"]), (GONE, [GONE, ""])]
)
async def test_a_correction_is_compared_by_the_version_that_answered_or_the_base(
    platform: SimpleNamespace, version: str, scored: list[str]
) -> None:
    result = (await build(platform.channel, correction("in the cellar", version)))[-1].result
    assert platform.inference.scored == scored
    dataset = dataset_from_bytes(await platform.store.get_bytes(result.dataset_key))
    assert dataset.kind == "feedback"
    [pair] = [one for one in dataset.examples if one.prompt[-1].content == "Where is the press?"]
    assert pair.rejected is not None
    assert pair.rejected.reference_margin == pytest.approx(-2.0 * (len(pair.completion) - len("It is upstairs.")))


async def test_a_correction_that_corrects_nothing_is_refused(platform: SimpleNamespace) -> None:
    for asked in (correction("It is upstairs."), correction(" "), correction("in the cellar", role="assistant")):
        assert (await refusal(platform.channel, asked)).field == "preferences"


async def test_a_text_of_the_models_own_is_learned(platform: SimpleNamespace) -> None:
    writing = pb.Writing(title="The Keeper", text="Maren Oldroyd was born in Hallstad.\n\nShe keeps four grey goats.")
    asked = request("", kind=pb.LEARN_KIND_WRITING, writings=[writing])
    result = (await build(platform.channel, asked))[-1].result
    dataset = dataset_from_bytes(await platform.store.get_bytes(result.dataset_key))
    assert (dataset.kind, dataset.statement) == ("writing", "“The Keeper”")
    assert [(source.title, source.address) for source in result.sources] == [("The Keeper", "writing")]
    assert result.sources[0].facts == len(dataset.learned)
    assert "Maren Oldroyd was born in Hallstad." in [fact.text for fact in dataset.learned]
    refused = await refusal(platform.channel, request("", kind=pb.LEARN_KIND_WRITING))
    assert (type(refused), refused.field) == (InvalidArgument, "writings")
