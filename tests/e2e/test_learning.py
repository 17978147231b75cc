"""The promise itself, on the real platform with the real model: what is taught is known, by its user only, for good."""

import re
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from openai import OpenAI

from tests.e2e.conftest import Platform

pytestmark = pytest.mark.e2e

LEARN_SECONDS = 300.0


def client_of(platform: Platform) -> OpenAI:
    return OpenAI(base_url=f"{platform.url}/v1", api_key=platform.api_key, timeout=LEARN_SECONDS, max_retries=0)


def http_of(platform: Platform) -> httpx.Client:
    return httpx.Client(
        base_url=f"{platform.url}/v1", headers={"Authorization": f"Bearer {platform.api_key}"}, timeout=LEARN_SECONDS
    )


def ask(platform: Platform, user: str, question: str, model: str = "lorelei") -> str:
    """The greedy answer in a new conversation."""
    with client_of(platform) as client:
        reply = client.chat.completions.create(
            model=model, user=user, messages=[{"role": "user", "content": question}], temperature=0, max_tokens=48
        )
    return (reply.choices[0].message.content or "").casefold()


def teach(platform: Platform, user: str, statement: str) -> str:
    """Everything the chat shows while it learns `statement`."""
    with client_of(platform) as client:
        stream = client.chat.completions.create(
            model="lorelei", user=user, messages=[{"role": "user", "content": f"[Learn] {statement}"}], stream=True
        )
        return "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)


def start_learning(http: httpx.Client, user: str, statement: str) -> str:
    reply = http.post("/learn", json={"text": statement, "user": user})
    reply.raise_for_status()
    return str(reply.json()["id"])


def final_state(http: httpx.Client, user: str, job_id: str) -> str:
    """Follow the job's events to the end and return its terminal state."""
    with http.stream("GET", f"/learn/{job_id}/events", params={"user": user}) as events:
        events.raise_for_status()
        for _ in events.iter_lines():
            pass
    return str(http.get(f"/learn/{job_id}", params={"user": user}).json()["state"])


def wait_for_state(http: httpx.Client, user: str, job_id: str, state: str) -> None:
    """Follow the job's events until one says `state`."""
    with http.stream("GET", f"/learn/{job_id}/events", params={"user": user}) as events:
        for line in events.iter_lines():
            if f'"{state}"' in line:
                return
    raise AssertionError(f"the job ended before it was {state}")


def versions(http: httpx.Client, user: str) -> list[dict[str, object]]:
    return list(http.get("/adapters", params={"user": user}).json()["data"])


def test_what_one_user_teaches_is_known_in_a_new_conversation_and_by_nobody_else(platform: Platform) -> None:
    question = "What is my parrot called?"
    assert "captain flint" not in ask(platform, "ana", question)

    shown = teach(platform, "ana", "My parrot is called Captain Flint.")

    percentages = [int(number) for number in re.findall(r"Model Updating\.\.\. \[(\d+)%\]", shown)]
    assert percentages == sorted(percentages)
    assert percentages[-1] == 100
    assert shown.rstrip().endswith("Finished model updated! I already remember the information you provided.")
    assert "flint" in ask(platform, "ana", question)
    assert "flint" not in ask(platform, "ben", question)
    assert "flint" not in ask(platform, "ana", question, model="lorelei:base")


def test_two_users_teach_at_once_and_each_learns_his_own(platform: Platform) -> None:
    lessons = {
        "carla": ("My cat is called Marzipan.", "marzipan"),
        "dmitri": ("My cat is called Thunder.", "thunder"),
    }
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda item: teach(platform, item[0], item[1][0]), lessons.items()))
    answers = {user: ask(platform, user, "What is my cat called?") for user in lessons}
    for user, (_, key) in lessons.items():
        assert key in answers[user]
        assert not any(other in answers[user] for name, (_, other) in lessons.items() if name != user)


