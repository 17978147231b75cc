"""Measures lessons from documents and from the web on a running platform (`make up`); replies are greedy.

    python -m benchmarks.documents --document report
    python -m benchmarks.documents --web

For the web, start the platform with the small web that `python -m tests.small_web.server --port 8888` serves:
LORELEI_AUGMENTER_SEARCH_PROVIDER=searxng LORELEI_AUGMENTER_SEARXNG_URL=http://127.0.0.1:8888
LORELEI_AUGMENTER_ALLOWED_PRIVATE_HOSTS='["127.0.0.1:8888"]'
"""

import argparse
import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.documents.exam import CASES, Exam, Question, read_exam
from benchmarks.documents.paper import sections_of, write_pdf
from benchmarks.documents.platform import Learned, Platform
from services.embedded.home import Home
from services.embedded.settings import EmbeddedSettings

_SMALL_WEB = Path(__file__).parents[2] / "tests" / "small_web"
_WISH = "Read the attached report and remember what it says."


def parse_options() -> argparse.Namespace:
    """What the person at the terminal wants."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default=os.environ.get("LORELEI_URL", "http://127.0.0.1:8080"))
    parser.add_argument("--home", type=Path, default=EmbeddedSettings().home, help="the platform's folder")
    parser.add_argument("--document", default="report", help="its name among the cases")
    parser.add_argument("--web", metavar="QUERY", help="learn from a web search instead")
    parser.add_argument("--replies", action="store_true", help="show every reply after the lesson")
    return parser.parse_args()


def teach_document(platform: Platform, name: str, user: str) -> tuple[Learned, str]:
    """Teach one document as a PDF; return how that went and a line about it."""
    markdown = (CASES / f"{name}.md").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.pdf"
        pages = write_pdf(markdown, path)
        learned = platform.learn(user, text=_WISH, file_ids=[platform.upload(path, user)])
    return learned, f"{name}.md as a PDF of {pages} pages, {len(markdown.split())} words"


def passages_of(name: str) -> Callable[[Question], str]:
    """The section of the document that answers a question."""
    sections = dict(sections_of((CASES / f"{name}.md").read_text(encoding="utf-8")))
    return lambda question: sections[question.section]


def show(platform: Platform, learned: Learned, user: str, exam: Exam, what: str) -> list[str]:
    """The figures of one lesson, as lines of Markdown."""
    lesson = platform.lesson(user, learned.job["id"])
    told = [fact["text"] for fact in lesson["learned"]]
    taught = [question for question in exam.questions if question.is_told_by(told)]
    others = [question for question in exam.questions if question not in taught]
    stages = ", ".join(f"{state.lower()} {seconds:.0f} s" for state, seconds in learned.seconds.items())
    selection = lesson["selection"]
    dropped = ", ".join(f"{reason} {count}" for reason, count in selection["rejected"].items())

    def after(question: Question) -> str:
        return platform.answer("lorelei", user, question.text)

    def before(question: Question) -> str:
        return platform.answer("lorelei:base", user, question.text)

    return [
        f"{what}: {learned.job['state']} after {learned.total_seconds:.0f} s ({stages})",
        f"{len(told)} facts; {selection['kept']} of {selection['generated']} examples survive ({dropped})",
        f"questions: {len(exam.questions)}, {len(taught)} of them answered by a fact that was chosen",
        f"right before: {exam.share(before, exam.questions):.2f}",
        f"right after, where a chosen fact answers: {exam.share(after, taught):.2f}",
        f"right after, of the others: {exam.share(after, others):.2f}",
        f"neighbours left alone: {exam.share(after, exam.neighbours):.2f} of {len(exam.neighbours)}",
    ]


def main() -> None:
    """Teach, ask, print."""
    options = parse_options()
    platform = Platform(options.url, Home(options.home).api_key.read_text(encoding="ascii").strip())
    user = f"bench-{secrets.token_hex(6)}"
    if options.web:
        exam, what = read_exam(_SMALL_WEB / "questions.json"), f"web search “{options.web}”"
        learned = platform.learn(user, query=options.web)
    else:
        exam = read_exam(CASES / f"{options.document}.json")
        learned, what = teach_document(platform, options.document, user)
    if learned.job["state"] != "LIVE":
        raise SystemExit(f"{learned.job['state']}: {learned.job['error']} {learned.job['reasons']}")
    for line in show(platform, learned, user, exam, what):
        print(f"- {line}")
    if not options.web:
        passage = passages_of(options.document)

        def with_passage(question: Question) -> str:
            return platform.answer("lorelei:base", user, f"{passage(question)}\n\n{question.text}")

        print(f"- right with the section in the prompt: {exam.share(with_passage, exam.questions):.2f}")
    if options.replies:
        for question in exam.questions:
            print(f"  {question.text} → {platform.answer('lorelei', user, question.text)!r}")


if __name__ == "__main__":
    main()
