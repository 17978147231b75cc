"""What enters a layer is uncorrelated in the coordinates that are trained, and no weights are lost on the way."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from services.trainer.training import preconditioning
from services.trainer.training.base_model import (
    attach_lora,
    initialise_lora,
    load_base,
    load_tokenizer,
    lora_layers,
    lora_matrices,
)
from services.trainer.training.contract import BaseModel, LoraShape
from services.trainer.training.preconditioning import Preconditioner, measure_preconditioners

SHAPE = LoraShape(4, 0.5)


@pytest.fixture(autouse=True)
def short_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = json.loads(preconditioning._GENERAL_TEXT.read_text())[:24]
    (tmp_path / "text.json").write_text(json.dumps(pairs))
    monkeypatch.setattr(preconditioning, "_GENERAL_TEXT", tmp_path / "text.json")


def test_general_text_is_pairs_of_prompt_and_reply() -> None:
    pairs = json.loads(Path(preconditioning.__file__).with_name("general_text.json").read_text())
    assert len(pairs) >= 50
    assert all(len(pair) == 2 and all(isinstance(text, str) and text for text in pair) for pair in pairs)


@pytest.mark.parametrize("block", [1000, 50])
def test_preconditioned_inputs_are_uncorrelated_and_as_long_as_before(
    tiny_model: BaseModel, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(preconditioning, "_BLOCK_FEATURES", block)
    monkeypatch.setattr(preconditioning, "_DAMPING", 1e-6)
    base, tokenizer = load_base(tiny_model.path, torch.device("cpu")), load_tokenizer(tiny_model.path)
    layers = lora_layers(base, SHAPE)
    name = next(name for name in layers if name.endswith("down_proj"))
    inputs: list[torch.Tensor] = []
    handle = layers[name].register_forward_pre_hook(lambda _, args: inputs.append(args[0][0]))
    made = measure_preconditioners(base, tokenizer, layers)[name]
    handle.remove()
    seen = torch.cat(inputs)
    # The layer computes A' L^-1 x, so what A' meets is L^-1 x; with A' the identity, the used matrix is L^-1.
    met = seen @ made(torch.eye(seen.shape[1])).T
    covariance = met.T @ met / len(met)
    size = preconditioning._block_sizes(seen.shape[1])[0]
    corner = covariance[:size, :size]
    variance = corner.diagonal().mean()
    assert torch.allclose(corner / variance, torch.eye(len(corner)), atol=0.05)
    assert met.square().sum().item() == pytest.approx(seen.square().sum().item(), rel=1e-2)


def test_layers_with_the_same_input_share_a_preconditioner(tiny_model: BaseModel) -> None:
    base, tokenizer = load_base(tiny_model.path, torch.device("cpu")), load_tokenizer(tiny_model.path)
    made = measure_preconditioners(base, tokenizer, lora_layers(base, SHAPE))
    by_projection = {name.rpartition(".")[2]: one for name, one in made.items()}
    assert by_projection["q_proj"] is by_projection["k_proj"] is by_projection["v_proj"]
    assert len({id(one) for one in by_projection.values()}) == 4


def test_undoing_gives_back_what_was_used() -> None:
    torch.manual_seed(0)
    inverses = [torch.linalg.cholesky(m @ m.T + torch.eye(len(m))) for m in (torch.randn(5, 5), torch.randn(3, 3))]
    preconditioner = Preconditioner(inverses)
    used = torch.randn(2, 8)
    assert torch.allclose(preconditioner(preconditioner.undo(used)), used, atol=1e-5)


def test_a_former_versions_weights_are_used_as_they_are(tiny_model: BaseModel) -> None:
    base, tokenizer = load_base(tiny_model.path, torch.device("cpu")), load_tokenizer(tiny_model.path)
    made = measure_preconditioners(base, tokenizer, lora_layers(base, SHAPE))
    model = attach_lora(base, SHAPE, made)
    initialise_lora(model, 1, None)
    former = {matrix.name: torch.randn(matrix.trained.shape) for matrix in lora_matrices(model)}
    for matrix in lora_matrices(model):
        matrix.use(former[matrix.name])
    assert all(torch.allclose(matrix.used, former[matrix.name], atol=1e-4) for matrix in lora_matrices(model))


def test_a_share_of_a_former_versions_update_is_kept(tiny_model: BaseModel) -> None:
    model = attach_lora(load_base(tiny_model.path, torch.device("cpu")), SHAPE)
    former = {matrix.name: torch.randn(matrix.trained.shape) for matrix in lora_matrices(model)}
    initialise_lora(model, 1, save(former), share=0.5)
    for matrix in lora_matrices(model):
        kept = 0.5 if matrix.name.endswith(".lora_B.weight") else 1.0
        assert torch.equal(matrix.used, kept * former[matrix.name])
