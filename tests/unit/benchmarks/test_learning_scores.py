"""The learning benchmark's arithmetic: shares, their mean, spreads over seeds, drift."""

import pytest

from benchmarks.learning.cases import Correction, Question
from benchmarks.learning.drift import drift_of
from benchmarks.learning.records import Baseline
from benchmarks.learning.scores import ask, ask_all, ask_changed, passed, spread, spread_of, summarise, teach
from tests.unit.benchmarks.learning_fakes import CASE, OTHER, UNTEACHABLE, Parrot, result


def test_every_question_of_a_case_is_judged_by_its_own_keys() -> None:
    pupil = Parrot()
    assert teach(pupil, CASE.statement).state == "LIVE"
    answers = ask(pupil, CASE)
    assert [(one.aim, one.passed) for one in answers] == [
        ("direct", True),
        ("paraphrase", True),
        ("paraphrase", False),
        ("neighbour", False),
    ]
    assert [passed(answers, aim) for aim in ("direct", "paraphrase", "neighbour")] == [1.0, 0.5, 0.0]
    assert {one.reply for one in answers} == {"Ada leads Velt."}


def test_many_lessons_are_asked_about_with_their_neighbours() -> None:
    pupil = Parrot()
    pupil.recall([CASE.statement])
    answers = ask_all(pupil, [CASE, OTHER])
    assert [(one.case, one.aim, one.passed) for one in answers] == [
        ("ada", "direct", True),
        ("ada", "paraphrase", True),
        ("ada", "paraphrase", False),
        ("ada", "neighbour", False),
        ("bob", "direct", False),
    ]


def test_a_correction_passes_without_the_old_answer_only() -> None:
    pupil = Parrot()
    change = Correction("velt", "Ada leads.", "Bob leads.", (Question("Who?", ("bob",), ("ada",)),))
    pupil.recall(["Bob leads."])
    assert passed(ask_changed(pupil, change)) == 1.0
    pupil.recall(["Ada leads.", "Bob leads."])
    assert passed(ask_changed(pupil, change)) == 0.0


def test_a_statement_that_cannot_be_taught_is_a_failed_lesson() -> None:
    assert teach(Parrot(), UNTEACHABLE).state == "FAILED"


def test_a_summary_has_shares_of_questions_and_their_harmonic_mean() -> None:
    summary = summarise([result("lorelei", 0, "a", "111", kl=0.02), result("lorelei", 0, "b", "101", kl=0.04)])
    assert (summary.lessons, summary.live) == (2, 1.0)
    assert (summary.efficacy, summary.paraphrase, summary.locality) == (1.0, 0.5, 1.0)
    assert summary.score == pytest.approx(0.75)
    assert summary.kl == pytest.approx(0.03)
    assert summary.same == 0.5


def test_a_summary_without_drift_has_none_and_nothing_right_scores_zero() -> None:
    summary = summarise([result("notes", 0, "a", "011")])
    assert summary.kl is None
    assert summary.score == 0


def test_a_spread_is_over_seeds_and_needs_two_for_a_deviation() -> None:
    assert spread_of([0.5]).deviation is None
    over_two = spread([summarise([result("lorelei", seed, "a", "111")]) for seed in (0, 2)], lambda s: s.median_seconds)
    assert over_two is not None
    assert (over_two.mean, over_two.deviation) == (11.0, pytest.approx(2**0.5))
    assert spread([summarise([result("notes", 0, "a", "111")])], lambda s: s.kl) is None


BASELINE = Baseline(prompts=["a", "b"], samples=["x", "y z"], logprobs=[[-1.0], [-2.0, -3.0]], greedy=["one", "two"])


def test_drift_is_a_mean_over_tokens_not_over_prompts() -> None:
    drift = drift_of(BASELINE, [[-1.3], [-2.0, -3.0]], ["one", "other"])
    assert drift.kl == pytest.approx(0.1)
    assert (drift.tokens, drift.same) == (3, 0.5)


def test_drift_may_be_below_zero_and_is_zero_for_the_base_model() -> None:
    assert drift_of(BASELINE, BASELINE.logprobs, BASELINE.greedy).kl == 0
    assert drift_of(BASELINE, [[-0.7], [-2.0, -3.0]], BASELINE.greedy).kl == pytest.approx(-0.1)


def test_drift_refuses_scores_of_other_tokens() -> None:
    with pytest.raises(ValueError, match="shorter"):
        drift_of(BASELINE, [[-1.0], [-2.0]], BASELINE.greedy)
