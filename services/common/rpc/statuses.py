"""Turns Lorelei's errors into gRPC statuses with details, and back."""

from typing import cast

import grpc
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status

from services.common.errors import (
    ERRORS_BY_CODE,
    Cancelled,
    DeadlineExceeded,
    InternalError,
    LoreleiError,
    Moderated,
    Unavailable,
)

_DOMAIN = "lorelei"
DETAILS_METADATA_KEY = "grpc-status-details-bin"
_CODES = {code.name: code for code in grpc.StatusCode}


def status_code(error: LoreleiError) -> grpc.StatusCode:
    """The gRPC code of `error`."""
    return _CODES[error.code]


def status_details(error: LoreleiError) -> bytes:
    """The google.rpc.Status of `error`, serialised: ErrorInfo always, BadRequest and RetryInfo where they apply."""
    status = Status(code=status_code(error).value[0], message=error.message)
    status.details.add().Pack(_info(error))
    if error.field:
        violation = error_details_pb2.BadRequest.FieldViolation(field=error.field, description=error.message)
        status.details.add().Pack(error_details_pb2.BadRequest(field_violations=[violation]))
    if error.retry_after_seconds is not None:
        delay = Duration()
        delay.FromMilliseconds(int(error.retry_after_seconds * 1000))
        status.details.add().Pack(error_details_pb2.RetryInfo(retry_delay=delay))
    return bytes(status.SerializeToString())


def _info(error: LoreleiError) -> error_details_pb2.ErrorInfo:
    """What programs read; the metadata of a refusal are its categories with their counts."""
    info = error_details_pb2.ErrorInfo(reason=error.reason, domain=_DOMAIN)
    if isinstance(error, Moderated):
        info.metadata.update({category: str(count) for category, count in error.categories.items()})
    return info


def error_from_call(call: grpc.aio.AioRpcError, service: str) -> LoreleiError:
    """Rebuild the error that `service` raised; a status that no service of ours set becomes a plain public error."""
    status = rpc_status.from_call(cast(grpc.Call, call))
    if status is None:
        return _transport_error(call.code(), service)
    info, violation, retry = (
        error_details_pb2.ErrorInfo(),
        error_details_pb2.BadRequest(),
        error_details_pb2.RetryInfo(),
    )
    for detail in status.details:
        for message in (info, violation, retry):
            detail.Unpack(message)
    field = violation.field_violations[0].field if violation.field_violations else ""
    if info.reason == "MODERATION":
        categories = {category: int(count) for category, count in info.metadata.items()}
        return Moderated(status.message, field=field, categories=categories)
    return ERRORS_BY_CODE.get(call.code().name, InternalError)(
        status.message,
        field=field,
        reason=info.reason,
        retry_after_seconds=retry.retry_delay.ToMilliseconds() / 1000 if retry.HasField("retry_delay") else None,
    )


def _transport_error(code: grpc.StatusCode, service: str) -> LoreleiError:
    if code is grpc.StatusCode.DEADLINE_EXCEEDED:
        return DeadlineExceeded(f"The {service} service did not answer in time.")
    if code is grpc.StatusCode.CANCELLED:
        return Cancelled(f"The call to the {service} service was cancelled.")
    if code is grpc.StatusCode.UNAVAILABLE:
        return Unavailable(f"The {service} service cannot be reached; it may be starting. Try again in a moment.")
    return InternalError()
