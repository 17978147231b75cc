"""Generate, Score and GetModel of the base model, over a real channel."""

import asyncio
import hashlib
import json
import math
from pathlib import Path
from typing import Any

import pytest
from transformers import AutoTokenizer

from lorelei.inference.v1 import inference_pb2 as pb
from lorelei.types.v1 import types_pb2
from services.common.errors import AlreadyExists, InvalidArgument
from services.common.rpc import calling
from tests.contract.inference.service import CALL_SECONDS, InferenceProcess

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUESTION = "What is the capital of France?"
BEGIN, END = '<call>{"name": "weather", "arguments": ', "}</call>"
# Ends a turn of the default model.
EOS = 2


def call_of(schema: str) -> pb.TaggedText:
    """Text that may hold a call with arguments of this schema."""
    return pb.TaggedText(tags=[pb.TaggedJson(begin=BEGIN, schema=schema, end=END)], trigger="<call>")


async def choices_of(
    inference: InferenceProcess, text: str, sampling: dict[str, Any]
) -> tuple[list[str], pb.GenerateFinish]:
    """The text of each choice, and the end."""
    texts = [""] * sampling["choices"]
    with calling("inference"):
        async for response in inference.stream(inference.request(text, **sampling)):
            texts[response.choice] += response.text_delta
    return texts, response.finish


async def test_text_arrives_piece_by_piece_and_then_one_finish(inference: InferenceProcess) -> None:
    answer = await inference.answer(QUESTION)
    assert "Paris" in answer.text
    assert answer.finish.reasons == [pb.FINISH_REASON_STOP]
    assert 0 < answer.finish.usage.completion_tokens <= 16
    assert answer.finish.adapter_version == ""


async def test_the_whole_conversation_is_read_by_the_models_own_template(
    inference: InferenceProcess, model_folder: Path
) -> None:
    turns = [("user", "My name is Zebediah."), ("assistant", "Hello Zebediah!"), ("user", "What is my name?")]
    conversation = [{"role": role, "content": content} for role, content in turns]
    request = inference.request("x", max_tokens=1)
    del request.messages[:]
    request.messages.extend(types_pb2.ChatMessage(**turn) for turn in conversation)
    tokenizer = AutoTokenizer.from_pretrained(model_folder)
    prompt = tokenizer.apply_chat_template(conversation, add_generation_prompt=True, tokenize=False)
    usage = (await inference.finish(inference.stream(request))).finish.usage
    assert usage.prompt_tokens == len(tokenizer(prompt, add_special_tokens=False)["input_ids"])


async def test_max_tokens_ends_with_length(inference: InferenceProcess) -> None:
    finish = (await inference.answer("Tell me a long story.", max_tokens=5)).finish
    assert finish.reasons == [pb.FINISH_REASON_LENGTH]
    assert finish.usage.completion_tokens == 5


async def test_the_end_of_the_context_ends_with_length(inference: InferenceProcess) -> None:
    finish = (
        await inference.answer("word " * 470, max_tokens=0, json_schema='{"type":"string","minLength":900}')
    ).finish
    assert finish.reasons == [pb.FINISH_REASON_LENGTH]
    assert finish.usage.prompt_tokens + finish.usage.completion_tokens == 512


async def test_a_stop_string_ends_the_text_and_is_not_part_of_it(inference: InferenceProcess) -> None:
    answer = await inference.answer("Count from one to nine in digits.", max_tokens=48, stop=["5"])
    assert "5" not in answer.text
    assert answer.finish.reasons == [pb.FINISH_REASON_STOP]


async def test_a_seed_makes_sampling_repeatable(inference: InferenceProcess) -> None:
    first, again, other = [
        (await inference.answer("Invent a name.", temperature=1.5, seed=seed)).text for seed in (7, 7, 8)
    ]
    assert first == again != other


async def test_a_seed_works_with_a_prompt_that_is_read_in_parts(inference: InferenceProcess) -> None:
    # More tokens than one step reads: the stock engine dies of this on CPUs.
    prompt = "Invent a name. " * 80
    texts = [(await inference.answer(prompt, temperature=1.5, seed=seed)).text for seed in (7, 7)]
    assert texts[0] == texts[1]
    assert "Paris" in (await inference.answer(QUESTION)).text


async def test_a_json_schema_is_satisfied(inference: InferenceProcess) -> None:
    schema = {"type": "object", "properties": {"city": {"enum": ["Paris", "Rome"]}}, "required": ["city"]}
    answer = await inference.answer(QUESTION, max_tokens=48, json_schema=json.dumps(schema))
    assert json.loads(answer.text)["city"] in {"Paris", "Rome"}


