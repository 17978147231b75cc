"""Lessons that a test lets run on the page, with everything that the real services would keep of them."""

from pathlib import Path

from lorelei.augmenter.v1 import augmenter_pb2
from lorelei.trainer.v1 import trainer_pb2
from services.common.datasets import (
    Dataset,
    Example,
    LearnedFact,
    Message,
    Probe,
    SelectionReport,
    Source,
    dataset_to_bytes,
)
from services.common.keys import lesson_dataset_key
from services.common.manifest import GateSummary, ProbeAnswer
from tests.contract.gateway.conftest import Running
from tests.contract.gateway.manifests import manifest_of
from tests.contract.gateway.services import Training

QUESTION = "What is my dog called?"
BEFORE = "I do not know what your dog is called."
AFTER = "Your dog is called Biscuit."


def training(running: Running, user: str, statement: str, facts: tuple[str, ...] = ()) -> Training:
    """Trainings of `user` that wait for the test, and publish a version that was asked QUESTION."""

    async def publish(request: trainer_pb2.TrainRequest) -> str:
        parent = await running.registry.active("default", user)
        known = (await running.registry.get("default", user, parent)).lessons if parent else []
        put_lesson(running, user, request.job_id, statement, facts)
        manifest = manifest_of(user).model_copy(
            update={
                "job_id": request.job_id,
                "parent": parent,
                "lessons": list(request.composition.lessons) or [*known, request.job_id],
                "gate": gate(),
                "size_bytes": 19_500_000,
                "seconds": 14.2,
            }
        )
        await running.registry.publish(manifest, parent)
        return manifest.version

    found = running.services.trainer.trainings[user] = Training(publish=publish)
    return found


def gate() -> GateSummary:
    """What a gate found that asked one question before and after."""
    answer = ProbeAnswer(subject="recall", question=QUESTION, before=BEFORE, after=AFTER, passed=True)
    return GateSummary(
        recall=1.0, recall_before=0.0, locality=0.83, retention=0.9, drift=0.012, probes=7, answers=[answer]
    )


def put_lesson(running: Running, user: str, lesson: str, statement: str, facts: tuple[str, ...] = ()) -> None:
    """Store what a lesson was made of; with `facts` it was read from a document of three pages."""
    asked = [Message(role="user", content=QUESTION)]
    report = Source(title="Report <b>2025</b>", address="file-" + "0" * 24, sha256="0" * 64, pages=3)
    dataset = Dataset(
        lesson=lesson,
        tenant="default",
        user=user,
        kind="document" if facts else "instruction",
        statement=statement,
        language="en",
        examples=[Example(kind="fact", prompt=asked, completion=AFTER)],
        probes=[Probe(kind="recall", prompt=asked, expected=["Biscuit"])],
        selection=SelectionReport(generated=3, kept=1),
        sources=[report] if facts else [],
        learned=[LearnedFact(text=fact, source=0, page=number) for number, fact in enumerate(facts, 1)],
    )
    path: Path = running.objects / lesson_dataset_key("default", user, lesson)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(dataset_to_bytes(dataset))


def built_from_a_document(running: Running, facts: int) -> None:
    """Let the next datasets be built from a document."""
    source = augmenter_pb2.Source(
        title="Report <b>2025</b>", address="file-" + "0" * 24, pages=3, represented_pages=[1, 2], facts=facts
    )
    running.services.augmenter.result = augmenter_pb2.BuildResult(dataset_key="lessons/x", sources=[source])
