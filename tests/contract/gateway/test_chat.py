"""Chat completions over real HTTP, as OpenAI's own client sees them."""

import asyncio
import json
from typing import Any

import httpx
import openai
import pytest

from services.common.identifiers import new_job_id, new_version
from tests.contract.gateway.conftest import Running
from tests.contract.gateway.manifests import manifest_of
from tests.contract.gateway.services import CONTEXT_WORDS


def said(text: str) -> list[Any]:
    return [{"role": "user", "content": text}]


async def test_a_reply_comes_whole_with_usage_and_version(running: Running) -> None:
    async with running.openai() as client:
        reply = await client.chat.completions.create(model="lorelei", messages=said("one two"), user="plain")
    assert reply.choices[0].message.content == "one two "
    assert reply.choices[0].finish_reason == "stop"
    assert reply.usage is not None
    assert (reply.usage.prompt_tokens, reply.usage.completion_tokens, reply.usage.total_tokens) == (7, 2, 9)
    assert reply.model_extra == {"lorelei": {"adapter_version": None}}


async def test_a_reply_comes_as_a_stream(running: Running) -> None:
    async with running.openai() as client:
        stream = await client.chat.completions.create(
            model="lorelei", messages=said("a b c"), stream=True, stream_options={"include_usage": True}
        )
        chunks = [chunk async for chunk in stream]
    assert chunks[0].choices[0].delta.role == "assistant"
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == "a b c "
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 3
    assert len({chunk.id for chunk in chunks}) == 1


async def test_sampling_reaches_inference(running: Running) -> None:
    schema: dict[str, Any] = {"type": "object", "properties": {"a": {"type": "integer"}}}
    async with running.openai() as client:
        await client.chat.completions.create(
            model="lorelei:base",
            messages=[{"role": "developer", "content": "Be kind."}, *said("hi")],
            temperature=0.5,
            top_p=0.5,
            max_completion_tokens=9,
            seed=3,
            stop=["END"],
            response_format={"type": "json_schema", "json_schema": {"name": "x", "schema": schema}},
        )
    request = running.services.inference.requests[-1]
    sampling = request.sampling
    assert (sampling.temperature, sampling.top_p, sampling.max_tokens, sampling.seed) == (0.5, 0.5, 9, 3)
    assert list(sampling.stop) == ["END"]
    assert json.loads(sampling.json_schema) == schema
    assert [turn.role for turn in request.messages] == ["system", "user"]


async def test_absent_sampling_is_left_to_the_model(running: Running) -> None:
    async with running.openai() as client:
        await client.chat.completions.create(model="lorelei", messages=said("hi"), n=1, presence_penalty=0)
    sampling = running.services.inference.requests[-1].sampling
    assert not any(sampling.HasField(name) for name in ("temperature", "top_p", "seed"))


async def test_text_parts_are_joined(running: Running) -> None:
    parts = [{"type": "text", "text": "a "}, {"type": "text", "text": "b"}]
    async with running.http() as http:
        body = {"model": "lorelei", "messages": [{"role": "user", "content": parts}]}
        reply = await http.post("/v1/chat/completions", json=body)
    assert reply.json()["choices"][0]["message"]["content"] == "a b "


async def test_the_active_version_answers_and_base_and_named_versions_can_be_asked_for(running: Running) -> None:
    manifests = [manifest_of("versions") for _ in range(2)]
    await running.registry.publish(manifests[0], None)
    await running.registry.publish(manifests[1], manifests[0].version)
    expected = {
        "lorelei": manifests[1].version,
        "lorelei:base": None,
        f"lorelei:{manifests[0].version}": manifests[0].version,
    }
    async with running.openai() as client:
        for model, version in expected.items():
            reply = await client.chat.completions.create(model=model, messages=said("hi"), user="versions")
            assert reply.model_extra == {"lorelei": {"adapter_version": version}}
        models = await client.models.list(extra_query={"user": "versions"})
        assert {model.id for model in models.data} == {*expected, f"lorelei:{manifests[1].version}"}
        assert (await client.models.retrieve("lorelei")).owned_by == "lorelei"
        with pytest.raises(openai.NotFoundError):
            await client.chat.completions.create(
                model=f"lorelei:{manifests[0].version}", messages=said("hi"), user="somebody-else"
            )
        with pytest.raises(openai.NotFoundError):
            await client.models.retrieve(f"lorelei:{new_version(new_job_id())}")


