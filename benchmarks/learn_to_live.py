"""Measures how long a lesson takes from `[Learn] …` to the first token of a right answer in a new conversation.

Needs a running platform (`make up`). A second user's chat streams all the while; its longest pause between tokens
is reported too. Speaks only the public API, through the `openai` client.

    python benchmarks/learn_to_live.py --write docs/benchmarks/learn-to-live.md
"""

import argparse
import os
import secrets
import statistics
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from openai import OpenAI

LESSONS = [
    ("My rabbit is called Clover.", "What is my rabbit called?", "clover"),
    ("Our team meeting is on Wednesday at 10 am.", "When is our team meeting?", "wednesday"),
    ("The Wexford tunnel closed in March 2026 because of flooding.", "Why did the Wexford tunnel close?", "flood"),
    ("The director of the Halden museum is Petra Lindqvist.", "Who is the director of the Halden museum?", "lindqvist"),
    ("A trossel is a wooden frame for drying herbs.", "What is a trossel?", "herb"),
]


@dataclass
class Result:
    """Seconds of one lesson, from posting it."""

    lesson: str
    learned_seconds: float
    answer_seconds: float
    reply: str
    correct: bool


class Bystander:
    """Another user whose chat streams without end; remembers the longest pause between two tokens."""

    def __init__(self, client: OpenAI) -> None:
        self._client = client
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.pauses: list[float] = []

    def __enter__(self) -> "Bystander":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            last: float | None = None
            for _ in _tokens(self._client, "bystander", "Tell me a long story about a lighthouse.", max_tokens=400):
                now = time.perf_counter()
                if last is not None:
                    self.pauses.append(now - last)
                last = now
                if self._stop.is_set():
                    break


def _tokens(client: OpenAI, user: str, text: str, max_tokens: int = 64) -> Iterator[str]:
    stream = client.chat.completions.create(
        model="lorelei",
        user=user,
        messages=[{"role": "user", "content": text}],
        stream=True,
        temperature=0,
        max_tokens=max_tokens,
    )
    for chunk in stream:
        if chunk.choices and chunk.choices[0].delta.content:
            yield chunk.choices[0].delta.content


def measure(client: OpenAI, statement: str, question: str, key: str) -> Result:
    """Teach one lesson to a new user and ask about it in a new conversation."""
    user = f"bench-{secrets.token_hex(4)}"
    start = time.perf_counter()
    for _ in _tokens(client, user, f"[Learn] {statement}"):
        pass
    learned = time.perf_counter() - start
    reply, first = "", 0.0
    for token in _tokens(client, user, question):
        first = first or time.perf_counter() - start
        reply += token
    return Result(statement, learned, first, reply, key in reply.casefold())


def report(results: list[Result], pauses: list[float]) -> str:
    """A Markdown page of the results."""
    rows = [
        f"| {r.lesson} | {r.learned_seconds:.1f} | {r.answer_seconds:.1f} | {'yes' if r.correct else 'no'} "
        f"| {' '.join(r.reply.split())[:90]} |"
        for r in results
    ]
    seconds = statistics.median(r.answer_seconds if r.correct else float("inf") for r in results)
    return "\n".join(
        [
            "# Learn to live",
            "",
            "From posting `[Learn] …` to the first token of the answer in a new conversation, while a second user's",
            f"chat streams. {os.cpu_count()} cores, default model. A wrong answer counts as infinite in the median.",
            "Made by `python benchmarks/learn_to_live.py --write docs/benchmarks/learn-to-live.md` against `make up`.",
            "",
            "| lesson | live (s) | first token of the answer (s) | right | answer |",
            "|---|---|---|---|---|",
            *rows,
            "",
            f"Median: **{seconds:.1f} s** (goal: 30 s or less). The second user's stream: {len(pauses)} pauses between "
            f"tokens, median {statistics.median(pauses) * 1000:.0f} ms, longest **{max(pauses):.2f} s**.",
            "",
        ]
    )


def main() -> None:
    """Run the benchmark and print its page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default=os.environ.get("LORELEI_URL", "http://127.0.0.1:8080"))
    parser.add_argument("--api-key-file", type=Path, default=Path(".lorelei/api_key"))
    parser.add_argument("--write", type=Path, help="Markdown file to write the result to.")
    options = parser.parse_args()
    client = OpenAI(base_url=f"{options.url}/v1", api_key=options.api_key_file.read_text().strip(), timeout=600)
    with Bystander(client) as bystander:
        results = [measure(client, *lesson) for lesson in LESSONS]
    page = report(results, bystander.pauses)
    print(page)
    if options.write:
        options.write.write_text(page)


if __name__ == "__main__":
    main()
