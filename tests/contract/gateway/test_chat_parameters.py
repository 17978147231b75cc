"""Parameters of chat completions, as OpenAI's own client sends them and sees their effect."""

import json
from typing import Any

import openai
import pytest

from tests.contract.gateway.conftest import Running
from tests.contract.gateway.test_chat import said

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Tells the weather.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
CLOCK = {"type": "function", "function": {"name": "get_time"}}
ROME, OSLO = '{"city": "Rome"}', '{"city": "Oslo"}'


def call(arguments: str) -> str:
    return f'<tool_call>\n{{"name": "get_weather", "arguments": {arguments}}}\n</tool_call>'


async def ask(running: Running, text: str, **parameters: Any) -> Any:
    async with running.openai() as client:
        return await client.chat.completions.create(model="lorelei", messages=said(text), **parameters)


async def chunks_of(running: Running, text: str, **parameters: Any) -> list[Any]:
    async with running.openai() as client:
        stream = await client.chat.completions.create(model="lorelei", messages=said(text), stream=True, **parameters)
        return [chunk async for chunk in stream]


async def test_several_replies_come_whole(running: Running) -> None:
    reply = await ask(running, "one two", n=3, temperature=1)
    assert [(choice.index, choice.message.content) for choice in reply.choices] == [(i, "one two ") for i in range(3)]
    assert reply.usage.completion_tokens == 6


async def test_several_replies_come_as_a_stream(running: Running) -> None:
    chunks = [chunk.choices[0] for chunk in await chunks_of(running, "a b", n=2)]
    for index in range(2):
        own = [choice for choice in chunks if choice.index == index]
        assert own[0].delta.role == "assistant"
        assert "".join(choice.delta.content or "" for choice in own) == "a b "
        assert [choice.finish_reason for choice in own if choice.finish_reason] == ["stop"]


async def test_feedback_by_the_id_is_about_the_first_of_several_replies(running: Running) -> None:
    reply = await ask(running, "rate me", n=2, user="rater")
    async with running.http() as http:
        given = await http.post("/v1/feedback", json={"completion_id": reply.id, "rating": "down", "user": "rater"})
    assert (given.status_code, given.json()["answer"]) == (201, "rate me ")


async def test_tokens_come_with_their_log_probabilities(running: Running) -> None:
    reply = await ask(running, "one zwölf", logprobs=True, top_logprobs=2)
    told = reply.choices[0].logprobs.content
    assert [(one.token, one.logprob, len(one.top_logprobs)) for one in told] == [("one ", -0.5, 2), ("zwölf ", -0.5, 2)]
    assert bytes(told[1].bytes).decode() == "zwölf "
    chunks = await chunks_of(running, "a b", logprobs=True)
    streamed = [chunk.choices[0].logprobs for chunk in chunks if chunk.choices[0].logprobs]
    assert [one.token for logprobs in streamed for one in logprobs.content] == ["a ", "b "]
    assert (await ask(running, "a")).choices[0].logprobs is None


async def test_penalties_and_biases_reach_inference(running: Running) -> None:
    await ask(running, "hi", presence_penalty=0.5, frequency_penalty=-2, logit_bias={"7": -100}, n=2)
    sampling = running.services.inference.requests[-1].sampling
    assert (sampling.presence_penalty, sampling.frequency_penalty, sampling.choices) == (0.5, -2, 2)
    assert dict(sampling.logit_bias) == {7: -100}
    assert not sampling.HasField("top_logprobs")


async def test_functions_are_told_to_the_model_and_their_form_to_the_engine(running: Running) -> None:
    await ask(running, "Rome?", tools=[WEATHER, CLOCK])
    request = running.services.inference.requests[-1]
    assert [turn.role for turn in request.messages] == ["system", "user"]
    assert '"get_weather"' in request.messages[0].content
    text = request.sampling.tagged_text
    assert (len(text.tags), text.required, text.single) == (2, False, False)
    assert json.loads(text.tags[0].schema)["required"] == ["city"]
    assert json.loads(text.tags[1].schema) == {"type": "object", "properties": {}, "additionalProperties": False}
    assert all(tag.begin.startswith(text.trigger) for tag in text.tags)


@pytest.mark.parametrize(
    ("choice", "parallel", "names", "required", "single"),
    [
        ("auto", True, 2, False, False),
        ("auto", False, 2, False, True),
        ("required", True, 2, True, True),
        ({"type": "function", "function": {"name": "get_time"}}, True, 1, True, True),
    ],
)
async def test_what_may_and_must_be_called_reaches_the_engine(
    running: Running, choice: Any, parallel: bool, names: int, required: bool, single: bool
) -> None:
    await ask(running, "Rome?", tools=[WEATHER, CLOCK], tool_choice=choice, parallel_tool_calls=parallel)
    text = running.services.inference.requests[-1].sampling.tagged_text
    assert (len(text.tags), text.required, text.single) == (names, required, single)


