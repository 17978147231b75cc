"""Judges texts by a model elsewhere, after the local rules for what no such model looks for."""

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol

import httpx
from pydantic import SecretStr

from services.augmenter.moderation.local import LocalModerator
from services.augmenter.moderation.moderator import Category, Finding, Origin
from services.common.errors import Unavailable

_TEXTS_PER_CALL = 64
_CALLS_AT_ONCE = 8
_GUARD_TOKENS = 16


class Judge(Protocol):
    """A model that judges texts."""

    async def findings(self, client: httpx.AsyncClient, texts: Sequence[str]) -> list[Finding | None]:
        """One finding or None per text; raises httpx.HTTPError, ValueError, LookupError or TypeError."""


class RemoteModerator:
    """The local rules without their toxicity, then `judge` behind `url`."""

    def __init__(self, judge: Judge, url: str, api_key: SecretStr, seconds: float) -> None:
        key = api_key.get_secret_value()
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.AsyncClient(
            base_url=url.rstrip("/"), headers=headers, timeout=seconds, trust_env=False, follow_redirects=False
        )
        self._judge = judge
        self._local = LocalModerator(toxicity_threshold=None)

    async def judge(self, texts: Sequence[str], origin: Origin) -> list[Finding | None]:
        """One finding or None per text; raises Unavailable when the model cannot be asked."""
        found = await self._local.judge(texts, origin)
        try:
            judged = await self._judge.findings(self._client, texts)
        except (httpx.HTTPError, ValueError, LookupError, TypeError) as error:
            raise Unavailable(
                "The moderation service cannot be used; check its address, key and model. Nothing is learned unseen."
            ) from error
        return [one or other for one, other in zip(found, judged, strict=True)]

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


class ModerationEndpoint:
    """OpenAI's POST /moderations, or one like it."""

    def __init__(self, model: str) -> None:
        self._model = model

    async def findings(self, client: httpx.AsyncClient, texts: Sequence[str]) -> list[Finding | None]:
        """Asked in batches, one after the other."""
        found: list[Finding | None] = []
        for start in range(0, len(texts), _TEXTS_PER_CALL):
            body: dict[str, Any] = {"input": list(texts[start : start + _TEXTS_PER_CALL])}
            if self._model:
                body["model"] = self._model
            reply = await client.post("/moderations", json=body)
            results = reply.raise_for_status().json()["results"]
            if len(results) != len(body["input"]):
                raise ValueError("another number of results than of texts")
            found += [_flagged(result) for result in results]
        return found


class GuardModel:
    """A guard model behind a chat endpoint that answers "safe" or "unsafe", as Llama Guard does."""

    def __init__(self, model: str) -> None:
        self._model = model

    async def findings(self, client: httpx.AsyncClient, texts: Sequence[str]) -> list[Finding | None]:
        """Asked one by one, some at a time."""
        room = asyncio.Semaphore(_CALLS_AT_ONCE)

        async def one(text: str) -> Finding | None:
            body = {
                "model": self._model,
                "messages": [{"role": "user", "content": text}],
                "temperature": 0,
                "max_tokens": _GUARD_TOKENS,
            }
            async with room:
                reply = await client.post("/chat/completions", json=body)
            verdict = str(reply.raise_for_status().json()["choices"][0]["message"]["content"]).strip().casefold()
            if verdict.startswith("unsafe"):
                return Finding(Category.UNSAFE, "something that the guard model calls unsafe")
            if verdict.startswith("safe"):
                return None
            raise ValueError("neither safe nor unsafe")

        return list(await asyncio.gather(*map(one, texts)))


def _flagged(result: dict[str, Any]) -> Finding | None:
    if not result["flagged"]:
        return None
    names = sorted(name.replace("/", " or ") for name, flagged in (result.get("categories") or {}).items() if flagged)
    return Finding(Category.UNSAFE, f"something unsafe ({', '.join(names)})" if names else "something unsafe")