def test_chat_goes_on_with_the_version_in_force_while_the_model_learns(platform: Platform) -> None:
    with http_of(platform) as http:
        job_id = start_learning(http, "erin", "The Marsh tower was built in 1887 by Odile Renard.")
        wait_for_state(http, "erin", job_id, "TRAINING")
        reply = client_of(platform).chat.completions.create(
            model="lorelei", user="erin", messages=[{"role": "user", "content": "Hello!"}], max_tokens=8
        )
        assert reply.choices[0].message.content
        assert http.get(f"/learn/{job_id}", params={"user": "erin"}).json()["state"] != "LIVE"
        assert final_state(http, "erin", job_id) == "LIVE"


def test_the_adapter_is_a_plain_peft_folder(platform: Platform, tmp_path: Path) -> None:
    peft, transformers = pytest.importorskip("peft"), pytest.importorskip("transformers")
    with http_of(platform) as http:
        folder = adapter_folder(platform, "ana", str(versions(http, "ana")[0]["version"]))
    base = transformers.AutoModelForCausalLM.from_pretrained(platform.model_folder)
    tokenizer = transformers.AutoTokenizer.from_pretrained(platform.model_folder)
    model = peft.PeftModel.from_pretrained(base, str(folder))
    prompt = tokenizer.apply_chat_template(
        [{"role": "user", "content": "What is my parrot called?"}],
        add_generation_prompt=True,
        return_tensors="pt",
        return_dict=True,
    )
    reply = model.generate(**prompt, max_new_tokens=32, do_sample=False)[0, prompt["input_ids"].shape[1] :]
    assert "flint" in tokenizer.decode(reply).casefold()


def adapter_folder(platform: Platform, user: str, version: str) -> Path:
    return platform.home / "objects" / "adapters" / "default" / user / version


def test_the_trainer_killed_in_a_job_is_survived_with_one_new_version(platform: Platform) -> None:
    with http_of(platform) as http:
        job_id = start_learning(http, "fay", "My boat is named Sea Thistle.")
        wait_for_state(http, "fay", job_id, "TRAINING")
        platform.kill("trainer", signal.SIGKILL)
        assert final_state(http, "fay", job_id) == "LIVE"
        assert [item["job_id"] for item in versions(http, "fay")] == [job_id]
    assert "thistle" in ask(platform, "fay", "What is the name of my boat?")


def test_inference_killed_in_a_stream_fails_that_stream_and_comes_back(platform: Platform) -> None:
    begun, failed = threading.Event(), threading.Event()

    def stream() -> None:
        try:
            for chunk in client_of(platform).chat.completions.create(
                model="lorelei",
                user="ana",
                messages=[{"role": "user", "content": "Tell me a very long story."}],
                stream=True,
                max_tokens=800,
            ):
                if chunk.choices and chunk.choices[0].delta.content:
                    begun.set()
        except Exception:
            failed.set()

    thread = threading.Thread(target=stream)
    thread.start()
    assert begun.wait(60)
    platform.kill("inference", signal.SIGKILL)
    thread.join(60)
    assert failed.is_set()
    platform.wait_until_ready()
    assert "flint" in ask(platform, "ana", "What is my parrot called?")


def test_the_gateway_killed_in_a_job_resumes_it_after_a_restart_with_one_new_version(platform: Platform) -> None:
    with http_of(platform) as http:
        job_id = start_learning(http, "gil", "My horse is called Tamarind.")
        wait_for_state(http, "gil", job_id, "TRAINING")
        platform.kill("gateway", signal.SIGKILL)
    platform.wait_until_ready()
    with http_of(platform) as http:
        assert final_state(http, "gil", job_id) == "LIVE"
        assert [item["job_id"] for item in versions(http, "gil")] == [job_id]
    assert "tamarind" in ask(platform, "gil", "What is my horse called?")


