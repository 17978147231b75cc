"""The errors Lorelei raises on purpose: each has a code and a message fit for a user. Knows nothing of gRPC or HTTP."""

from collections.abc import Mapping
from typing import ClassVar


class LoreleiError(Exception):
    """Root of all deliberate errors.

    `message` is public: it says what happened and what to do, never what went wrong inside.
    Instances survive pickling, because Ray carries them between processes.
    """

    code: ClassVar[str] = "INTERNAL"

    def __init__(
        self,
        message: str,
        *,
        field: str = "",
        reason: str = "",
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.reason = reason or self.code
        self.retry_after_seconds = retry_after_seconds

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.message, self.field, self.reason, self.retry_after_seconds))


def _rebuild(
    kind: type[LoreleiError], message: str, field: str, reason: str, retry_after_seconds: float | None
) -> LoreleiError:
    return kind(message, field=field, reason=reason, retry_after_seconds=retry_after_seconds)


class InvalidArgument(LoreleiError):
    """The request is wrong; `field` names the culprit."""

    code = "INVALID_ARGUMENT"


class Unauthenticated(LoreleiError):
    """The API key is missing or unknown."""

    code = "UNAUTHENTICATED"


class PermissionDenied(LoreleiError):
    """The API key is known, but not for this."""

    code = "PERMISSION_DENIED"


class NotFound(LoreleiError):
    """No such object for this tenant and user, whether or not it exists for another."""

    code = "NOT_FOUND"


class AlreadyExists(LoreleiError):
    """The object exists, or the job runs already."""

    code = "ALREADY_EXISTS"


class FailedPrecondition(LoreleiError):
    """The system is not in the state the request needs; `reason` says which in one constant."""

    code = "FAILED_PRECONDITION"


class Moderated(FailedPrecondition):
    """Moderation refused the content; `categories` says how many texts for which reason, for the operator's log."""

    def __init__(
        self,
        message: str,
        *,
        field: str = "",
        reason: str = "MODERATION",
        retry_after_seconds: float | None = None,
        categories: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__(message, field=field, reason=reason, retry_after_seconds=retry_after_seconds)
        self.categories = dict(categories or {})

    def __reduce__(self) -> tuple[object, ...]:
        return (*super().__reduce__(), {"categories": self.categories})


class StaleVersion(LoreleiError):
    """Somebody else changed the active version first."""

    code = "ABORTED"


class Cancelled(LoreleiError):
    """The work was cancelled on request."""

    code = "CANCELLED"


class DeadlineExceeded(LoreleiError):
    """The work did not finish in the time given."""

    code = "DEADLINE_EXCEEDED"


class Unavailable(LoreleiError):
    """A part is starting, draining or out of reach; trying again later may work."""

    code = "UNAVAILABLE"

    def __init__(
        self,
        message: str,
        *,
        field: str = "",
        reason: str = "",
        retry_after_seconds: float | None = 1.0,
    ) -> None:
        super().__init__(message, field=field, reason=reason, retry_after_seconds=retry_after_seconds)


class ResourceExhausted(LoreleiError):
    """A quota or a queue is full."""

    code = "RESOURCE_EXHAUSTED"

    def __init__(
        self,
        message: str,
        *,
        field: str = "",
        reason: str = "",
        retry_after_seconds: float | None = 5.0,
    ) -> None:
        super().__init__(message, field=field, reason=reason, retry_after_seconds=retry_after_seconds)


class InternalError(LoreleiError):
    """Anything else; the details are only in the log."""

    def __init__(
        self,
        message: str = "Internal error.",
        *,
        field: str = "",
        reason: str = "",
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(message, field=field, reason=reason, retry_after_seconds=retry_after_seconds)


ERRORS_BY_CODE: dict[str, type[LoreleiError]] = {
    kind.code: kind
    for kind in (
        InvalidArgument,
        Unauthenticated,
        PermissionDenied,
        NotFound,
        AlreadyExists,
        FailedPrecondition,
        StaleVersion,
        Cancelled,
        DeadlineExceeded,
        Unavailable,
        ResourceExhausted,
        InternalError,
    )
}
