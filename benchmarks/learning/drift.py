"""How far a taught model has moved from the base model where nothing was taught. Knows no methods.

The KL of base to taught model is estimated on answers that the base model has drawn, one for each prompt: the mean over
tokens of ln p_base - ln p_taught. That has the KL as its mean and no bias, but noise: below zero is possible.
"""

import statistics
from collections.abc import Sequence
from itertools import chain

from benchmarks.learning.backstage import Backstage
from benchmarks.learning.records import Baseline, Drift, Results
from services.trainer.gate.serving import AdapterVersion

SAMPLE_TOKENS = 32
SAMPLE_SEED = 20240306


class DriftMeter:
    """Compares versions with the base model, whose answers it asks for once and keeps in `results`."""

    def __init__(self, backstage: Backstage, results: Results, prompts: Sequence[str]) -> None:
        """With no `prompts` there is nothing to measure."""
        self._backstage = backstage
        self._results = results
        self._prompts = prompts

    def measure(self, version: AdapterVersion | None) -> Drift | None:
        """The drift of `version`; None for the base model itself."""
        if version is None or not self._prompts:
            return None
        baseline = self._baseline()
        logprobs = self._backstage.score(version, baseline.prompts, baseline.samples)
        return drift_of(baseline, logprobs, self._backstage.answer(version, baseline.prompts, SAMPLE_TOKENS))

    def _baseline(self) -> Baseline:
        known = self._results.of(Baseline)
        if known:
            return known[0]
        drawn = self._backstage.sample(self._prompts, SAMPLE_TOKENS, SAMPLE_SEED)
        # An empty answer has no token to score.
        answered = [(prompt, sample) for prompt, sample in zip(self._prompts, drawn, strict=True) if sample]
        prompts, samples = [prompt for prompt, _ in answered], [sample for _, sample in answered]
        baseline = Baseline(
            prompts=prompts,
            samples=samples,
            logprobs=self._backstage.score(None, prompts, samples),
            greedy=self._backstage.answer(None, prompts, SAMPLE_TOKENS),
        )
        self._results.add(baseline)
        return baseline


def drift_of(baseline: Baseline, logprobs: Sequence[Sequence[float]], greedy: Sequence[str]) -> Drift:
    """The drift of a model that gives the baseline's samples these `logprobs`, and answers `greedy`."""
    pairs = zip(baseline.logprobs, logprobs, strict=True)
    losses = list(chain.from_iterable(_losses(base, taught) for base, taught in pairs))
    same = [ours == theirs for ours, theirs in zip(greedy, baseline.greedy, strict=True)]
    return Drift(kl=statistics.fmean(losses), tokens=len(losses), same=statistics.fmean(same))


def _losses(base: Sequence[float], taught: Sequence[float]) -> list[float]:
    return [ours - theirs for ours, theirs in zip(base, taught, strict=True)]
