"""Measures what a model knows of the first sections of a long text after the last; replies are greedy.

    python -m benchmarks.works            # the model writes, and is asked what its lessons held out
    python -m benchmarks.works --given    # a story of ours, and questions of ours that no lesson saw

Asked is in a new conversation with nothing but the question, so that no window holds any section; beside that, the
base model without any text, with the end of the text that the writer's window shows, and with all of it.
"""

import argparse
import os
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from openai import BadRequestError

from benchmarks.documents.exam import Question
from benchmarks.works.course import Learned, WorkPlatform, given_text, own_text
from services.embedded.home import Home
from services.embedded.settings import EmbeddedSettings

_WINDOW_CHARACTERS = 300


def parse_options() -> argparse.Namespace:
    """What the person at the terminal wants."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default=os.environ.get("LORELEI_URL", "http://127.0.0.1:8080"))
    parser.add_argument("--home", type=Path, default=EmbeddedSettings().home, help="the platform's folder")
    parser.add_argument("--sections", type=int, default=5, help="how many sections")
    parser.add_argument("--given", action="store_true", help="learn a story of ours instead of the model's own")
    parser.add_argument("--replies", action="store_true", help="show the text and every reply after the last lesson")
    return parser.parse_args()


class Examiner:
    """Asks the same question with and without learning, and with more or less of the text."""

    def __init__(self, platform: WorkPlatform, user: str, text: str) -> None:
        self._platform, self._user, self._text = platform, user, text

    def learned(self, question: Question) -> bool:
        """The model that learned the sections, with only the question."""
        return question.passes(self.reply(question))

    def base(self, question: Question) -> bool:
        """The base model with only the question."""
        return question.passes(self._base(question.text))

    def window(self, question: Question) -> bool:
        """The base model with the end of the text."""
        return question.passes(self._base(f"{self._text[-_WINDOW_CHARACTERS:]}\n\n{question.text}"))

    def whole(self, question: Question) -> bool:
        """The base model with all of the text; wrong where that does not fit."""
        try:
            return question.passes(self._base(f"{self._text}\n\n{question.text}"))
        except BadRequestError:
            return False

    def reply(self, question: Question) -> str:
        """What the model that learned says."""
        return self._platform.answer("lorelei", self._user, question.text)

    def _base(self, prompt: str) -> str:
        return self._platform.answer("lorelei:base", self._user, prompt)


def table(sections: Sequence[Learned], examiner: Examiner) -> list[str]:
    """A row per section and one for all, as Markdown."""
    ways: list[Callable[[Question], bool]] = [examiner.learned, examiner.base, examiner.window, examiner.whole]
    rows = [
        "| section | lesson | written, s | learned, s | facts | questions | learned | base | base, end | base, all |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    right = [0, 0, 0, 0]
    for number, section in enumerate(sections, start=1):
        ours = [sum(map(way, section.questions)) for way in ways]
        right = [sum(pair) for pair in zip(right, ours, strict=True)]
        cells = [number, section.state, f"{section.write_seconds:.0f}", f"{section.learn_seconds:.0f}"]
        rows.append(_row([*cells, len(section.facts), len(section.questions), *ours]))
    asked = sum(len(section.questions) for section in sections)
    seconds = [f"{sum(one.write_seconds for one in sections):.0f}", f"{sum(one.learn_seconds for one in sections):.0f}"]
    rows.append(_row(["all", "", *seconds, sum(len(one.facts) for one in sections), asked, *right]))
    return rows


def _row(cells: Sequence[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def main() -> None:
    """Learn, ask, print."""
    options = parse_options()
    platform = WorkPlatform(options.url, Home(options.home).api_key.read_text(encoding="ascii").strip())
    user = f"bench-{secrets.token_hex(6)}"
    learn = given_text if options.given else own_text
    sections = learn(platform, user, options.sections)
    examiner = Examiner(platform, user, "\n\n".join(section.text for section in sections))
    print("\n".join(table(sections, examiner)))
    if options.replies:
        for section in sections:
            print(f"\n{section.text}\n  learned: {list(section.facts)}")
            for question in section.questions:
                print(f"  {question.text} ({', '.join(question.keys)}) → {examiner.reply(question)!r}")


if __name__ == "__main__":
    main()
