"""Gathers what one job needs before it trains: datasets, parent version, recipe, questions. Trains nothing."""

from dataclasses import dataclass

import structlog

from services.common.datasets import Dataset, Preference, dataset_from_bytes
from services.common.errors import NotFound
from services.common.keys import ADAPTER_WEIGHTS_FILE, adapter_prefix, lesson_dataset_key
from services.common.manifest import AdapterManifest
from services.common.object_store import ObjectStore
from services.common.registry import AdapterRegistry
from services.trainer.corrections import corrected
from services.trainer.gate.probing import ProbeLimits, Question, choose_questions
from services.trainer.gate.serving import AdapterVersion
from services.trainer.jobs import TrainingJob
from services.trainer.training.recipe import MAX_STEPS, Recipe, resolve_recipe

_log = structlog.get_logger()

# Of the weight that the KL term has for one lesson; measured in docs/benchmarks/learning.md.
_KL_SHARE_OF_MANY = 0.55
# Of the steps that a lesson of one fact takes, each further fact of the same documents takes so many.
_STEPS_SHARE_OF_FURTHER = 0.4
_MOST_PREFERENCES = 64


@dataclass(frozen=True)
class Syllabus:
    """What to teach, what was taught before, where training starts and what will be asked.

    `former` serves the user while this job trains (None: the base model does); `parent` is the version whose weights
    are continued and whose lessons the new version keeps, None where it starts afresh.
    """

    job: TrainingJob
    taught: tuple[Dataset, ...]
    earlier: tuple[Dataset, ...]
    former: AdapterManifest | None
    parent: AdapterManifest | None
    parent_weights: bytes | None
    recipe: Recipe
    questions: tuple[Question, ...]

    @property
    def serving_version(self) -> AdapterVersion | None:
        """The version that serves the user while this job trains; None for the base model."""
        return AdapterVersion(self.job.tenant, self.job.user, self.former.version) if self.former else None

    @property
    def drift_before(self) -> float | None:
        """Drift of what training begins with, in nats per token; None where the new version's cannot be judged by it.

        That is so where a lesson is about how to answer everything, and where nobody has examined an imported parent.
        """
        if any(dataset.everywhere for dataset in self.taught):
            return None
        if self.replaces and self.former is not None:
            return self.former.gate.drift if self.former.gate else None
        if self.parent is None:
            return 0.0
        return self.parent.gate.drift if self.parent.gate else None

    @property
    def replaces(self) -> bool:
        """Whether the new version is a fresh one of the very lessons that the version in force knows."""
        return self.parent is None and self.former is not None and set(self.former.lessons) == set(self.job.lessons)

    @property
    def preferences(self) -> list[Preference]:
        """The newest corrections that were taught, of each prompt the last."""
        told = {
            tuple(turn.content for turn in one.prompt): one for dataset in self.taught for one in dataset.preferences
        }
        return list(told.values())[-_MOST_PREFERENCES:]

    @property
    def facts(self) -> int:
        """How many facts are taught that could each be a lesson."""
        return sum(max(1, len(dataset.learned)) for dataset in self.taught)

    @property
    def lessons(self) -> list[str]:
        """Lessons that the new version will know, oldest first."""
        taught = [dataset.lesson for dataset in self.taught]
        kept = self.parent.lessons if self.parent else []
        return [*(lesson for lesson in kept if lesson not in taught), *taught]


