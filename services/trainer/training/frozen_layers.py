"""Spares training the layers below the adapter: what leaves them is computed once for each example and kept.

Their weights never change, so their output is the same at every step. Knows nothing of losses or examples.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import torch
from torch import nn
from transformers import PreTrainedModel

from services.trainer.training.base_model import decoder_layers


class FrozenLayers:
    """The decoder layers below `first_trained` of `base`; while none of the contexts is open, nothing is changed."""

    def __init__(self, base: PreTrainedModel, first_trained: int) -> None:
        layers = decoder_layers(base)
        self._frozen = list(layers[:first_trained])
        self._first_trained = layers[first_trained]

    @contextmanager
    def recorded(self) -> Iterator[list[torch.Tensor]]:
        """Within, the first forward pass appends what enters the first trained layer, [1, nodes, hidden size].

        It ends the block: nothing above is computed.
        """
        seen: list[torch.Tensor] = []

        def record(_: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            seen.append((args[0] if args else kwargs["hidden_states"]).detach())
            raise _Seen

        handle = self._first_trained.register_forward_pre_hook(record, with_kwargs=True)
        try:
            with suppress(_Seen):
                yield seen
        finally:
            handle.remove()

    @contextmanager
    def replayed(self, hidden: torch.Tensor) -> Iterator[None]:
        """Within, `hidden`, [1, nodes, hidden size], enters the first trained layer and the frozen ones rest."""
        for layer in self._frozen:
            layer.forward = _rest
        handle = self._first_trained.register_forward_pre_hook(_replace(hidden), with_kwargs=True)
        try:
            yield
        finally:
            handle.remove()
            for layer in self._frozen:
                del layer.forward


class _Seen(Exception):
    """What was wanted of a forward pass is there."""


def _rest(hidden_states: torch.Tensor, *_: object, **__: object) -> torch.Tensor:
    return hidden_states


def _replace(hidden: torch.Tensor) -> Callable[..., tuple[tuple[Any, ...], dict[str, Any]]]:
    def replace(_: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return ((hidden, *args[1:]), kwargs) if args else (args, {**kwargs, "hidden_states": hidden})

    return replace
