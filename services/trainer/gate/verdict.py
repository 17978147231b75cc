"""Decides on a candidate from its gate report, in words for people. Asks nothing itself."""

from dataclasses import dataclass

from services.common.manifest import GateSummary


@dataclass(frozen=True)
class GateThresholds:
    """Smallest shares, in [0, 1], with which a candidate may serve, and of recall to be sure that it learned."""

    recall: float
    sure_recall: float
    retention: float


@dataclass(frozen=True)
class Verdict:
    """Whether the lesson was surely learned, and why the candidate may not serve."""

    sure: bool
    reasons: tuple[str, ...]

    @property
    def accepted(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.reasons


def judge(gate: GateSummary, thresholds: GateThresholds) -> Verdict:
    """Compare the shares with the thresholds."""
    reasons = []
    if gate.recall < thresholds.recall:
        reasons.append(
            f"The lesson was not learned well enough: {gate.recall:.0%} of the test questions about it were answered "
            f"correctly, at least {thresholds.recall:.0%} are needed."
        )
    if gate.retention < thresholds.retention:
        reasons.append(
            f"Earlier lessons would have been forgotten: {gate.retention:.0%} of the test questions about them were "
            f"still answered correctly, at least {thresholds.retention:.0%} are needed."
        )
    return Verdict(gate.recall >= thresholds.sure_recall, tuple(reasons))
