"""What all pages of a list have in common. Knows nothing of what is listed."""

from collections.abc import Sequence
from typing import Literal

from typing_extensions import TypedDict


class PageBody(TypedDict):
    """A page of a list: the ids of its ends, null where it is empty, and whether there are more."""

    object: Literal["list"]
    first_id: str | None
    last_id: str | None
    has_more: bool


def page_body(ids: Sequence[str], limit: int) -> PageBody:
    """What is said of the first `limit` of the things with `ids`."""
    page = ids[:limit]
    first, last = (page[0], page[-1]) if page else (None, None)
    return {"object": "list", "first_id": first, "last_id": last, "has_more": len(ids) > limit}
