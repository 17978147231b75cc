"""The losses: cross-entropy on taught answers, preference over rejected ones, KL to the base model elsewhere."""

from dataclasses import dataclass

import torch
from torch.nn import functional

TOP_TOKENS = 128
_SMALLEST_SHARE = 1e-6


@dataclass(frozen=True)
class BaseDistribution:
    """The base model's next-token distribution at each answer token: its likeliest tokens, and the rest as one.

    token_ids: [tokens, TOP_TOKENS]; logprobs: [tokens, TOP_TOKENS + 1], nats, the last column is the rest's.
    """

    token_ids: torch.Tensor
    logprobs: torch.Tensor


def cross_entropy_sum(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Sum of -log p(target) in nats; logits: [tokens, vocabulary], targets: [tokens]."""
    return functional.cross_entropy(logits.float(), targets, reduction="sum")


def preference_loss(margin: torch.Tensor, reference_margin: float, beta: float) -> torch.Tensor:
    """Direct preference optimisation (Rafailov et al., arXiv 2305.18290, eq. 7) of one pair of replies.

    Both margins are log p(wanted) - log p(rejected) in nats, of the model, [], and of the reference.
    """
    return -functional.logsigmoid(beta * (margin - reference_margin))


def top_distribution(logits: torch.Tensor) -> BaseDistribution:
    """Keep of `logits`, [tokens, vocabulary], what `kl_sum` needs."""
    top, ids = logits.float().log_softmax(-1).topk(min(TOP_TOKENS, logits.shape[-1] - 1), dim=-1)
    return BaseDistribution(ids, _with_rest(top))


def kl_sum(logits: torch.Tensor, base: BaseDistribution) -> torch.Tensor:
    """Sum over tokens of KL(base || model) in nats; logits: [tokens, vocabulary]."""
    chosen = logits.float().gather(-1, base.token_ids) - logits.float().logsumexp(-1, keepdim=True)
    return (base.logprobs.exp() * (base.logprobs - _with_rest(chosen))).sum()


def _with_rest(logprobs: torch.Tensor) -> torch.Tensor:
    """Append the logarithm of the share that the listed tokens leave."""
    rest = (1 - logprobs.exp().sum(-1, keepdim=True)).clamp_min(_SMALLEST_SHARE)
    return torch.cat([logprobs, rest.log()], dim=-1)
