"""Maps whatever a handler raises to a gRPC status, for unary and streaming replies alike."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, NoReturn, TypeAlias, cast

import grpc
import structlog

from services.common.errors import InternalError, LoreleiError
from services.common.rpc.statuses import DETAILS_METADATA_KEY, status_code, status_details

_log = structlog.get_logger(__name__)

_Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
_Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"


class ErrorInterceptor(grpc.aio.ServerInterceptor):  # type: ignore[type-arg]  # generic only in its stubs
    """LoreleiError becomes its status with details; anything else becomes INTERNAL and is only logged."""

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[_Handler]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> _Handler:
        """Wrap the handler of one call."""
        handler = await continuation(handler_call_details)
        if handler is None or handler.request_streaming:
            return handler
        method = handler_call_details.method
        codecs = (handler.request_deserializer, handler.response_serializer)
        if handler.response_streaming:
            return grpc.unary_stream_rpc_method_handler(cast(Any, _wrap_stream(handler.unary_stream, method)), *codecs)
        return grpc.unary_unary_rpc_method_handler(cast(Any, _wrap_unary(handler.unary_unary, method)), *codecs)


def _wrap_unary(behaviour: Any, method: str) -> Callable[..., Awaitable[Any]]:
    async def wrapped(request: Any, context: _Context) -> Any:
        try:
            return await behaviour(request, context)
        except Exception as error:
            await _abort(error, context, method)

    return wrapped


def _wrap_stream(behaviour: Any, method: str) -> Callable[..., AsyncIterator[Any]]:
    async def wrapped(request: Any, context: _Context) -> AsyncIterator[Any]:
        try:
            replies = behaviour(request, context)
            if hasattr(replies, "__aiter__"):
                async for reply in replies:
                    yield reply
            else:
                await replies
        except Exception as error:
            await _abort(error, context, method)

    return wrapped


async def _abort(error: Exception, context: _Context, method: str) -> NoReturn:
    if isinstance(error, grpc.aio.AbortError):
        raise error
    if not isinstance(error, LoreleiError):
        _log.error("rpc_failed", method=method, exc_info=error)
        error = InternalError()
    await context.abort(status_code(error), error.message, ((DETAILS_METADATA_KEY, status_details(error)),))
    raise AssertionError("context.abort returned")
