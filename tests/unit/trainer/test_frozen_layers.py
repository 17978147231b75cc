"""Training from what was recorded of the frozen layers is training through them."""

import pytest
import torch
from transformers import AutoModelForCausalLM, PreTrainedModel

from services.trainer.training.base_model import decoder_layers
from services.trainer.training.contract import BaseModel
from services.trainer.training.frozen_layers import FrozenLayers
from services.trainer.training.packing import Pack, pack_examples
from services.trainer.training.tokens import TokenizedExample

EXAMPLES = [
    TokenizedExample("fact", "", (0, 5, 6, 7), (9, 10, 1)),
    TokenizedExample("fact", "", (0, 5, 8), (13, 1)),
]


@pytest.fixture
def base(tiny_model: BaseModel) -> PreTrainedModel:
    model: PreTrainedModel = AutoModelForCausalLM.from_pretrained(tiny_model.path).eval()
    return model


def logits(model: PreTrainedModel, pack: Pack) -> torch.Tensor:
    output: torch.Tensor = model(
        input_ids=pack.token_ids,
        attention_mask=pack.mask,
        position_ids=pack.position_ids,
        logits_to_keep=pack.rows,
        use_cache=False,
    ).logits
    return output


def test_replaying_gives_the_same_logits_and_gradients_and_spares_the_lower_layers(base: PreTrainedModel) -> None:
    pack, frozen = pack_examples(EXAMPLES), FrozenLayers(base, first_trained=1)
    with frozen.recorded() as seen:
        logits(base, pack)
    [hidden] = seen
    whole = logits(base, pack)
    assert hidden.shape == (1, pack.nodes, base.config.hidden_size)
    whole.sum().backward()
    layers = decoder_layers(base)
    gradients = [parameter.grad.clone() for parameter in layers[1].parameters() if parameter.grad is not None]
    base.zero_grad()
    with frozen.replayed(hidden):
        replayed = logits(base, pack)
    replayed.sum().backward()
    assert torch.equal(replayed, whole)
    assert all(
        torch.allclose(parameter.grad, gradient)
        for parameter, gradient in zip(layers[1].parameters(), gradients, strict=True)
        if parameter.grad is not None
    )
    assert all(parameter.grad is None for parameter in layers[0].parameters())


def test_nothing_is_changed_outside(base: PreTrainedModel) -> None:
    pack, frozen = pack_examples(EXAMPLES), FrozenLayers(base, first_trained=1)
    before = logits(base, pack)
    with frozen.recorded() as seen:
        logits(base, pack)
    with frozen.replayed(torch.zeros_like(seen[0])):
        assert not torch.equal(logits(base, pack), before)
    assert torch.equal(logits(base, pack), before)
    assert len(seen) == 1
