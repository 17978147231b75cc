"""Judges texts by a model elsewhere, after the local rules for what no such model looks for."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

import httpx
from pydantic import SecretStr

from services.augmenter.moderation.local import LocalModerator
from services.augmenter.moderation.moderator import Category, Finding, Origin
from services.common.errors import Unavailable

_TEXTS_PER_CALL = 64
_CALLS_AT_ONCE = 8
_GUARD_TOKENS = 16


Ask = Callable[[str, Mapping[str, Any]], Awaitable[Any]]


class Judge(Protocol):
    """A model that judges texts."""

    async def findings(self, ask: Ask, texts: Sequence[str]) -> list[Finding | None]:
        """One finding or None per text; raises what `ask` raises, or what reading an unexpected answer raises."""


class _Unusable(Exception):
    """The kind of failure behind Unavailable, without what it says."""


class RemoteModerator:
    """The local rules without their toxicity, then `judge` behind `url`, which never sees what the rules refuse."""

    def __init__(self, judge: Judge, url: str, api_key: SecretStr, seconds: float) -> None:
        key = api_key.get_secret_value()
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.AsyncClient(
            base_url=url.rstrip("/"), headers=headers, timeout=seconds, trust_env=False, follow_redirects=False
        )
        self._judge = judge
        self._seconds = seconds
        self._local = LocalModerator(toxicity_threshold=None)

    async def prepare(self) -> None:
        """Nothing is loaded, nobody asked."""

    async def judge(self, texts: Sequence[str], origin: Origin) -> list[Finding | None]:
        """One finding or None per text; raises Unavailable when the model cannot be asked."""
        found = await self._local.judge(texts, origin)
        unjudged = [text for text, finding in zip(texts, found, strict=True) if finding is None]
        try:
            judged = iter(await self._judge.findings(self._ask, unjudged))
        except (httpx.HTTPError, TimeoutError, ValueError, LookupError, TypeError, AttributeError) as error:
            # The cause's own message may show the key: only its kind is kept.
            raise Unavailable(
                "The moderation service cannot be used; check its address, key and model. Nothing is learned unseen."
            ) from _Unusable(type(error).__name__)
        return [finding or next(judged) for finding in found]

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _ask(self, path: str, body: Mapping[str, Any]) -> Any:
        """The JSON that a POST answers, however slowly its bytes come."""
        async with asyncio.timeout(self._seconds):
            reply = await self._client.post(path, json=dict(body))
        return reply.raise_for_status().json()


class ModerationEndpoint:
    """OpenAI's POST /moderations, or one like it."""

    def __init__(self, model: str) -> None:
        self._model = model

    async def findings(self, ask: Ask, texts: Sequence[str]) -> list[Finding | None]:
        """Asked in batches, one after the other."""
        found: list[Finding | None] = []
        for start in range(0, len(texts), _TEXTS_PER_CALL):
            body: dict[str, Any] = {"input": list(texts[start : start + _TEXTS_PER_CALL])}
            if self._model:
                body["model"] = self._model
            results = (await ask("/moderations", body))["results"]
            if len(results) != len(body["input"]):
                raise ValueError("another number of results than of texts")
            found += [_flagged(result) for result in results]
        return found


class GuardModel:
    """A guard model behind a chat endpoint that answers "safe" or "unsafe", as Llama Guard does."""

    def __init__(self, model: str) -> None:
        self._model = model

    async def findings(self, ask: Ask, texts: Sequence[str]) -> list[Finding | None]:
        """Asked one by one, some at a time; after the first failure no more is asked."""
        room = asyncio.Semaphore(_CALLS_AT_ONCE)
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._finding(ask, text, room)) for text in texts]
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        return [task.result() for task in tasks]

    async def _finding(self, ask: Ask, text: str, room: asyncio.Semaphore) -> Finding | None:
        body = {
            "model": self._model,
            "messages": [{"role": "user", "content": text}],
            "temperature": 0,
            "max_tokens": _GUARD_TOKENS,
        }
        async with room:
            reply = await ask("/chat/completions", body)
        words = str(reply["choices"][0]["message"]["content"]).split(maxsplit=1)
        verdict = words[0].casefold().rstrip(".,:;") if words else ""
        if verdict == "unsafe":
            return Finding(Category.UNSAFE, "something that the guard model calls unsafe")
        if verdict == "safe":
            return None
        raise ValueError("neither safe nor unsafe")


def _flagged(result: dict[str, Any]) -> Finding | None:
    if not isinstance(result["flagged"], bool):
        raise TypeError("flagged is neither true nor false")
    if not result["flagged"]:
        return None
    names = sorted(name.replace("/", " or ") for name, flagged in (result.get("categories") or {}).items() if flagged)
    return Finding(Category.UNSAFE, f"something unsafe ({', '.join(names)})" if names else "something unsafe")
