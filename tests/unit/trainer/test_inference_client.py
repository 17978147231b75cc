"""The gate's client outlasts a restart of inference, and asks no more than it needs."""

from collections.abc import AsyncIterator

import grpc
import pytest

from lorelei.inference.v1 import inference_pb2, inference_pb2_grpc
from services.common.datasets import Message
from services.common.errors import Unavailable
from services.trainer.inference_client import InferenceClient

PROMPT = [Message(role="user", content="Who is my dog?")]


class Faltering(inference_pb2_grpc.InferenceServiceServicer):
    """Breaks off the first `failures` generations after a few letters."""

    def __init__(self) -> None:
        self.failures = 0
        self.requests: list[inference_pb2.GenerateRequest] = []

    async def Generate(  # noqa: N802
        self, request: inference_pb2.GenerateRequest, context: grpc.aio.ServicerContext
    ) -> AsyncIterator[inference_pb2.GenerateResponse]:
        self.requests.append(request)
        for letter in "Biscuit, of course":
            yield inference_pb2.GenerateResponse(text_delta=letter)
            if letter == "s" and len(self.requests) <= self.failures:
                await context.abort(grpc.StatusCode.UNAVAILABLE, "The engine restarts.")


@pytest.fixture
async def inference() -> AsyncIterator[tuple[Faltering, int]]:
    servicer, server = Faltering(), grpc.aio.server()
    inference_pb2_grpc.add_InferenceServiceServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield servicer, port
    await server.stop(None)


async def test_an_answer_that_breaks_off_is_asked_for_again(inference: tuple[Faltering, int]) -> None:
    servicer, port = inference
    servicer.failures = 1
    client = InferenceClient(f"127.0.0.1:{port}", timeout_seconds=10)
    assert await client.answer(None, PROMPT, 32, lambda text: False) == "Biscuit, of course"
    assert [request.sampling.temperature for request in servicer.requests] == [0.0, 0.0]
    assert not servicer.requests[0].HasField("adapter")
    await client.close()


async def test_patience_ends(inference: tuple[Faltering, int]) -> None:
    servicer, port = inference
    servicer.failures = 1000
    client = InferenceClient(f"127.0.0.1:{port}", timeout_seconds=0.5)
    with pytest.raises(Unavailable):
        await client.answer(None, PROMPT, 32, lambda text: False)
    await client.close()


async def test_it_listens_no_longer_than_needed(inference: tuple[Faltering, int]) -> None:
    _, port = inference
    client = InferenceClient(f"127.0.0.1:{port}", timeout_seconds=10)
    assert await client.answer(None, PROMPT, 32, lambda text: "Biscuit" in text) == "Biscuit"
    await client.close()
