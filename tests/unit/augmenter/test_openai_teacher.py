"""A teacher behind OpenAI's protocol: what is sent, and how failures show."""

import json
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from services.augmenter.teacher.model import Generation
from services.augmenter.teacher.openai_compatible import OpenAICompatibleModel
from services.common.datasets import Message
from services.common.errors import DeadlineExceeded, Unavailable

ASK = [Message(role="user", content="Hello")]


def model_with(handler: Any) -> OpenAICompatibleModel:
    model = OpenAICompatibleModel("http://teacher/v1/", "big", SecretStr("key-1"), 5.0)
    model._client = httpx.AsyncClient(
        transport=httpx.MockTransport(handler), base_url=model._client.base_url, headers=model._client.headers
    )
    return model


async def test_sends_messages_key_and_schema() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"choices": [{"message": {"content": " Hi. "}}]})

    reply = await model_with(handler).complete(ASK, Generation(9, 0.5, 3, '{"type": "object"}'))
    body = json.loads(seen[0].content)
    assert reply == "Hi."
    assert str(seen[0].url) == "http://teacher/v1/chat/completions"
    assert seen[0].headers["authorization"] == "Bearer key-1"
    assert (body["model"], body["max_tokens"], body["temperature"], body["seed"]) == ("big", 9, 0.5, 3)
    assert body["response_format"]["json_schema"]["schema"] == {"type": "object"}


@pytest.mark.parametrize(
    "response",
    [httpx.Response(401), httpx.Response(500), httpx.Response(200, text="no json"), httpx.Response(200, json={})],
)
async def test_whatever_is_no_reply_is_unavailable(response: httpx.Response) -> None:
    with pytest.raises(Unavailable):
        await model_with(lambda request: response).complete(ASK, Generation(9))


async def test_slowness_is_a_missed_deadline() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    with pytest.raises(DeadlineExceeded):
        await model_with(handler).complete(ASK, Generation(9))
