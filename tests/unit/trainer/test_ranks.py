"""What was taught before is condensed to half of the ranks with hardly a loss, and starts as it was."""

import pytest
import torch
from safetensors.torch import load, save

from services.common.errors import FailedPrecondition
from services.trainer.training.base_model import attach_lora, load_base, load_tokenizer, lora_layers, lora_matrices
from services.trainer.training.contract import BaseModel, LoraShape, Start
from services.trainer.training.preconditioning import measure_preconditioners
from services.trainer.training.ranks import condensed, lay_out_ranks

SHAPE = LoraShape(rank=8, trained_layers=0.5)


def test_few_ranks_are_kept_as_they_are() -> None:
    down, up = torch.randn(3, 9), torch.randn(5, 3)
    assert condensed(down, up, 3) == (down, up)


def test_ranks_that_say_the_same_are_condensed_without_loss() -> None:
    torch.manual_seed(0)
    down, up = torch.randn(2, 9), torch.randn(5, 2)
    narrow, wide = condensed(torch.cat([down, 2 * down]), torch.cat([up, up], dim=1), 2)
    assert (narrow.shape, wide.shape) == ((2, 9), (5, 2))
    assert torch.allclose(wide @ narrow, 3 * up @ down, atol=1e-4)


def test_what_is_lost_is_what_counts_least() -> None:
    torch.manual_seed(0)
    up, down = torch.linalg.qr(torch.randn(9, 4))[0], torch.linalg.qr(torch.randn(7, 4))[0].T
    strengths = torch.tensor([1.0, 8.0, 2.0, 4.0])
    narrow, wide = condensed(down, up * strengths, 2)
    assert torch.linalg.matrix_norm(up * strengths @ down - wide @ narrow).item() == pytest.approx(5**0.5, rel=1e-4)


@pytest.fixture(scope="module")
def layers(tiny_model: BaseModel) -> dict[str, tuple[int, int]]:
    """Inputs and outputs of every layer with LoRA, by name."""
    base = load_base(tiny_model.path, torch.device("cpu"))
    return {name: (part.in_features, part.out_features) for name, part in lora_layers(base, SHAPE).items()}


def start_of(layers: dict[str, tuple[int, int]], rank: int, scaling: float) -> Start:
    weights = {}
    for name, (inputs, outputs) in layers.items():
        weights[f"base_model.model.{name}.lora_A.weight"] = torch.randn(rank, inputs)
        weights[f"base_model.model.{name}.lora_B.weight"] = torch.randn(outputs, rank)
    return Start(save(weights), scaling)


@pytest.mark.parametrize(("rank", "kept"), [(4, 4), (2, 4), (8, 0), (3, 0)])
def test_a_former_version_does_what_it_did_whatever_its_rank_and_scale(
    tiny_model: BaseModel, layers: dict[str, tuple[int, int]], rank: int, kept: int
) -> None:
    torch.manual_seed(0)
    base, tokenizer = load_base(tiny_model.path, torch.device("cpu")), load_tokenizer(tiny_model.path)
    start = start_of(layers, rank, scaling=0.5)
    model = attach_lora(base, SHAPE, measure_preconditioners(base, tokenizer, lora_layers(base, SHAPE)))
    lay_out_ranks(model, 1, start, scaling=2.0, kept=kept)
    former = load(start.weights)
    matrices = lora_matrices(model)
    for a, b in zip(matrices[::2], matrices[1::2], strict=True):
        assert torch.allclose(2.0 * b.used @ a.used, 0.5 * former[b.name] @ former[a.name], atol=1e-2)
        assert a.used[rank if kept == 0 else kept :].any() == bool(kept)
        assert not b.used[:, max(rank, kept) :].any()


@pytest.mark.parametrize("damage", ["missing", "wide", "uneven"])
def test_weights_that_do_not_fit_are_refused(
    tiny_model: BaseModel, layers: dict[str, tuple[int, int]], damage: str
) -> None:
    model = attach_lora(load_base(tiny_model.path, torch.device("cpu")), SHAPE)
    name, (inputs, outputs) = next(iter(layers.items()))
    others = {key: shape for key, shape in layers.items() if key != name}
    if damage == "wide":
        others[name] = (inputs + 1, outputs)
    start = start_of(others, 4, scaling=1.0)
    if damage == "uneven":
        uneven = start_of({name: (inputs, outputs)}, 5, scaling=1.0)
        start = Start(save({**load(start.weights), **load(uneven.weights)}), 1.0)
    with pytest.raises(FailedPrecondition, match="cannot be trained on"):
        lay_out_ranks(model, 0, start, scaling=1.0, kept=4)
