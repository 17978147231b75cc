"""Says in plain words why something is not learned. Decides nothing."""

from collections.abc import Sequence

from services.augmenter.moderation.moderator import Finding


def refusal_sentence(findings: Sequence[Finding]) -> str:
    """What a user reads; it never repeats what was found."""
    found = list(dict.fromkeys(finding.what for finding in findings))
    listed = found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"
    return f"I do not learn this because it holds {listed}. Leave that out and try again."
