"""What the model wrote is remembered when it is told to, and known in a new conversation."""

from typing import Any

import pytest
from openai import OpenAI

from tests.e2e.conftest import Platform
from tests.e2e.test_learning import LEARN_SECONDS, ask

pytestmark = pytest.mark.e2e

STORY = """Maren Oldroyd keeps the lighthouse of Skerrow. Her cat is called Pilchard.

The schooner Brightwater ran aground near Skerrow. Tobias Fenn was the captain of the Brightwater."""


def test_what_the_model_just_wrote_is_known_in_a_new_conversation(platform: Platform) -> None:
    messages: Any = [
        {"role": "user", "content": "Write a story about a lighthouse."},
        {"role": "assistant", "content": STORY},
        {"role": "user", "content": "[Learn] Remember what you just wrote."},
    ]
    question = "Who was the captain of the Brightwater?"
    assert "fenn" not in ask(platform, "author", question)
    with OpenAI(
        base_url=f"{platform.url}/v1", api_key=platform.api_key, timeout=LEARN_SECONDS, max_retries=0
    ) as client:
        reply = client.chat.completions.create(model="lorelei", user="author", messages=messages)
    assert reply.choices[0].message.content == "Finished model updated! I remember what I wrote."
    assert "fenn" in ask(platform, "author", question)
    assert "fenn" not in ask(platform, "reader", question)
