"""Puts the HTTP API together."""

from fastapi import Depends, FastAPI

from services.gateway.api import (
    adapters,
    audit,
    chat,
    conversations,
    feedback,
    files,
    fine_tuning,
    health,
    intents,
    keys,
    learn,
    lessons,
    me,
    models,
    operator,
    works,
)
from services.gateway.api.callers import refuse_unknown_parameters
from services.gateway.api.documentation import DocumentedApi
from services.gateway.api.errors import install_error_handlers
from services.gateway.api.limits import BodyLimit
from services.gateway.api.measuring import RequestTimer
from services.gateway.api.page import add_page
from services.gateway.api.parts import GatewayParts

_SPOOLED_PATHS = (adapters.IMPORT_PATH, files.UPLOAD_PATH)


def create_app(parts: GatewayParts) -> FastAPI:
    """The API over `parts`."""
    app = described_api()
    app.state.parts = parts
    app.add_middleware(BodyLimit, max_bytes=parts.limits.max_body_bytes, spooled_paths=_SPOOLED_PATHS)
    app.add_middleware(RequestTimer, metrics=parts.metrics)
    return app


def described_api() -> FastAPI:
    """The API with nothing behind it: it can be described, not called."""
    app = DocumentedApi(
        title="Lorelei",
        description="Chat with a language model and teach it while you do. Any OpenAI client works.",
        version="0.1.0",
        # Both would come from elsewhere; the page has its own.
        docs_url=None,
        redoc_url=None,
    )
    install_error_handlers(app)
    for resource in (
        chat,
        conversations,
        intents,
        feedback,
        learn,
        lessons,
        adapters,
        files,
        fine_tuning,
        works,
        models,
        me,
        audit,
        operator,
        keys,
    ):
        app.include_router(resource.router, dependencies=[Depends(refuse_unknown_parameters)])
    app.include_router(health.router)
    add_page(app)
    return app
