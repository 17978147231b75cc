"""What a new version is measured by: its parent, or the version of the same lessons that it replaces."""

from datetime import UTC, datetime

import pytest

from services.common.datasets import LearnedFact
from services.common.identifiers import new_job_id, new_version
from services.common.manifest import AdapterManifest, GateSummary
from services.trainer.jobs import TrainingJob
from services.trainer.syllabus import Syllabus, for_facts, kept_of
from services.trainer.training.recipe import MAX_STEPS, Recipe
from tests.unit.trainer.lessons import dataset

LESSONS = [new_job_id(), new_job_id()]


def in_force(drift: float | None) -> AdapterManifest:
    """A version that knows both lessons; nobody has examined it where `drift` is None."""
    job_id = new_job_id()
    gate = None if drift is None else GateSummary(recall=1, recall_before=0, locality=1, retention=1, probes=9)
    return AdapterManifest(
        version=new_version(job_id),
        tenant="acme",
        user="ada",
        job_id=job_id,
        parent=None,
        base_model="tiny",
        base_model_sha256="0" * 64,
        lessons=LESSONS,
        recipe={},
        size_bytes=3,
        weights_sha256="0" * 64,
        gate=gate.model_copy(update={"drift": drift}) if gate else None,
        created_at=datetime.now(UTC),
        seconds=1.0,
    )


def composition(lessons: list[str], former: AdapterManifest | None) -> Syllabus:
    job = TrainingJob(new_job_id(), "acme", "ada", lessons=tuple(lessons))
    taught = tuple(dataset(lesson, []) for lesson in lessons)
    return Syllabus(job, taught, (), former, None, None, Recipe(), ())


@pytest.mark.parametrize(("drift", "before"), [(0.3, 0.3), (None, None)])
def test_a_fresh_version_of_the_same_lessons_may_drift_as_far_as_the_one_in_force(
    drift: float | None, before: float | None
) -> None:
    syllabus = composition([*reversed(LESSONS)], in_force(drift))
    assert syllabus.replaces
    assert syllabus.drift_before == before


@pytest.mark.parametrize("lessons", [LESSONS[:1], [*LESSONS, new_job_id()]])
def test_a_version_of_other_lessons_starts_from_the_base(lessons: list[str]) -> None:
    syllabus = composition(lessons, in_force(0.3))
    assert not syllabus.replaces
    assert syllabus.drift_before == 0.0


def test_a_first_version_replaces_nothing() -> None:
    assert not composition(LESSONS, None).replaces


def test_an_imported_version_and_those_that_continue_it_do_not_fade() -> None:
    trained = in_force(0.1)
    imported = trained.model_copy(update={"origin": "imported"})
    child = trained.model_copy(update={"recipe": Recipe().model_dump() | kept_of(imported)})
    assert kept_of(imported) == kept_of(child) == {"parent_share": 1.0}
    assert kept_of(trained) == kept_of(None) == {}


def test_a_lesson_of_many_facts_takes_more_steps_but_not_as_many_as_many_lessons() -> None:
    recipe = Recipe()
    assert for_facts(recipe, 0) == for_facts(recipe, 1) == recipe
    many = for_facts(recipe, 16)
    assert 4 * recipe.max_steps < many.max_steps < 16 * recipe.max_steps
    assert many.kl_weight < recipe.kl_weight
    assert for_facts(recipe, 100_000).max_steps == MAX_STEPS


def test_each_fact_of_a_document_counts_as_one() -> None:
    read = dataset(new_job_id(), []).model_copy(update={"learned": [LearnedFact(text="A.", source=0)] * 5})
    job = TrainingJob(new_job_id(), "acme", "ada", lessons=tuple(LESSONS))
    assert Syllabus(job, (read, dataset(LESSONS[0], [])), (), None, None, None, Recipe(), ()).facts == 6
