"""Shares an adapter's ranks out: the first hold what was taught before, condensed; the others are fresh.

A new lesson has ranks of its own, so it is learned like the first one, and what was taught before stays as it was: the
sequence of LoRAs of O-LoRA (Wang et al. 2023, arXiv 2310.14152, section 3) without its penalty on overlaps, for earlier
lessons are rehearsed, and without its growth, for they are condensed. Trains nothing.
"""

import math

import torch
from peft import PeftModel
from safetensors.torch import load

from services.common.errors import FailedPrecondition
from services.trainer.training.base_model import LoraMatrix, lora_matrices
from services.trainer.training.contract import Start


def lay_out_ranks(model: PeftModel, seed: int, start: Start | None, scaling: float, kept: int) -> None:
    """Put `start` into the first `kept` ranks of every layer and fresh weights into the others.

    Fresh are uniform A drawn from `seed` and zero B. The model scales its update by `scaling`. Where nothing is to be
    kept apart (`kept` is 0), `start` fills all ranks. Raises FailedPrecondition when it does not fit this model.
    """
    generator = torch.Generator().manual_seed(seed)
    former = _read(model, start) if start else {}
    with torch.no_grad():
        for a, b in _pairs(model):
            a.trained.zero_()
            b.trained.zero_()
            rank = len(a.trained)
            room = rank if start and not kept else kept
            if start:
                down, up = a.trained_from(former[a.name]), former[b.name] * (start.scaling / scaling)
                down, up = condensed(down, up, room)
                a.trained[: len(down)] = down
                b.trained[:, : len(down)] = up
            if room < rank:
                fresh = torch.empty(rank - room, a.trained.shape[1])
                a.trained[room:] = torch.nn.init.kaiming_uniform_(fresh, a=math.sqrt(5), generator=generator)


def condensed(down: torch.Tensor, up: torch.Tensor, rank: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The matrices of at most `rank` ranks whose product is nearest to `up` @ `down`, in the Frobenius norm.

    down: [ranks, inputs], up: [outputs, ranks]. In the coordinates of uncorrelated inputs that norm is what the update
    does to ordinary text, so what little is lost is lost there.
    """
    if len(down) <= rank:
        return down, up
    left, upper = torch.linalg.qr(up)
    right, lower = torch.linalg.qr(down.T)
    u, values, v = torch.linalg.svd(upper @ lower.T)
    root = values[:rank].sqrt()
    return (root[:, None] * v[:rank]) @ right.T, left @ (u[:, :rank] * root)


def _pairs(model: PeftModel) -> list[tuple[LoraMatrix, LoraMatrix]]:
    """A and B of every layer."""
    matrices = lora_matrices(model)
    return list(zip(matrices[::2], matrices[1::2], strict=True))


def _read(model: PeftModel, start: Start) -> dict[str, torch.Tensor]:
    """The matrices of `start` by name, in the precision and on the device of the model's."""
    found, pairs = load(start.weights), _pairs(model)
    first = found.get(pairs[0][0].name)
    rank = 0 if first is None else len(first)
    wanted: dict[str, tuple[int, int]] = {}
    for a, b in pairs:
        wanted |= {a.name: (rank, a.trained.shape[1]), b.name: (b.trained.shape[0], rank)}
    if {name: tuple(tensor.shape) for name, tensor in found.items()} != wanted:
        raise FailedPrecondition(
            "The version in force cannot be trained on: its LoRA is not on all linear layers of the upper part of the "
            "base model. Activate another one first.",
            reason="ADAPTER_INVALID",
        )
    # Imported versions may be of half precision.
    return {matrix.name: found[matrix.name].to(matrix.trained) for matrix in lora_matrices(model)}
