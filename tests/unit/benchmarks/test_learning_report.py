"""The report compares on the same lessons, shows seeds as spreads, keeps style apart, and draws the same each time."""

from datetime import UTC, datetime
from pathlib import Path

from benchmarks.learning.figures import compare
from benchmarks.learning.fine_tuning import FACTS, RECIPE, choose_facts
from benchmarks.learning.publish import publish
from benchmarks.learning.records import CorrectionResult, Record, Setting
from benchmarks.learning.report import failures, kinds_table, methods_table, page, retention_table
from services.common.datasets import Example, Message
from services.trainer.training.recipe import Recipe
from tests.unit.benchmarks.learning_fakes import answer, checkpoint, result, row_lesson

SETTING = Setting(
    started_at=datetime(2026, 1, 2, tzinfo=UTC),
    model="Tiny",
    model_sha256="00",
    cores=2,
    plain_recipe=RECIPE.model_dump(exclude={"seed"}),
    plain_facts=FACTS,
)
RECORDS: list[Record] = [
    SETTING,
    result("notes", 0, "a", "111"),
    result("notes", 0, "b", "101"),
    result("fine-tuning", 0, "a", "110", kl=0.5),
    result("fine-tuning", 0, "b", "110", kl=0.7),
    result("lorelei", 0, "a", "111", kl=0.01),
    result("lorelei", 0, "b", "111", kl=0.02),
    result("lorelei", 1, "a", "101", kl=0.02),
    result("lorelei", 1, "b", "101", kl=0.01),
    row_lesson("lorelei", 1, "a", 20.0),
    row_lesson("lorelei", 2, "b", 30.0),
    checkpoint("lorelei", 1, right=True),
    checkpoint("lorelei", 2, right=False),
    CorrectionResult(method="lorelei", seed=0, case="c", answers=[answer("c", "direct", True)]),
]


def test_each_method_has_a_row_with_its_spread_over_seeds() -> None:
    rows = methods_table(compare(RECORDS)).splitlines()
    assert rows[0].startswith("| method | lessons | seeds | live | efficacy | paraphrase | locality | **S** | seconds")
    assert rows[2] == "| notes | 2 | 1 | 1.00 | 1.00 | 0.50 | 1.00 | 0.75 | 10.0 | – | – |"
    assert rows[3] == "| fine-tuning | 2 | 1 | 1.00 | 1.00 | 1.00 | 0.00 | 0.00 | 10.0 | 0.6000 | 0.50 |"
    assert rows[4].startswith(
        "| lorelei | 2 | 2 | 1.00 ± 0.00 | 1.00 ± 0.00 | 0.50 ± 0.71 | 1.00 ± 0.00 | 0.50 ± 0.71 |"
    )


def test_lessons_that_a_method_lacks_and_unfinished_seeds_are_left_out() -> None:
    more = [*RECORDS, result("lorelei", 0, "c", "000"), result("lorelei", 2, "a", "000")]
    comparison = compare(more)
    assert (comparison.cases, comparison.unfinished) == (2, 1)
    assert methods_table(comparison) == methods_table(compare(RECORDS))
    assert "1 lessons that not every method was taught yet" in page(more)


def test_style_is_obeyed_or_not_and_counts_nowhere_else() -> None:
    styled = [*RECORDS, *(result(method, 0, "s", "01", "style") for method in ("notes", "fine-tuning", "lorelei"))]
    styled.append(result("lorelei", 1, "s", "01", "style"))
    comparison = compare(styled)
    assert methods_table(comparison) == methods_table(compare(RECORDS))
    last = kinds_table(comparison).splitlines()[-1]
    assert last == "| style | 1 | **0.50** obeyed | **0.50** obeyed | **0.50** obeyed |"


def test_retention_shows_every_checkpoint_and_the_first_and_last_seconds() -> None:
    assert retention_table(RECORDS).splitlines()[2] == (
        "| lorelei | 1 | 1.00 / 1.00 / 1.00 | 1.00 / 0.00 / 1.00 | 20.0 | 30.0 | – |"
    )


def test_a_page_has_a_section_for_all_that_was_measured_and_for_nothing_else() -> None:
    whole = page(RECORDS)
    for part in ("Tiny, 2 cores", "## Methods", "12 steps", "4.0 of its seconds", "## By kind", "## Many", "## Corr"):
        assert part in whole
    alone = page([SETTING, result("notes", 0, "a", "111")])
    assert "fine-tuning*:" not in alone
    assert "## Many" not in alone
    assert "## Corr" not in alone


def test_wrong_replies_are_listed_for_one_method() -> None:
    assert failures(RECORDS, "fine-tuning").splitlines() == [
        "- a (LIVE): neighbour? → yes",
        "- b (LIVE): neighbour? → yes",
    ]


def test_the_same_results_are_published_as_the_same_files(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    first, second = ([path.read_bytes() for path in publish(RECORDS, folder)] for folder in folders)
    assert len(first) == 3
    assert first == second
    assert all(picture.count(b"<svg") == 1 for picture in first[1:])


def test_plain_fine_tuning_draws_facts_only_and_has_loreleis_shape() -> None:
    examples = [
        Example(kind=kind, prompt=[Message(role="user", content=str(number))], completion="yes")
        for number in range(20)
        for kind in ("fact", "neighbour", "general")
    ]
    drawn = choose_facts(examples, seed=1)
    assert {one.kind for one in drawn} == {"fact"}
    assert len({one.prompt[0].content for one in drawn}) == FACTS
    assert drawn == choose_facts(examples, seed=1) != choose_facts(examples, seed=2)
    assert choose_facts(examples[:3], seed=1) == examples[:1]
    default = Recipe()
    assert (RECIPE.rank, RECIPE.alpha, RECIPE.trained_layers) == (default.rank, default.alpha, default.trained_layers)