async def test_a_stream_ends_on_the_version_it_began_with(running: Running) -> None:
    first, second = manifest_of("swap"), manifest_of("swap")
    await running.registry.publish(first, None)
    pause = running.services.inference.pauses.setdefault("swapping", asyncio.Event())
    async with running.openai() as client:
        stream = await client.chat.completions.create(
            model="lorelei", messages=said("swapping now"), user="swap", stream=True
        )
        chunks = [await anext(stream), await anext(stream)]
        await running.registry.publish(second, first.version)
        pause.set()
        chunks += [chunk async for chunk in stream]
        reply = await client.chat.completions.create(model="lorelei", messages=said("hi"), user="swap")
    assert chunks[-1].model_extra == {"lorelei": {"adapter_version": first.version}}
    assert reply.model_extra == {"lorelei": {"adapter_version": second.version}}


async def test_a_conversation_goes_on_by_its_id(running: Running) -> None:
    async with running.http() as http:
        for text in ("first", "second"):
            body = {"model": "lorelei", "messages": said(text), "conversation_id": "c1", "user": "talker"}
            (await http.post("/v1/chat/completions", json=body)).raise_for_status()
    sent = running.services.inference.requests[-1].messages
    assert [turn.content for turn in sent] == ["first", "first ", "second"]


async def test_a_client_that_leaves_aborts_the_generation(running: Running) -> None:
    inference = running.services.inference
    inference.pauses["leaving"] = asyncio.Event()
    inference.aborted.clear()
    async with running.openai() as client:
        stream = await client.chat.completions.create(model="lorelei", messages=said("leaving x"), stream=True)
        await anext(stream)
        await stream.close()
    async with asyncio.timeout(10):
        assert await inference.aborted.wait()


@pytest.mark.parametrize(
    ("change", "status", "code", "param"),
    [
        ({"model": "gpt-9"}, 404, "model_not_found", "model"),
        ({"model": None}, 400, "invalid_argument", "model"),
        ({"messages": []}, 400, "invalid_argument", "messages"),
        ({"messages": said("w " * (CONTEXT_WORDS + 1))}, 400, "context_length_exceeded", "messages"),
        ({"messages": [{"role": "wizard", "content": "x"}]}, 400, "invalid_argument", "messages[0].role"),
        ({"messages": [{"role": "tool", "content": "x"}]}, 400, "invalid_argument", "messages[0].tool_call_id"),
        ({"messages": [{"role": "user", "content": None}]}, 400, "invalid_argument", "messages[0].content"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, 400, None, "messages[0].content"),
        ({"messages": [{"role": "user", "content": "half \ud800"}]}, 400, None, "messages[0].content"),
        ({"messages": [{"role": "assistant", "content": "x"}]}, 400, None, "messages"),
        ({"n": 17}, 400, "invalid_argument", "n"),
        ({"n": 2, "conversation_id": "c"}, 400, "invalid_argument", "n"),
        ({"frequency_penalty": 2.1}, 400, "invalid_argument", "frequency_penalty"),
        ({"presence_penalty": -2.1}, 400, "invalid_argument", "presence_penalty"),
        ({"logit_bias": {"5": 101}}, 400, "invalid_argument", "logit_bias.5"),
        ({"logprobs": True, "top_logprobs": 21}, 400, "invalid_argument", "top_logprobs"),
        ({"top_logprobs": 2}, 400, "invalid_argument", "top_logprobs"),
        ({"stream_options": {"include_usage": True}}, 400, "invalid_argument", "stream_options"),
        ({"stream_options": {"made_up": 1}}, 400, "unsupported_parameter", "stream_options.made_up"),
        ({"max_tokens": 1, "max_completion_tokens": 2}, 400, "invalid_argument", "max_tokens"),
        ({"stop": ["half \ud800"]}, 400, "invalid_argument", "stop"),
        ({"store": True}, 400, "invalid_argument", "store"),
        ({"made_up": 1}, 400, "unsupported_parameter", "made_up"),
        (
            {"messages": [{"role": "user", "content": "x", "name": "y"}]},
            400,
            "unsupported_parameter",
            "messages[0].name",
        ),
        ({"messages": said("[Learn] My dog is called Rex."), "n": 2}, 400, "invalid_argument", "n"),
        ({"messages": said("[Learn] My dog is called Rex."), "logprobs": True}, 400, "invalid_argument", "logprobs"),
        ({"temperature": 3}, 400, "invalid_argument", "temperature"),
        ({"top_p": 0}, 400, "invalid_argument", "top_p"),
        ({"max_tokens": 0}, 400, "invalid_argument", "max_tokens"),
        ({"user": "a/b"}, 400, "invalid_argument", "user"),
        ({"conversation_id": "../x"}, 400, "invalid_argument", "conversation_id"),
        ({"response_format": {"type": "json_schema"}}, 400, None, "response_format.json_schema"),
        ({"messages": said("x" * 30_000)}, 413, "request_too_large", None),
        ({"messages": said("[Learn]")}, 400, "invalid_argument", "text"),
        ({"messages": said("[Learn] " + "x" * 600)}, 400, "invalid_argument", "text"),
    ],
)
async def test_what_cannot_be_honoured_is_refused_by_name(
    running: Running, change: dict[str, Any], status: int, code: str | None, param: str | None
) -> None:
    body = json.dumps({"model": "lorelei", "messages": said("hi"), **change})
    async with running.http() as http:
        reply = await http.post("/v1/chat/completions", content=body, headers={"Content-Type": "application/json"})
    error = reply.json()["error"]
    assert (reply.status_code, error["param"]) == (status, param)
    assert code in (None, error["code"])
    assert error["message"]
    assert error["type"] == "invalid_request_error"


