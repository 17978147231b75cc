"""Asks a search service for JSON and says plainly what went wrong. Knows nothing of what the JSON means."""

from collections.abc import Mapping

import httpx

from services.common.errors import Unavailable

_QUOTA_RETRY_SECONDS = 60.0


class JsonService:
    """One search service over HTTP.

    `refusals` are the sentences for statuses that an operator can do something about; `setting` is where the service
    is configured, and is named in the sentences for the rest. Headers may hold keys: they are never shown.
    """

    def __init__(
        self, name: str, setting: str, refusals: Mapping[int, str], headers: Mapping[str, str], seconds: float
    ) -> None:
        self._name = name
        self._setting = setting
        self._refusals = refusals
        self._seconds = seconds
        self._client = httpx.AsyncClient(headers=dict(headers), timeout=seconds, trust_env=False)

    async def get(self, url: str, parameters: Mapping[str, str | int]) -> dict[str, object]:
        """The object that a GET gives, or raise Unavailable."""
        return await self._ask(self._client.build_request("GET", url, params=dict(parameters)))

    async def post(self, url: str, body: Mapping[str, str | int]) -> dict[str, object]:
        """The object that a POST of JSON gives, or raise Unavailable."""
        return await self._ask(self._client.build_request("POST", url, json=dict(body)))

    def listed(self, answer: Mapping[str, object], field: str) -> list[object]:
        """The list in a field of an answer, or raise Unavailable."""
        value = answer.get(field)
        if not isinstance(value, list):
            raise self._unreadable()
        return value

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _ask(self, request: httpx.Request) -> dict[str, object]:
        try:
            response = await self._client.send(request)
        except httpx.TimeoutException as error:
            raise Unavailable(f"{self._name} did not answer within {self._seconds:g} seconds.") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unavailable(f"{self._name} cannot be reached; check the network and {self._setting}.") from error
        if not response.is_success:
            raise self._refused(response.status_code)
        try:
            answer = response.json()
        except ValueError as error:
            raise self._unreadable() from error
        if not isinstance(answer, dict):
            raise self._unreadable()
        return answer

    def _refused(self, status: int) -> Unavailable:
        sentence = self._refusals.get(status, f"{self._name} answers with the status {status}; check {self._setting}.")
        return Unavailable(sentence, retry_after_seconds=_QUOTA_RETRY_SECONDS)

    def _unreadable(self) -> Unavailable:
        return Unavailable(f"{self._name} gave an answer that cannot be read; check {self._setting}.")
