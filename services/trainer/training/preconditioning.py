"""Makes training see past what a layer's inputs have in common, so that a lesson moves little else.

LoRA's A of a layer is trained in coordinates in which the inputs of ordinary conversation are uncorrelated:
A = A' L^-1, where L L^T is their covariance. A step then changes most what the lesson's inputs have of their own. It is
K-FAC's preconditioner of the input side (Martens and Grosse 2015, arXiv 1503.05671, section 3) as a change of
variables, with the covariance of ROME (Meng et al. 2022, arXiv 2202.05262, section 3.1). Knows no lessons.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import PreTrainedModel, PreTrainedTokenizerBase

_GENERAL_TEXT = Path(__file__).with_name("general_text.json")
# Share of the mean variance that is added to every one, so that directions hardly ever seen are not blown up.
_DAMPING = 0.01
# Correlations are kept within blocks of features: memory grows with the width then, not with its square.
_BLOCK_FEATURES = 768
# One forward pass over so many turns of one conversation is several times as fast as one for each.
_PAIRS_AT_ONCE = 8


class Preconditioner(nn.Module):
    """The change of variables of one layer; `inverses` are L^-1, lower triangles, [block, block], block by block."""

    def __init__(self, inverses: list[torch.Tensor]) -> None:
        super().__init__()
        self._sizes = [len(inverse) for inverse in inverses]
        for number, inverse in enumerate(inverses):
            self.register_buffer(f"inverse{number}", inverse, persistent=False)

    def forward(self, trained: torch.Tensor) -> torch.Tensor:
        """The matrix that the layer uses, [rank, features], from the trained one."""
        parts = zip(self._inverses(), torch.split(trained, self._sizes, dim=1), strict=True)
        return torch.cat([part @ inverse for inverse, part in parts], dim=1)

    def undo(self, used: torch.Tensor) -> torch.Tensor:
        """The matrix to train, [rank, features], with which the layer uses `used`."""
        parts = zip(self._inverses(), torch.split(used, self._sizes, dim=1), strict=True)
        solved = [torch.linalg.solve_triangular(inverse, part, upper=False, left=False) for inverse, part in parts]
        return torch.cat(solved, dim=1)

    def _inverses(self) -> Iterator[torch.Tensor]:
        return (getattr(self, f"inverse{number}") for number in range(len(self._sizes)))


def measure_preconditioners(
    base: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, layers: Mapping[str, nn.Linear]
) -> dict[str, Preconditioner]:
    """One preconditioner for each of `layers` of `base`, by name, from a general text of our own.

    Layers that read the same input share theirs.
    """
    pairs = json.loads(_GENERAL_TEXT.read_text(encoding="utf-8"))
    with torch.no_grad(), _watched(layers) as watched:
        for start in range(0, len(pairs), _PAIRS_AT_ONCE):
            text = _conversation(tokenizer, pairs[start : start + _PAIRS_AT_ONCE])
            base.base_model(
                input_ids=tokenizer(text, add_special_tokens=False, return_tensors="pt").input_ids.to(base.device)
            )
    made = {leader: Preconditioner(_inverses(moments, watched.tokens)) for leader, moments in watched.moments.items()}
    return {name: made[leader] for name, leader in watched.leaders.items()}


def _conversation(tokenizer: PreTrainedTokenizerBase, pairs: list[list[str]]) -> str:
    turns = [turn for prompt, reply in pairs for turn in (("user", prompt), ("assistant", reply))]
    messages = [{"role": role, "content": content} for role, content in turns]
    return str(tokenizer.apply_chat_template(messages, tokenize=False))


class _Watch:
    """Sums of x x^T, block by block, of every distinct input, under the name of the first layer that reads it."""

    def __init__(self) -> None:
        self.leaders: dict[str, str] = {}
        self.moments: dict[str, list[torch.Tensor]] = {}
        self.tokens = 0
        self._last: tuple[str, torch.Tensor] | None = None

    def see(self, name: str, _: nn.Module, args: tuple[Any, ...]) -> None:
        """Take in what enters layer `name`."""
        entering: torch.Tensor = args[0]
        if self._last is None or self._last[1] is not entering:
            self._last = (name, entering)
            self._add(name, entering.reshape(-1, entering.shape[-1]).float())
        self.leaders[name] = self._last[0]

    def _add(self, name: str, inputs: torch.Tensor) -> None:
        products = [block.T @ block for block in torch.split(inputs, _block_sizes(inputs.shape[1]), dim=1)]
        if name not in self.moments:
            self.moments[name] = products
        else:
            for moment, product in zip(self.moments[name], products, strict=True):
                moment += product
        self.tokens += len(inputs) if name == next(iter(self.moments)) else 0


@contextmanager
def _watched(layers: Mapping[str, nn.Linear]) -> Iterator[_Watch]:
    watch = _Watch()
    handles = [layer.register_forward_pre_hook(partial(watch.see, name)) for name, layer in layers.items()]
    try:
        yield watch
    finally:
        for handle in handles:
            handle.remove()


def _block_sizes(features: int) -> list[int]:
    """The sizes of the fewest nearly equal blocks that are small enough."""
    blocks = -(-features // _BLOCK_FEATURES)
    return [features // blocks + (number < features % blocks) for number in range(blocks)]


def _inverses(moments: list[torch.Tensor], tokens: int) -> list[torch.Tensor]:
    """Inverse Cholesky factors of the damped covariances, scaled so that preconditioned inputs keep their length."""
    covariances = [moment.double() / tokens for moment in moments]
    variance = _trace(covariances) / sum(map(len, covariances))
    damped = [c + _DAMPING * variance * torch.eye(len(c), dtype=c.dtype, device=c.device) for c in covariances]
    inverses = [torch.linalg.inv(torch.linalg.cholesky(one)).tril() for one in damped]
    whitened = [inverse @ c @ inverse.T for c, inverse in zip(covariances, inverses, strict=True)]
    scale = (_trace(covariances) / _trace(whitened)) ** 0.5
    return [(scale * inverse).float() for inverse in inverses]


def _trace(matrices: list[torch.Tensor]) -> float:
    return sum(float(matrix.trace()) for matrix in matrices)
