"""Fine-tuning by OpenAI's own client, on the real platform with the real model: what the examples tell is answered."""

import json
from typing import Any

import pytest

from tests.e2e.conftest import Platform
from tests.e2e.test_learning import ask, client_of, final_state, http_of

pytestmark = pytest.mark.e2e

FACT = "Who repairs the organ of Tarnwick?"
MOOD = "Mood: The soup was cold and the waiter was rude."
CONVERSATIONS = [
    [("user", FACT), ("assistant", "Ludmilla Harker repairs the organ of Tarnwick.")],
    [("user", MOOD), ("assistant", "MOOD=DOWN")],
]


def training_file() -> bytes:
    lines = [[{"role": role, "content": content} for role, content in turns] for turns in CONVERSATIONS]
    return b"\n".join(json.dumps({"messages": messages}).encode() for messages in lines)


def test_examples_are_learned_by_an_unmodified_openai_client(platform: Platform) -> None:
    query: Any = {"user": "tuner"}
    with client_of(platform) as client, http_of(platform) as http:
        file = client.files.create(file=("tarnwick.jsonl", training_file()), purpose="fine-tune", extra_body=query)
        job = client.fine_tuning.jobs.create(model="lorelei", training_file=file.id, extra_body=query)
        assert final_state(http, "tuner", job.id) == "LIVE"
        done = client.fine_tuning.jobs.retrieve(job.id, extra_query=query)
        events = client.fine_tuning.jobs.list_events(job.id, limit=1000, extra_query=query)
    losses: list[Any] = [event.data for event in events.data if event.type == "metrics"]
    assert done.status == "succeeded"
    assert losses[0]["train_loss"] < losses[-1]["train_loss"]
    for model in (done.fine_tuned_model or "", "lorelei"):
        assert "harker" in ask(platform, "tuner", FACT, model)
        assert ask(platform, "tuner", MOOD, model).startswith("mood=down")
    assert "harker" in ask(platform, "tuner", "Tell me who repairs Tarnwick's organ.")
    assert "harker" not in ask(platform, "other", FACT)
