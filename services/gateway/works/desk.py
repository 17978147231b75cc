"""Takes in the long texts that users want written. Knows nothing of HTTP or of how they are written."""

import time
from dataclasses import dataclass

from services.common.errors import InvalidArgument
from services.common.identifiers import check_user
from services.gateway.works.store import WorkStore
from services.gateway.works.work import Work, new_work_id

FEWEST_SECTIONS = 2
FEWEST_TOKENS = 32


@dataclass(frozen=True)
class WorkRequest:
    """A text that a user wants: so many `sections`, or one for each line of `outline`; 0 tokens are the default."""

    title: str
    brief: str
    sections: int = 0
    outline: tuple[str, ...] = ()
    section_tokens: int = 0
    learn: bool = True


@dataclass(frozen=True)
class WorkLimits:
    """The most that one work may have, and the tokens of a section where nobody says how many."""

    sections: int
    section_tokens: int
    brief_characters: int
    line_characters: int
    default_section_tokens: int


class WorkDesk:
    """Starts works."""

    def __init__(self, store: WorkStore, limits: WorkLimits) -> None:
        self._store = store
        self._limits = limits

    async def start(self, tenant: str, user: str, wanted: WorkRequest) -> Work:
        """Let the text that is `wanted` be written.

        Raises InvalidArgument that names the field and its limit, AlreadyExists, ResourceExhausted, Unavailable.
        """
        self._check(wanted)
        work = Work(
            id=new_work_id(),
            tenant=tenant,
            user=check_user(user),
            title=wanted.title,
            brief=wanted.brief,
            outline=wanted.outline or ("",) * wanted.sections,
            section_tokens=wanted.section_tokens or self._limits.default_section_tokens,
            learn=wanted.learn,
            created_at=time.time(),
        )
        await self._store.submit(work)
        return work

    def _check(self, wanted: WorkRequest) -> None:
        limits = self._limits
        _check_length("title", wanted.title, limits.line_characters)
        _check_length("brief", wanted.brief, limits.brief_characters)
        for line in wanted.outline:
            _check_length("outline", line, limits.line_characters)
        if bool(wanted.sections) == bool(wanted.outline):
            raise InvalidArgument("Give either the number of `sections` or an `outline`.", field="sections")
        count, field = (wanted.sections, "sections") if wanted.sections else (len(wanted.outline), "outline")
        if not FEWEST_SECTIONS <= count <= limits.sections:
            raise InvalidArgument(
                f"A work has {FEWEST_SECTIONS} to {limits.sections} sections, not {count}.", field=field
            )
        tokens = wanted.section_tokens
        if tokens and not FEWEST_TOKENS <= tokens <= limits.section_tokens:
            raise InvalidArgument(
                f"A section has {FEWEST_TOKENS} to {limits.section_tokens} tokens, not {tokens}.",
                field="section_tokens",
            )


def _check_length(field: str, text: str, most: int) -> None:
    if not text:
        raise InvalidArgument(f"`{field}` must not be empty.", field=field)
    if len(text) > most:
        raise InvalidArgument(f"`{field}` has {len(text)} characters; at most {most} are allowed.", field=field)
