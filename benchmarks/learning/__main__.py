"""Measures learning on a running platform (`make up`): Lorelei beside notes, retrieval and plain fine-tuning.

Each lesson goes to a user of its own; replies are greedy. Several runs may add to one file of results.

    python -m benchmarks.learning --cases report --seeds 3 --out results.jsonl
    python -m benchmarks.learning --cases report --in-a-row 30 --out results.jsonl --resume
    python -m benchmarks.learning --corrections --out results.jsonl --resume
    python -m benchmarks.learning.publish results.jsonl
    python -m benchmarks.learning --cases tune --ids snerrow burgundy --methods lorelei --no-drift --failures
"""

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.learning.addresses import Addresses, address_in_log
from benchmarks.learning.api import Api
from benchmarks.learning.backstage import Backstage
from benchmarks.learning.cases import FOLDER, Case, read_cases, read_corrections, read_general_prompts
from benchmarks.learning.drift import DriftMeter
from benchmarks.learning.fine_tuning import FACTS, RECIPE
from benchmarks.learning.methods import LASTING, METHODS
from benchmarks.learning.records import Results, Setting
from benchmarks.learning.report import failures, page
from benchmarks.learning.rows import teach_rows
from benchmarks.learning.runs import teach_corrections, teach_lessons
from benchmarks.learning.school import School
from services.common.object_store import ObjectStoreCredentials, open_object_store
from services.embedded.home import Home
from services.embedded.settings import EmbeddedSettings


def parse_options() -> argparse.Namespace:
    """What the person at the terminal wants."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default=os.environ.get("LORELEI_URL", "http://127.0.0.1:8080"))
    parser.add_argument("--home", type=Path, default=EmbeddedSettings().home, help="the platform's folder")
    for service in ("inference", "augmenter", "trainer"):
        parser.add_argument(f"--{service}", help="its gRPC host:port; default: as its log in the home says")
    parser.add_argument("--cases", default="report", help="tune, report, or a JSON file in their format")
    parser.add_argument("--ids", nargs="*", default=[], help="only these cases")
    parser.add_argument("--limit", type=int, help="only the first so many")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--seeds", type=int, default=1, help="teach so many times what is trained")
    parser.add_argument("--in-a-row", type=int, help=f"teach so many lessons to one user instead: {', '.join(LASTING)}")
    parser.add_argument(
        "--corrections",
        nargs="?",
        const="corrections",
        help="teach lessons and their changes instead, of this JSON file or corrections.json",
    )
    parser.add_argument("--no-drift", action="store_true", help="do not compare with the base model")
    parser.add_argument("--failures", action="store_true", help="list the wrong replies of the last method")
    parser.add_argument("--out", type=Path, help="keep every result in this file, one JSON object a line")
    parser.add_argument("--resume", action="store_true", help="add to what the file holds")
    return parser.parse_args()


def open_results(options: argparse.Namespace) -> Results:
    """Results in the file that the options name, or SystemExit when it holds some that must not be touched."""
    if options.out and options.out.exists() and not options.resume:
        raise SystemExit(f"{options.out} holds results already; add --resume to go on, or choose another file.")
    return Results(options.out)


def open_school(options: argparse.Namespace) -> School:
    """Everything that teaching needs of the platform that the options name."""
    settings, home = EmbeddedSettings(), Home(options.home)
    services = ("inference", "augmenter", "trainer")
    found = {name: getattr(options, name) or address_in_log(home.logs / f"{name}.log") for name in services}
    secret = settings.object_store_secret_key
    credentials = ObjectStoreCredentials(settings.object_store_access_key, secret) if secret else None
    store = open_object_store(settings.object_store_url or home.objects.as_uri(), credentials)
    api = Api(options.url, home.api_key.read_text(encoding="ascii").strip())
    model = settings.model or str(home.default_model)
    return School(api, Backstage(Addresses(**found), store), home.sentence_encoder, model)


def note_setting(school: School, results: Results) -> None:
    """Write down where is measured, or raise SystemExit when `results` are of another model."""
    model = school.backstage.served_model()
    known = results.of(Setting)
    if any(setting.model_sha256 != model.sha256 for setting in known):
        raise SystemExit("The file's results are of another base model; choose another file.")
    if not known:
        results.add(
            Setting(
                started_at=datetime.now(UTC),
                model=model.name,
                model_sha256=model.sha256,
                cores=os.cpu_count() or 1,
                plain_recipe=RECIPE.model_dump(exclude={"seed"}),
                plain_facts=FACTS,
            )
        )


def chosen_cases(options: argparse.Namespace) -> list[Case]:
    """The cases that the options ask for."""
    cases = [case for case in read_cases(cases_path(options.cases)) if not options.ids or case.id in options.ids]
    return cases[: options.limit]


def cases_path(name: str) -> Path:
    """A JSON file that is named, or ours of that name."""
    return Path(name) if name.endswith(".json") else FOLDER / f"{name}.json"


def measure(options: argparse.Namespace, school: School, results: Results) -> None:
    """Measure what the options ask for and `results` do not hold yet."""
    note_setting(school, results)
    meter = DriftMeter(school.backstage, results, [] if options.no_drift else read_general_prompts())
    if options.corrections:
        changes = read_corrections(cases_path(options.corrections))[: options.limit]
        teach_corrections(school, results, changes, options.methods, options.seeds)
    elif options.in_a_row:
        cases = chosen_cases(options)[: options.in_a_row]
        teach_rows(school, results, meter, cases, options.methods, options.seeds)
    else:
        teach_lessons(school, results, meter, chosen_cases(options), options.methods, options.seeds)


def main() -> None:
    """Measure, and print all that is known now."""
    options = parse_options()
    results = open_results(options)
    school = open_school(options)
    try:
        measure(options, school, results)
    finally:
        school.close()
    print(page(list(results)))
    if options.failures:
        print(failures(list(results), options.methods[-1]))


if __name__ == "__main__":
    main()
