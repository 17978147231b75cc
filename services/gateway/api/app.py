"""Puts the HTTP API together."""

from fastapi import FastAPI

from services.gateway.api import (
    adapters,
    audit,
    chat,
    conversations,
    feedback,
    files,
    health,
    intents,
    learn,
    lessons,
    me,
    models,
    operator,
    works,
)
from services.gateway.api.errors import install_error_handlers
from services.gateway.api.limits import BodyLimit
from services.gateway.api.measuring import RequestTimer
from services.gateway.api.page import add_page
from services.gateway.api.parts import GatewayParts

_SPOOLED_PATHS = (adapters.IMPORT_PATH, files.UPLOAD_PATH)


def create_app(parts: GatewayParts) -> FastAPI:
    """The API over `parts`."""
    app = FastAPI(
        title="Lorelei",
        description="Chat with a language model and teach it while you do. Any OpenAI client works.",
        version="0.1.0",
        redoc_url=None,
    )
    app.state.parts = parts
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
        works,
        models,
        me,
        audit,
        operator,
        health,
    ):
        app.include_router(resource.router)
    add_page(app)
    app.add_middleware(BodyLimit, max_bytes=parts.limits.max_body_bytes, spooled_paths=_SPOOLED_PATHS)
    app.add_middleware(RequestTimer, metrics=parts.metrics)
    return app
