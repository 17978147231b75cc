"""Checks and makes the names that end up in keys and paths: tenants, users, jobs, versions, files."""

import re
import secrets

from services.common.errors import InvalidArgument

MAX_NAME_LENGTH = 64

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}", re.ASCII)
_JOB_ID = re.compile(r"learn-[0-9a-f]{24}", re.ASCII)
_FILE_ID = re.compile(r"file-[0-9a-f]{24}", re.ASCII)
_VERSION = re.compile(r"v-[0-9a-f]{12}-[0-9a-f]{8}", re.ASCII)

# For JSON schemas, whose patterns may match anywhere in a text unless they say otherwise.
NAME_PATTERN = f"^{_NAME.pattern}$"
JOB_ID_PATTERN = f"^{_JOB_ID.pattern}$"
FILE_ID_PATTERN = f"^{_FILE_ID.pattern}$"
VERSION_PATTERN = f"^{_VERSION.pattern}$"


def _check_name(value: str, field: str) -> str:
    if not _NAME.fullmatch(value):
        raise InvalidArgument(
            f"`{field}` must be 1 to {MAX_NAME_LENGTH} letters, digits or . _ @ + - and begin with a letter or digit.",
            field=field,
        )
    return value


def check_tenant(value: str) -> str:
    """Return `value`, or raise InvalidArgument when it cannot name a tenant."""
    return _check_name(value, "tenant")


def check_user(value: str) -> str:
    """Return `value`, or raise InvalidArgument when it cannot name a user."""
    return _check_name(value, "user")


def check_job_id(value: str) -> str:
    """Return `value`, or raise InvalidArgument when it is not a learn job's id."""
    if not _JOB_ID.fullmatch(value):
        raise InvalidArgument("`job_id` must look like learn- and 24 hexadecimal digits.", field="job_id")
    return value


def check_file_id(value: str) -> str:
    """Return `value`, or raise InvalidArgument when it is not a file's id."""
    if not _FILE_ID.fullmatch(value):
        raise InvalidArgument("`file_id` must look like file- and 24 hexadecimal digits.", field="file_id")
    return value


def check_version(value: str) -> str:
    """Return `value`, or raise InvalidArgument when it is not an adapter version's name."""
    if not _VERSION.fullmatch(value):
        raise InvalidArgument("`version` must look like v-123456789abc-12345678.", field="version")
    return value


def check_title(value: str) -> str:
    """Return `value` without outer spaces, or raise InvalidArgument when it cannot be a user's name for a version."""
    title = value.strip()
    if len(title) > MAX_NAME_LENGTH or not title.isprintable() or title == "base" or _VERSION.fullmatch(title):
        raise InvalidArgument(
            f"`name` must have at most {MAX_NAME_LENGTH} printable characters, and not be `base` or a version's name.",
            field="name",
        )
    return title


def new_job_id() -> str:
    """Make an id for a learn job."""
    return f"learn-{secrets.token_hex(12)}"


def new_file_id() -> str:
    """Make an id for a file."""
    return f"file-{secrets.token_hex(12)}"


def new_version(job_id: str) -> str:
    """Make a version name for a candidate of `job_id`: two attempts of one job never share a name."""
    return f"v-{check_job_id(job_id)[6:18]}-{secrets.token_hex(4)}"


def belongs_to_job(version: str, job_id: str) -> bool:
    """Whether `new_version(job_id)` made the name `version`."""
    return check_version(version)[2:14] == check_job_id(job_id)[6:18]
