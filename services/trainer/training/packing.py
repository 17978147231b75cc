"""Packs examples into one sequence that shares every common prefix. Knows nothing of models or losses.

The examples form a tree of tokens: a token is stored once for all examples that begin alike, so that a system
prompt or the start of a question is computed once. A token sees its ancestors only, at its depth as position.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from services.trainer.training.tokens import TokenizedExample


@dataclass(frozen=True)
class Pack:
    """One sequence of `nodes` tokens for several examples.

    token_ids, position_ids: [1, nodes]; mask: [1, 1, nodes, nodes], True where attention is allowed;
    rows: [answer tokens], the node that predicts each answer token, example after example;
    targets: [answer tokens]; lengths: answer tokens of each example;
    paths: for each example, [its tokens but the last], the node of each of its tokens.
    """

    token_ids: torch.Tensor
    position_ids: torch.Tensor
    mask: torch.Tensor
    rows: torch.Tensor
    targets: torch.Tensor
    lengths: list[int]
    paths: list[torch.Tensor]

    @property
    def nodes(self) -> int:
        """Tokens that are computed."""
        return self.token_ids.shape[1]


def pack_examples(examples: Sequence[TokenizedExample]) -> Pack:
    """Build the token tree of `examples` and lay it out in one sequence, parents before children."""
    tokens: list[int] = []
    parents: list[int] = []
    children: dict[tuple[int, int], int] = {}
    paths: list[list[int]] = []
    for example in examples:
        path, node = [], -1
        for token in (*example.prompt_ids, *example.answer_ids[:-1]):
            child = children.setdefault((node, token), len(tokens))
            if child == len(tokens):
                tokens.append(token)
                parents.append(node)
            path.append(child)
            node = child
        paths.append(path)
    rows = [row for example, path in zip(examples, paths, strict=True) for row in path[len(example.prompt_ids) - 1 :]]
    mask, depths = _ancestry(parents)
    return Pack(
        token_ids=torch.tensor([tokens]),
        position_ids=depths[None],
        mask=mask[None, None],
        rows=torch.tensor(rows),
        targets=torch.tensor([token for example in examples for token in example.answer_ids]),
        lengths=[len(example.answer_ids) for example in examples],
        paths=[torch.tensor(path) for path in paths],
    )


def _ancestry(parents: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return who sees whom, [nodes, nodes], and each node's depth, [nodes]."""
    mask = np.eye(len(parents), dtype=np.bool_)
    for node, parent in enumerate(parents):
        if parent >= 0:
            mask[node] |= mask[parent]
    return torch.from_numpy(mask), torch.from_numpy(mask.sum(axis=1) - 1)


def divide_examples(
    examples: Sequence[TokenizedExample], workers: int, max_pack_tokens: int
) -> list[list[list[TokenizedExample]]]:
    """Deal `examples` out as [worker][pack], the same number of packs for every worker, some perhaps empty.

    A pack holds about `max_pack_tokens` tokens at most, before sharing.
    """
    total = sum(len(example) for example in examples)
    packs = max(1, math.ceil(total / (max_pack_tokens * workers)))
    return [
        [list(examples[worker + pack * workers :: workers * packs]) for pack in range(packs)]
        for worker in range(workers)
    ]
