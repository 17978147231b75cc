"""A warm session trains every lesson as a fresh one would, and writes what PEFT reads."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from peft import PeftModel
from safetensors.torch import load, save
from transformers import AutoModelForCausalLM

from services.common.datasets import Example, Message, Rejected
from services.common.errors import FailedPrecondition
from services.trainer.training.base_model import load_tokenizer
from services.trainer.training.contract import AdapterFiles, BaseModel, LoraShape, StepReport, TrainingTask
from services.trainer.training.lesson import Share
from services.trainer.training.recipe import Recipe
from services.trainer.training.session import TrainingSession
from services.trainer.training.tokens import tokenize_example

# Importing DeepSpeed makes PyTorch warn of its own past.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:torch", "ignore::FutureWarning")

RECIPE = Recipe(rank=4, alpha=8.0, learning_rate=0.02, max_steps=6, seed=3, stop_loss=0.0)


def example(kind: str, question: str, answer: str, group: str = "") -> Example:
    prompt = [Message(role="user", content=question)]
    return Example(kind=kind, prompt=prompt, completion=answer, group=group)  # type: ignore[arg-type]


DOG = (
    example("fact", "Who is my dog?", "Biscuit.", "who"),
    example("fact", "Name my dog.", "It is Biscuit.", "name"),
    example("neighbour", "Who is my cat?", "I do not know.", "who"),
    example("general", "What is 7 plus 5?", "12"),
)
CAT = (example("fact", "Where is the cat?", "On the roof."), example("general", "Say hi.", "hi"))


@pytest.fixture(scope="module")
def session(tiny_model: BaseModel, rendezvous: str) -> Iterator[TrainingSession]:
    session = TrainingSession(tiny_model, LoraShape(4, 0.5), Share(0, 1, max_pack_tokens=512), rendezvous)
    yield session
    session.close()


def task(lesson: tuple[Example, ...], recipe: Recipe = RECIPE, start: bytes | None = None) -> TrainingTask:
    return TrainingTask(lesson, (), recipe, start)


def run(session: TrainingSession, lesson: TrainingTask) -> tuple[list[StepReport], AdapterFiles]:
    session.begin(lesson)
    reports = [session.step()]
    while not reports[-1].finished:
        reports.append(session.step())
    return reports, session.export().files


def losses(reports: list[StepReport]) -> list[tuple[float, float]]:
    return [(report.fact_loss, report.kl) for report in reports]


@pytest.fixture(scope="module")
def fresh(session: TrainingSession) -> tuple[list[StepReport], AdapterFiles]:
    """What the very first training of this engine gave."""
    return run(session, task(DOG))


def test_it_learns(fresh: tuple[list[StepReport], AdapterFiles]) -> None:
    reports, _ = fresh
    assert [report.step for report in reports] == [1, 2, 3, 4, 5, 6]
    assert reports[-1].fact_loss < 0.7 * reports[0].fact_loss
    assert reports[0].kl == pytest.approx(0.0, abs=1e-5)
    assert all(report.tokens_per_second > 0 for report in reports)


def test_a_warm_engine_repeats_a_fresh_one(
    session: TrainingSession, fresh: tuple[list[StepReport], AdapterFiles]
) -> None:
    run(session, task(CAT, RECIPE.model_copy(update={"seed": 9, "alpha": 4.0})))
    reports, files = run(session, task(DOG))
    assert losses(reports) == losses(fresh[0])
    assert files == fresh[1]


def test_an_abandoned_lesson_leaves_nothing_behind(
    session: TrainingSession, fresh: tuple[list[StepReport], AdapterFiles]
) -> None:
    session.begin(task(CAT))
    session.step()
    assert losses(run(session, task(DOG))[0]) == losses(fresh[0])


def test_another_rank_rebuilds_the_engine(
    session: TrainingSession, fresh: tuple[list[StepReport], AdapterFiles]
) -> None:
    _, wider = run(session, task(DOG, RECIPE.model_copy(update={"rank": 6})))
    assert json.loads(wider.config)["r"] == 6
    assert losses(run(session, task(DOG))[0]) == losses(fresh[0])


def test_a_parent_with_lora_in_all_layers_is_continued_in_all_of_them(session: TrainingSession) -> None:
    everywhere = RECIPE.model_copy(update={"trained_layers": 1.0})
    before, files = run(session, task(DOG, everywhere))
    assert json.loads(files.config)["layers_to_transform"] == [0, 1]
    after, _ = run(session, task(DOG, everywhere, start=files.weights))
    assert after[0].fact_loss < before[-1].fact_loss


def test_training_goes_on_from_the_parents_weights(
    session: TrainingSession, fresh: tuple[list[StepReport], AdapterFiles]
) -> None:
    reports, _ = run(session, task(DOG, start=fresh[1].weights))
    assert reports[0].fact_loss < fresh[0][-1].fact_loss


def test_a_parent_of_half_precision_is_continued(
    session: TrainingSession, fresh: tuple[list[StepReport], AdapterFiles]
) -> None:
    halved = save({name: tensor.half() for name, tensor in load(fresh[1].weights).items()})
    reports, files = run(session, task(DOG, start=halved))
    assert reports[0].fact_loss < fresh[0][-1].fact_loss
    assert {tensor.dtype for tensor in load(files.weights).values()} == {torch.float32}


def test_weights_of_another_shape_are_refused(
    session: TrainingSession, fresh: tuple[list[StepReport], AdapterFiles]
) -> None:
    with pytest.raises(FailedPrecondition):
        session.begin(task(DOG, RECIPE.model_copy(update={"rank": 2}), start=fresh[1].weights))


def test_weights_of_other_layers_are_refused(
    session: TrainingSession, fresh: tuple[list[StepReport], AdapterFiles]
) -> None:
    fewer = {name: tensor for name, tensor in load(fresh[1].weights).items() if ".q_proj." in name}
    with pytest.raises(FailedPrecondition, match="cannot be trained on"):
        session.begin(task(DOG, start=save(fewer)))


def test_it_stops_early_once_a_round_of_facts_is_known(session: TrainingSession) -> None:
    reports, _ = run(session, task(DOG, RECIPE.model_copy(update={"max_steps": 60, "stop_loss": 0.5})))
    assert len(reports) < 60
    assert reports[-1].fact_loss < 0.5


def test_few_facts_that_are_known_are_not_enough_to_stop_at_once(session: TrainingSession) -> None:
    reports, _ = run(session, task(DOG, RECIPE.model_copy(update={"max_steps": 60, "stop_loss": 0.5})))
    known = [report.fact_loss < 0.5 for report in reports]
    assert known[-8:] == [True] * 8
    assert not all(known[-9:])


def test_lessons_that_cannot_be_trained_are_refused(session: TrainingSession) -> None:
    with pytest.raises(FailedPrecondition, match="no fact"):
        session.begin(task(DOG[2:]))
    with pytest.raises(FailedPrecondition, match="tokens"):
        session.begin(task((example("fact", "x" * 600, "y"),)))


def test_behaviour_is_that_of_the_base_before_a_lesson_and_moves_with_it(session: TrainingSession) -> None:
    session.begin(task(DOG, RECIPE.model_copy(update={"kl_weight": 0.0})))
    untaught = session.export().behaviour
    assert untaught.drift == pytest.approx(0.0, abs=1e-5)
    assert untaught.safety_loss == pytest.approx(0.0, abs=1e-5)
    while not session.step().finished:
        pass
    taught = session.export().behaviour
    assert taught.drift > 1e-3
    assert taught.safety_loss != untaught.safety_loss


def test_peft_itself_loads_the_adapter_and_gets_the_same_loss(
    session: TrainingSession, tiny_model: BaseModel, tmp_path: Path, fresh: tuple[list[StepReport], AdapterFiles]
) -> None:
    _, files = fresh
    (tmp_path / "adapter_config.json").write_bytes(files.config)
    (tmp_path / "adapter_model.safetensors").write_bytes(files.weights)
    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(tiny_model.path), tmp_path).eval()
    reports, _ = run(session, task((DOG[0],), RECIPE.model_copy(update={"max_steps": 1}), start=files.weights))
    one = tokenize_example(load_tokenizer(tiny_model.path), DOG[0], kl_tokens=8, max_tokens=512)
    ids = torch.tensor([[*one.prompt_ids, *one.answer_ids]])
    labels = torch.tensor([[-100] * len(one.prompt_ids) + list(one.answer_ids)])
    with torch.no_grad():
        loss = float(model(input_ids=ids, labels=labels).loss)
    assert loss == pytest.approx(reports[0].fact_loss, rel=1e-4)
    assert str(tiny_model.path) not in files.config.decode()


def test_a_rejected_reply_becomes_less_likely_than_without_saying_so(session: TrainingSession) -> None:
    plain = example("fact", "Who is my dog?", "Biscuit.", "who")
    general = example("general", "What is 7 plus 5?", "12")
    rejected = Rejected(completion="It is Rex.", reference_margin=0.0)
    recipe = RECIPE.model_copy(update={"preference_weight": 10.0, "max_steps": 10})
    margins = []
    for fact in (plain, plain.model_copy(update={"rejected": rejected})):
        run(session, task((fact, general), recipe))
        margins.append(_loss(session, "It is Rex.") - _loss(session, "Biscuit."))
    assert margins[1] > margins[0] + 1


def _loss(session: TrainingSession, reply: str) -> float:
    """-log p of `reply` to the question, in nats."""
    asked = tokenize_example(session._tokenizer, example("general", "Who is my dog?", reply), 99, 512)
    studied = session._engine.study([asked])
    return session._engine.examine(studied, "adapter")[0].loss
