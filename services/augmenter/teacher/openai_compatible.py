"""A teacher behind any OpenAI-compatible endpoint."""

import json
from collections.abc import Sequence
from typing import Any

import httpx
from pydantic import SecretStr

from services.augmenter.teacher.model import Generation
from services.common.datasets import Message
from services.common.errors import DeadlineExceeded, Unavailable


class OpenAICompatibleModel:
    """Calls POST {base_url}/chat/completions."""

    def __init__(self, base_url: str, model: str, api_key: SecretStr, timeout_seconds: float) -> None:
        headers = {"Authorization": f"Bearer {api_key.get_secret_value()}"} if api_key.get_secret_value() else {}
        self._client = httpx.AsyncClient(base_url=base_url.rstrip("/"), headers=headers, timeout=timeout_seconds)
        self._model = model

    async def complete(self, messages: Sequence[Message], generation: Generation) -> str:
        """One reply; anything but a reply raises Unavailable or DeadlineExceeded."""
        try:
            response = await self._client.post("/chat/completions", json=self._body(messages, generation))
            response.raise_for_status()
            return str(response.json()["choices"][0]["message"]["content"] or "").strip()
        except httpx.TimeoutException as error:
            raise DeadlineExceeded("The teacher model did not answer in time.") from error
        except (httpx.HTTPError, ValueError, LookupError, TypeError) as error:
            raise Unavailable("The teacher model cannot be used; check its address, key and name.") from error

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _body(self, messages: Sequence[Message], generation: Generation) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self._model,
            "messages": [message.model_dump() for message in messages],
            "max_tokens": generation.max_tokens,
            "temperature": generation.temperature,
            "seed": generation.seed,
        }
        if generation.json_schema:
            schema = {"name": "reply", "strict": True, "schema": json.loads(generation.json_schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        return body