async def test_functions_that_must_not_be_called_are_not_told(running: Running) -> None:
    await ask(running, "Rome?", tools=[WEATHER], tool_choice="none")
    request = running.services.inference.requests[-1]
    assert len(request.messages) == 1
    assert not request.sampling.HasField("tagged_text")


async def test_calls_are_told_from_text(running: Running) -> None:
    # Cut everywhere, as tokens may be.
    running.services.inference.replies["weather?"] = [*f"Let me <look>.\n{call(ROME)}\n{call(OSLO)}"]
    reply = await ask(running, "weather?", tools=[WEATHER])
    (choice,) = reply.choices
    assert choice.finish_reason == "tool_calls"
    assert choice.message.content == "Let me <look>.\n"
    assert [one.function.arguments for one in choice.message.tool_calls] == [ROME, OSLO]
    assert {one.function.name for one in choice.message.tool_calls} == {"get_weather"}
    assert len({one.id for one in choice.message.tool_calls}) == 2


async def test_calls_are_streamed(running: Running) -> None:
    running.services.inference.replies["stream weather?"] = [*call(ROME)]
    chunks = [chunk.choices[0] for chunk in await chunks_of(running, "stream weather?", tools=[WEATHER])]
    deltas = [one for choice in chunks for one in choice.delta.tool_calls or ()]
    assert deltas[0].id
    assert (deltas[0].index, deltas[0].function.name) == (0, "get_weather")
    assert "".join(delta.function.arguments for delta in deltas) == ROME
    assert not any(choice.delta.content for choice in chunks)
    assert chunks[-1].finish_reason == "tool_calls"


async def test_text_beside_offered_functions_is_an_ordinary_reply(running: Running) -> None:
    running.services.inference.replies["plain?"] = ["It is ", "<", "3 degrees <tool"]
    reply = await ask(running, "plain?", tools=[WEATHER])
    assert reply.choices[0].message.content == "It is <3 degrees <tool"
    assert reply.choices[0].message.tool_calls is None
    assert reply.choices[0].finish_reason == "stop"


async def test_results_of_calls_go_back_to_the_model(running: Running) -> None:
    running.services.inference.replies["both?"] = [call(ROME), call(OSLO)]
    async with running.openai() as client:
        messages: list[Any] = said("both?")
        reply = await client.chat.completions.create(model="lorelei", messages=messages, tools=[WEATHER])
        message = reply.choices[0].message
        messages.append(message)
        for one, result in zip(message.tool_calls or (), ("22 degrees", "3 degrees"), strict=True):
            messages.append({"role": "tool", "tool_call_id": one.id, "content": result})
        await client.chat.completions.create(model="lorelei", messages=messages, tools=[WEATHER])
    turns = running.services.inference.requests[-1].messages
    assert [turn.role for turn in turns] == ["system", "user", "assistant", "user"]
    assert turns[2].content == f"{call(ROME)}\n{call(OSLO)}"
    assert turns[3].content.count('"name": "get_weather"') == 2
    assert turns[3].content.index("22 degrees") < turns[3].content.index("3 degrees")


async def test_a_lesson_is_learned_also_where_functions_are_offered(running: Running) -> None:
    reply = await ask(running, "[Learn] My cat is called Ada.", tools=[WEATHER], user="offering", seed=3)
    assert reply.model_extra["lorelei"]["learn"]["state"] == "LIVE"


@pytest.mark.parametrize(
    ("parameters", "param"),
    [
        ({"tools": [WEATHER, WEATHER]}, "tools[1].function.name"),
        ({"tools": [{"type": "function", "function": {"name": "a b"}}]}, "tools[0].function.name"),
        ({"tools": [{"type": "web_search"}]}, "tools[0].type"),
        (
            {"tools": [{"type": "function", "function": {"name": "a", "parameters": {"type": "string"}}}]},
            "tools[0].function.parameters.type",
        ),
        ({"tools": [WEATHER], "tool_choice": {"type": "function", "function": {"name": "other"}}}, "tool_choice"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"tools": [WEATHER], "logprobs": True}, "logprobs"),
        ({"tools": [WEATHER], "response_format": {"type": "json_object"}}, "response_format"),
        ({"tools": [WEATHER], "extra_body": {"conversation_id": "c"}}, "conversation_id"),
        ({"functions": [{"name": "a"}]}, "functions"),
        ({"response_format": {"type": "json_object", "made_up": 1}}, "response_format.made_up"),
    ],
)
async def test_what_does_not_fit_is_refused_by_name(running: Running, parameters: dict[str, Any], param: str) -> None:
    with pytest.raises(openai.BadRequestError) as refusal:
        await ask(running, "hi", **parameters)
    assert refusal.value.param == param


async def test_a_lesson_cannot_be_a_function_call(running: Running) -> None:
    with pytest.raises(openai.BadRequestError) as refusal:
        await ask(running, "[Learn] My cat is called Ada.", tools=[WEATHER], tool_choice="required")
    assert refusal.value.param == "tool_choice"
