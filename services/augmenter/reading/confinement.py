"""Takes from this process what reading a file does not need. Does not know what is read.

Files can still be opened and the network used; it holds no secrets, and its output is not trusted.
"""

import math
import resource

from services.augmenter.reading.limits import MEBIBYTE, ReadingLimits

_OPEN_FILES = 32
# The service ends a slow reader by the clock; this ends one that the service left behind.
_SPARE_CPU_SECONDS = 1


def confine_process(limits: ReadingLimits) -> None:
    """Bound memory, processor time and open files; no files written, no further processes, no core dumps."""
    seconds = math.ceil(limits.seconds) + _SPARE_CPU_SECONDS
    _lower(resource.RLIMIT_AS, _address_space_bytes() + limits.memory_mebibytes * MEBIBYTE)
    _lower(resource.RLIMIT_CPU, seconds)
    _lower(resource.RLIMIT_NOFILE, _OPEN_FILES)
    for kind in (resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC, resource.RLIMIT_CORE):
        _lower(kind, 0)


def _lower(kind: int, most: int) -> None:
    """Set soft and hard limit to `most`, or leave a hard limit that is lower already."""
    _, hard = resource.getrlimit(kind)
    bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (bound, bound))


def _address_space_bytes() -> int:
    """What the interpreter occupies before anything is read."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()