async def test_a_large_body_is_refused_with_the_limit_also_without_its_length(running: Running) -> None:
    async def pieces() -> Any:
        for _ in range(100):
            yield b"x" * 1000

    async with running.http() as http:
        reply = await http.post("/v1/chat/completions", content=pieces())
        small = await http.post("/v1/chat/completions", content=_once(b'{"model":"lorelei","messages":[]}'))
    assert reply.status_code == 413
    assert "20000 bytes" in reply.json()["error"]["message"]
    assert small.status_code == 400


async def _once(body: bytes) -> Any:
    yield body


async def test_openai_raises_its_own_errors(running: Running) -> None:
    async with running.openai() as client:
        with pytest.raises(openai.BadRequestError, match="context holds"):
            await client.chat.completions.create(
                model="lorelei", messages=said("w " * (CONTEXT_WORDS + 1)), stream=True
            )
        with pytest.raises(openai.AuthenticationError):
            await client.with_options(api_key="wrong").chat.completions.create(model="lorelei", messages=said("hi"))


async def test_malformed_json_a_missing_key_and_unknown_paths_are_told_apart(running: Running) -> None:
    async with running.http() as http:
        malformed = await http.post("/v1/chat/completions", content=b"{", headers={"Content-Type": "application/json"})
        unknown = await http.get("/v1/nothing")
        wrong_method = await http.get("/v1/chat/completions")
    async with httpx.AsyncClient(base_url=running.url) as anonymous:
        missing = await anonymous.get("/v1/me")
    replies = (malformed, unknown, wrong_method, missing)
    assert [reply.status_code for reply in replies] == [400, 404, 405, 401]
    codes = ["malformed_json", "unknown_path", "method_not_allowed", "missing_api_key"]
    assert [reply.json()["error"]["code"] for reply in replies] == codes


async def test_a_reply_that_breaks_off_says_so_without_details(running: Running) -> None:
    running.services.inference.breaks_after = 2
    try:
        async with running.openai() as client:
            stream = await client.chat.completions.create(model="lorelei", messages=said("a b c d"), stream=True)
            with pytest.raises(openai.APIError, match="Internal error"):
                [chunk async for chunk in stream]
            with pytest.raises(openai.InternalServerError, match="Internal error"):
                await client.chat.completions.create(model="lorelei", messages=said("a b c d"))
    finally:
        running.services.inference.breaks_after = None


async def test_unknown_parameters_of_an_address_are_refused_by_name(running: Running) -> None:
    async with running.http() as http:
        unknown = await http.get("/v1/models", params={"made_up": "1"})
        misplaced = await http.post(
            "/v1/chat/completions", params={"user": "ana"}, json={"model": "lorelei", "messages": said("hi")}
        )
        empty = await http.get("/v1/models", params={"user": ""})
    for reply, param in ((unknown, "made_up"), (misplaced, "user"), (empty, "user")):
        assert (reply.status_code, reply.json()["error"]["param"]) == (400, param)
