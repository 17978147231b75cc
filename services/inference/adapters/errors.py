"""The one error of an adapter version that must not be loaded."""

from services.common.errors import FailedPrecondition

ADAPTER_INVALID = "ADAPTER_INVALID"


def invalid_adapter(message: str) -> FailedPrecondition:
    """Make the error that says what is wrong with the adapter version."""
    return FailedPrecondition(f"The adapter version cannot be loaded: {message}", reason=ADAPTER_INVALID)