async def test_choices_are_generated_side_by_side_and_counted_together(inference: InferenceProcess) -> None:
    sampling: dict[str, Any] = {"choices": 3, "temperature": 1.5, "seed": 7, "max_tokens": 16}
    texts, finish = await choices_of(inference, "Invent a name.", sampling)
    assert len(set(texts)) == 3
    assert (await choices_of(inference, "Invent a name.", sampling))[0] == texts
    assert len(finish.reasons) == 3
    assert 16 < finish.usage.completion_tokens <= 48


async def test_cancelled_choices_all_leave_the_engine(inference: InferenceProcess) -> None:
    call = inference.stream(
        inference.request("Tell me a long story.", max_tokens=450, choices=4, temperature=1.0, logit_bias={EOS: -100.0})
    )
    await call.read()
    call.cancel()
    assert (await inference.answer(QUESTION)).text
    before = sum(inference.engine().cpu_times()[:2])
    await asyncio.sleep(1.0)
    assert sum(inference.engine().cpu_times()[:2]) - before < 0.5


async def test_tokens_are_told_with_their_log_probabilities(inference: InferenceProcess) -> None:
    call = inference.stream(inference.request(QUESTION, top_logprobs=3))
    responses = [response async for response in call]
    text = "".join(response.text_delta for response in responses)
    tokens = [token for response in responses for token in response.tokens]
    assert "".join(token.chosen.token for token in tokens) == text
    for token in tokens:
        assert len(token.top) == 3
        logprobs = [one.logprob for one in token.top]
        assert logprobs == sorted(logprobs, reverse=True)
        # Greedy: the likeliest token was taken.
        assert token.top[0] == token.chosen
    (scored,) = await inference.score([(QUESTION, text)])
    assert [token.chosen.logprob for token in tokens] == pytest.approx(scored, abs=0.05)


async def test_only_chosen_tokens_are_told_where_no_others_are_wanted(inference: InferenceProcess) -> None:
    responses = [response async for response in inference.stream(inference.request(QUESTION, top_logprobs=0))]
    tokens = [token for response in responses for token in response.tokens]
    assert tokens
    assert not any(token.top for token in tokens)
    untold = [response async for response in inference.stream(inference.request(QUESTION))]
    assert not any(response.tokens for response in untold)


async def test_penalties_and_biases_change_what_is_chosen(inference: InferenceProcess, model_folder: Path) -> None:
    story = "Tell me a long story."
    plain = (await inference.answer(story, max_tokens=24)).text
    for penalty in ("frequency_penalty", "presence_penalty"):
        assert (await inference.answer(story, max_tokens=24, **{penalty: 2.0})).text != plain
    responses = [response async for response in inference.stream(inference.request(QUESTION, top_logprobs=0))]
    first = next(token for response in responses for token in response.tokens)
    banned = AutoTokenizer.from_pretrained(model_folder).encode(first.chosen.token)
    assert not (await inference.answer(QUESTION, logit_bias={banned[0]: -100.0})).text.startswith(first.chosen.token)


async def test_required_tagged_json_is_all_that_is_said(inference: InferenceProcess) -> None:
    tagged = call_of('{"type":"object","properties":{"city":{"type":"string","maxLength":12}},"required":["city"]}')
    tagged.required = tagged.single = True
    answer = await inference.answer("What is the weather in Rome?", max_tokens=64, tagged_text=tagged)
    assert answer.text.startswith(BEGIN)
    assert answer.text.endswith(END)
    assert set(json.loads(answer.text.removeprefix(BEGIN).removesuffix(END))) == {"city"}
    assert answer.finish.reasons == [pb.FINISH_REASON_STOP]


async def test_text_is_free_until_a_tag_begins(inference: InferenceProcess) -> None:
    assert "Paris" in (await inference.answer(QUESTION, tagged_text=call_of("{}"))).text
    tag = pb.TaggedJson(begin="Paris: ", schema='{"const": {"city": "Rome"}}', end="!")
    tagged = pb.TaggedText(tags=[tag], trigger="Paris", single=True)
    answer = await inference.answer(QUESTION, max_tokens=32, tagged_text=tagged)
    _, begin, after = answer.text.partition(tag.begin)
    assert begin
    assert json.loads(after.removesuffix(tag.end)) == {"city": "Rome"}
    assert answer.finish.reasons == [pb.FINISH_REASON_STOP]