class SyllabusReader:
    """Reads syllabi from the object store and the registry."""

    def __init__(self, store: ObjectStore, registry: AdapterRegistry, defaults: Recipe, limits: ProbeLimits) -> None:
        self._store = store
        self._registry = registry
        self._defaults = defaults
        self._limits = limits

    async def read(self, job: TrainingJob) -> Syllabus:
        """Gather everything for `job`.

        Raises NotFound when a dataset is missing or another user's, FailedPrecondition when it is damaged,
        InvalidArgument for a recipe that cannot be, Unavailable when a store is out of reach.
        """
        active = await self._registry.active(job.tenant, job.user)
        former = await self._registry.get(job.tenant, job.user, active) if active else None
        return await (self._composition(job, former) if job.lessons else self._addition(job, former))

    async def _addition(self, job: TrainingJob, parent: AdapterManifest | None) -> Syllabus:
        """One lesson on top of the version in force."""
        lesson = await self._dataset(job, job.dataset_key)
        overrides = {**kept_of(parent), **job.recipe_overrides}
        recipe = for_facts(
            resolve_recipe(self._defaults, overrides, parent.recipe if parent else None), len(lesson.learned)
        )
        *earlier, _ = corrected([*await self._earlier(job, parent, lesson.lesson), lesson])
        return Syllabus(
            job=job,
            taught=(lesson,),
            earlier=tuple(earlier),
            former=parent,
            parent=parent,
            parent_weights=await self._weights(parent) if parent else None,
            recipe=recipe,
            questions=tuple(choose_questions([lesson], earlier, self._limits, recipe.seed)),
        )

    async def _composition(self, job: TrainingJob, former: AdapterManifest | None) -> Syllabus:
        """A fresh version of chosen lessons, with as many steps as if they were taught one by one.

        The neighbours of each lesson hold the others in their places too, so they need less weight.
        """
        taught = corrected([await self._lesson(job, lesson) for lesson in job.lessons])
        forgotten = await self._lesson(job, job.forgotten) if job.forgotten else None
        recipe = resolve_recipe(self._defaults, job.recipe_overrides, None)
        changes: dict[str, float] = {"max_steps": min(MAX_STEPS, recipe.max_steps * len(taught))}
        if len(taught) > 1:
            changes["kl_weight"] = recipe.kl_weight * _KL_SHARE_OF_MANY
        return Syllabus(
            job=job,
            taught=tuple(taught),
            earlier=(),
            former=former,
            parent=None,
            parent_weights=None,
            recipe=recipe.model_copy(update=changes),
            questions=tuple(choose_questions(taught, (), self._limits, recipe.seed, forgotten)),
        )

    async def _dataset(self, job: TrainingJob, key: str) -> Dataset:
        dataset = dataset_from_bytes(await self._store.get_bytes(key))
        if (dataset.tenant, dataset.user) != (job.tenant, job.user):
            raise NotFound("There is no such dataset.", field="dataset_key")
        return dataset

    async def _lesson(self, job: TrainingJob, lesson: str) -> Dataset:
        return await self._dataset(job, lesson_dataset_key(job.tenant, job.user, lesson))

    async def _weights(self, version: AdapterManifest) -> bytes:
        prefix = adapter_prefix(version.tenant, version.user, version.version)
        return await self._store.get_bytes(prefix + ADAPTER_WEIGHTS_FILE)

    async def _earlier(self, job: TrainingJob, parent: AdapterManifest | None, lesson: str) -> tuple[Dataset, ...]:
        """Datasets of the parent's lessons; one that was deleted is no longer rehearsed."""
        datasets = []
        for former in parent.lessons if parent else []:
            if former == lesson:
                continue
            try:
                datasets.append(await self._lesson(job, former))
            except NotFound:
                _log.info("earlier_lesson_missing", job=job.job_id, lesson=former)
        return tuple(datasets)


def for_facts(recipe: Recipe, facts: int) -> Recipe:
    """The recipe for a lesson of so many facts: more steps, and as in a composition less weight of the KL term."""
    if facts < 2:
        return recipe
    steps = round(recipe.max_steps * (1 + _STEPS_SHARE_OF_FURTHER * (facts - 1)))
    changes = {"max_steps": min(MAX_STEPS, steps), "kl_weight": recipe.kl_weight * _KL_SHARE_OF_MANY}
    return recipe.model_copy(update=changes)


def kept_of(parent: AdapterManifest | None) -> dict[str, float]:
    """Keep all of a parent that is, or goes back to, an imported version: what no dataset holds cannot be rehearsed."""
    if parent is None:
        return {}
    return {"parent_share": 1.0} if parent.origin == "imported" or parent.recipe.get("parent_share") == 1.0 else {}
