"""The KL against the kept part of the base distribution, and the loss of rejected replies."""

import torch

from services.trainer.training.losses import TOP_TOKENS, cross_entropy_sum, kl_sum, preference_loss, top_distribution


def test_kl_to_itself_is_zero() -> None:
    logits = torch.randn(3, 500, generator=torch.Generator().manual_seed(0))
    assert abs(float(kl_sum(logits, top_distribution(logits)))) < 1e-5


def test_kl_is_exact_where_the_whole_vocabulary_is_kept() -> None:
    generator = torch.Generator().manual_seed(0)
    base, model = torch.randn(2, TOP_TOKENS, generator=generator), torch.randn(2, TOP_TOKENS, generator=generator)
    exact = torch.nn.functional.kl_div(model.log_softmax(-1), base.log_softmax(-1), log_target=True, reduction="sum")
    torch.testing.assert_close(kl_sum(model, top_distribution(base)), exact, rtol=1e-3, atol=1e-4)


def test_kl_never_exceeds_the_exact_one() -> None:
    generator = torch.Generator().manual_seed(1)
    base, model = torch.randn(4, 1000, generator=generator), torch.randn(4, 1000, generator=generator)
    exact = torch.nn.functional.kl_div(model.log_softmax(-1), base.log_softmax(-1), log_target=True, reduction="sum")
    assert 0 < float(kl_sum(model, top_distribution(base))) <= float(exact)


def test_its_gradient_pulls_towards_the_base() -> None:
    base = torch.tensor([[4.0, 0.0, 0.0]])
    logits = torch.zeros(1, 3, requires_grad=True)
    kl_sum(logits, top_distribution(base)).backward()
    assert logits.grad is not None
    assert logits.grad[0, 0] < 0 < logits.grad[0, 1]


def test_cross_entropy_is_summed_in_nats() -> None:
    uniform = torch.zeros(2, 8)
    assert float(cross_entropy_sum(uniform, torch.tensor([1, 7]))) == torch.log(torch.tensor(8.0)).item() * 2


def test_a_margin_like_the_references_costs_the_logarithm_of_two() -> None:
    assert float(preference_loss(torch.tensor(-3.0), -3.0, beta=0.5)) == torch.log(torch.tensor(2.0)).item()


def test_the_loss_of_a_rejected_reply_falls_with_the_margin() -> None:
    margins = torch.tensor([-5.0, 0.0, 5.0, 50.0])
    losses = [float(preference_loss(margin, 0.0, beta=0.1)) for margin in margins]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.01