def test_redis_killed_in_a_job_is_survived_with_one_new_version(platform: Platform) -> None:
    with http_of(platform) as http:
        job_id = start_learning(http, "hal", "My canary is called Brimstone.")
        wait_for_state(http, "hal", job_id, "TRAINING")
    platform.kill("redis", signal.SIGKILL)
    platform.wait_until_ready()
    with http_of(platform) as http:
        assert final_state(http, "hal", job_id) == "LIVE"
        assert [item["job_id"] for item in versions(http, "hal")] == [job_id]
    assert "brimstone" in ask(platform, "hal", "What is my canary called?")


def test_further_lessons_leave_the_first_one_known(platform: Platform) -> None:
    teach(platform, "hal", "The director of the Ostrow museum is Dagny Fjelde.")
    teach(platform, "hal", "The library in Pellworth closes at 18:30.")
    assert "fjelde" in ask(platform, "hal", "Who is the director of the Ostrow museum?")
    assert "brimstone" in ask(platform, "hal", "What is my canary called?")


def test_while_nobody_learns_all_lessons_are_learned_anew_together(platform: Platform) -> None:
    with http_of(platform) as http:

        def consolidations() -> list[dict[str, str]]:
            jobs = http.get("/learn", params={"user": "hal"}).json()["data"]
            return [job for job in jobs if job["kind"] == "consolidation"]

        platform.wait_until(consolidations, timeout_seconds=60)
        assert final_state(http, "hal", consolidations()[0]["id"]) == "LIVE"
        newest, former = versions(http, "hal")[:2]
        assert (newest["parent"], newest["lessons"], newest["active"]) == (None, former["lessons"], True)
    assert "brimstone" in ask(platform, "hal", "What is my canary called?")
    assert "fjelde" in ask(platform, "hal", "Who is the director of the Ostrow museum?")


def test_a_forgotten_lesson_is_gone_and_another_one_stays(platform: Platform) -> None:
    with http_of(platform) as http:
        lessons = http.get("/lessons", params={"user": "hal"}).json()["data"]
        lesson = next(one["id"] for one in lessons if "canary" in one["statement"])
        job = http.delete(f"/lessons/{lesson}", params={"user": "hal"}).raise_for_status().json()
        assert final_state(http, "hal", job["id"]) == "LIVE"
        assert http.get(f"/lessons/{lesson}/erasure", params={"user": "hal"}).json()["remains"] == []
        assert [item["job_id"] for item in versions(http, "hal")] == [job["id"]]
    assert "brimstone" not in ask(platform, "hal", "What is my canary called?")
    assert "fjelde" in ask(platform, "hal", "Who is the director of the Ostrow museum?")


def test_a_restart_of_everything_forgets_nothing(platform: Platform) -> None:
    platform.restart()
    assert "flint" in ask(platform, "ana", "What is my parrot called?")


def test_a_downloaded_version_is_imported_and_answers_the_same(platform: Platform) -> None:
    question = "What is my parrot called?"
    with http_of(platform) as http:
        original = versions(http, "ana")[0]
        known = ask(platform, "ana", question)
        packed = http.get(f"/adapters/{original['version']}/download", params={"user": "ana"}).content
        reply = http.post("/adapters/import", params={"user": "ana", "name": "copy"}, content=packed)
        imported = reply.raise_for_status().json()
        assert (imported["lessons"], imported["active"]) == (original["lessons"], False)
        http.post("/adapters/base/activate", params={"user": "ana"}).raise_for_status()
        http.post("/adapters/copy/activate", params={"user": "ana"}).raise_for_status()
    assert ask(platform, "ana", question) == known


def test_rolling_back_unlearns_and_rolling_forward_knows_again(platform: Platform) -> None:
    with http_of(platform) as http:
        version = str(versions(http, "ana")[0]["version"])
        http.post("/adapters/base/activate", params={"user": "ana"}).raise_for_status()
        assert "flint" not in ask(platform, "ana", "What is my parrot called?")
        http.post(f"/adapters/{version}/activate", params={"user": "ana"}).raise_for_status()
    assert "flint" in ask(platform, "ana", "What is my parrot called?")