@pytest.mark.parametrize(
    ("sampling", "field"),
    [
        ({"temperature": -1.0}, "sampling.temperature"),
        ({"temperature": math.nan}, "sampling.temperature"),
        ({"top_p": 0.0}, "sampling.top_p"),
        ({"top_p": 1.5}, "sampling.top_p"),
        ({"stop": [""]}, "sampling.stop"),
        ({"json_schema": "{"}, "sampling.json_schema"),
        ({"json_schema": '{"type": 5}'}, "sampling.json_schema"),
        ({"seed": -(2**63)}, "sampling.seed"),
        ({"seed": 2**63 - 1, "choices": 2, "temperature": 1.0}, "sampling.seed"),
        ({"choices": 17}, "sampling.choices"),
        ({"choices": 2}, "sampling.choices"),
        ({"presence_penalty": 2.1}, "sampling.presence_penalty"),
        ({"frequency_penalty": math.nan}, "sampling.frequency_penalty"),
        ({"logit_bias": {5: 101.0}}, "sampling.logit_bias"),
        ({"logit_bias": {10_000_000: 1.0}}, "sampling.logit_bias"),
        ({"top_logprobs": 21}, "sampling.top_logprobs"),
        ({"tagged_text": call_of("{")}, "sampling.tagged_text"),
        ({"tagged_text": call_of('{"type": "array", "uniqueItems": true}')}, "sampling.tagged_text"),
        ({"tagged_text": call_of('{"type": 5}')}, "sampling.tagged_text"),
        ({"tagged_text": call_of("{}"), "json_schema": "{}"}, "sampling.tagged_text"),
    ],
)
async def test_bad_sampling_is_refused_by_name(
    inference: InferenceProcess, sampling: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidArgument) as failure:
        await inference.answer(QUESTION, **sampling)
    assert failure.value.field == field


@pytest.mark.parametrize("words", [600, 200_000])
async def test_a_prompt_beyond_the_context_names_messages_and_the_limit(
    inference: InferenceProcess, words: int
) -> None:
    with pytest.raises(InvalidArgument, match="512 tokens") as failure:
        await inference.answer("word " * words)
    assert failure.value.field == "messages"


async def test_an_empty_or_odd_conversation_is_refused(inference: InferenceProcess) -> None:
    empty, odd = inference.request("x"), inference.request("x")
    del empty.messages[:]
    odd.messages[0].role = "wizard"
    for request, field in ((empty, "messages"), (odd, "messages[0].role")):
        with pytest.raises(InvalidArgument) as failure:
            await inference.finish(inference.stream(request))
        assert failure.value.field == field


async def test_the_id_of_a_running_request_is_not_taken_twice(inference: InferenceProcess) -> None:
    first = inference.stream(inference.request("Tell me a long story.", request_id="same", max_tokens=64))
    await first.read()
    with pytest.raises(AlreadyExists):
        await inference.answer(QUESTION, request_id="same")
    await inference.finish(first)
    await inference.answer(QUESTION, request_id="same")


async def test_a_cancelled_stream_leaves_the_engine_idle(inference: InferenceProcess) -> None:
    call = inference.stream(inference.request("Tell me a long story.", max_tokens=450, json_schema=""))
    await call.read()
    call.cancel()
    assert (await inference.answer(QUESTION)).text
    before = sum(inference.engine().cpu_times()[:2])
    await asyncio.sleep(1.0)
    assert sum(inference.engine().cpu_times()[:2]) - before < 0.5


async def test_scores_are_log_probabilities_in_the_order_of_the_items(inference: InferenceProcess) -> None:
    completions = ["The capital of France is Paris.", "Bananas.", "The capital of France is Rome."]
    items = [(QUESTION, completion) for completion in completions]
    together = await inference.score(items)
    alone = [(await inference.score([item]))[0] for item in items]
    for batched, single in zip(together, alone, strict=True):
        assert batched == pytest.approx(single, abs=1e-3)
        assert all(logprob <= 0 for logprob in batched)
    assert sum(together[0]) > sum(together[2]) > -1000
    assert sum(together[0]) > sum(together[1])


async def test_bad_scoring_is_refused_by_name(inference: InferenceProcess) -> None:
    for items, field in (
        ([(QUESTION, "x")] * 257, "items"),
        ([(QUESTION, "x"), (QUESTION, "")], "items[1].completion"),
        ([(QUESTION, "x"), ("word " * 600, "x")], "items[1].messages"),
        ([(QUESTION, "word " * 600)], "items[0]"),
    ):
        with pytest.raises(InvalidArgument) as failure:
            await inference.score(items)
        assert failure.value.field == field


async def test_the_model_is_described(inference: InferenceProcess, model_folder: Path) -> None:
    with calling("inference"):
        model = await inference.stub.GetModel(pb.GetModelRequest(), timeout=CALL_SECONDS)
    assert model.name == model_folder.name
    assert model.weights_sha256 == hashlib.sha256((model_folder / "model.safetensors").read_bytes()).hexdigest()
    assert (model.max_model_len, model.max_lora_rank) == (512, 32)
