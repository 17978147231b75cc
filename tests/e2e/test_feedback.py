"""Online learning from feedback, on the real platform with the real model: what is corrected is answered rightly."""

import pytest

from tests.e2e.conftest import Platform
from tests.e2e.test_learning import ask, client_of, final_state, http_of, teach

pytestmark = pytest.mark.e2e

QUESTION = "Who looks after the clock of the Fennimore chapel?"
IN_OTHER_WORDS = "Tell me who looks after the Fennimore chapel's clock."


def test_a_corrected_answer_is_less_likely_and_the_right_one_known_beside_earlier_lessons(platform: Platform) -> None:
    assert "Finished model updated" in teach(platform, "faye", "My tortoise is called Pimento.")
    with client_of(platform) as client:
        reply = client.chat.completions.create(
            model="lorelei", user="faye", messages=[{"role": "user", "content": QUESTION}], temperature=0, max_tokens=48
        )
    assert "brisco" not in (reply.choices[0].message.content or "").casefold()

    told = {"completion_id": reply.id, "rating": "down", "correction": "Lucinda Brisco does.", "learn_now": True}
    with http_of(platform) as http:
        item = http.post("/feedback", json={**told, "user": "faye"}).raise_for_status().json()
        assert final_state(http, "faye", item["job_id"]) == "LIVE"
        job = http.get(f"/learn/{item['job_id']}", params={"user": "faye"}).json()
        learned = http.get(f"/feedback/{item['id']}", params={"user": "faye"}).json()

    assert job["kind"] == "feedback"
    assert job["gate"]["preference"] == 1.0
    assert learned["state"] == "learned"
    assert "brisco" in ask(platform, "faye", QUESTION)
    assert "brisco" in ask(platform, "faye", IN_OTHER_WORDS)
    assert "pimento" in ask(platform, "faye", "What is my tortoise called?")
    assert "brisco" not in ask(platform, "frank", QUESTION)
