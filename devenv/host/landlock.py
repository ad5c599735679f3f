"""Giving rights up for good: Landlock, resource limits, no new privileges.

Landlock (landlock(7)) needs no privilege and exists since Linux 5.13; every later
version of its interface adds rights to give up. Where the kernel lacks it, or a
container forbids it, the rest still holds, and the caller learns of it.
"""

import ctypes
import os
import resource
import signal
import struct
from enum import IntEnum

from devenv.values import dataclass

# The same on every architecture, being younger than the common table.
_CREATE_RULESET = 444
_ADD_RULE = 445
_RESTRICT_SELF = 446
_QUERY_VERSION = 1
_RULE_PATH_BENEATH = 1

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38


class _Access(IntEnum):
    """Rights on files (LANDLOCK_ACCESS_FS_*).

    No IntFlag, whose `|` is Python code: every child would run it anew.
    """

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    REMOVE_DIR = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_CHAR = 1 << 6
    MAKE_DIR = 1 << 7
    MAKE_REG = 1 << 8
    MAKE_SOCK = 1 << 9
    MAKE_FIFO = 1 << 10
    MAKE_BLOCK = 1 << 11
    MAKE_SYM = 1 << 12
    REFER = 1 << 13
    TRUNCATE = 1 << 14
    IOCTL_DEV = 1 << 15


_SINCE_1 = (_Access.MAKE_SYM << 1) - 1
_SINCE_VERSION = ((2, _Access.REFER), (3, _Access.TRUNCATE), (5, _Access.IOCTL_DEV))
_NETWORK_VERSION = 4
_BIND_AND_CONNECT_TCP = 0b11
_SCOPE_VERSION = 6
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11

_BENEATH_TARGET = (
    _Access.READ_FILE
    | _Access.READ_DIR
    | _Access.WRITE_FILE
    | _Access.TRUNCATE
    | _Access.MAKE_DIR
    | _Access.MAKE_REG
    | _Access.MAKE_SYM
    | _Access.REFER  # link(2) from one directory into another
)

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceLimits:
    """What this process may use from now on, at most.

    `memory_bytes` bounds what it allocates; `mapped_bytes` the files it maps on
    top of that; `file_bytes` each file it writes.
    """

    memory_bytes: int
    mapped_bytes: int
    file_bytes: int
    processor_seconds: int


def landlock_version() -> int:
    """Return the version of the kernel's Landlock interface, 0 if there is none."""
    version: int = _libc.syscall(_CREATE_RULESET, None, _long(0), _long(_QUERY_VERSION))
    return max(version, 0)


def confine_to(directory: int) -> int:
    """Let this process touch nothing but what lies beneath an open directory.

    It may make and read files, folders and symbolic links there, and run or
    remove nothing. Elsewhere only what is open already can be read or written. TCP
    and, on newer kernels, signals and abstract sockets are forbidden. There is
    no way back, for children neither.

    Returns:
        The version of the interface that was used; 0 means that the kernel has no
        Landlock and nothing but `no new privileges` was set.

    Raises:
        OSError: the kernel has Landlock and refused.
    """
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, _long(1), _long(0), _long(0), _long(0)))
    version = landlock_version()
    if version == 0:
        return 0
    handled = _handled(version)
    ruleset = _create_ruleset(version, handled)
    try:
        rule = struct.pack("=Qi", handled & _BENEATH_TARGET, directory)
        _check(
            _libc.syscall(
                _ADD_RULE, _long(ruleset), _long(_RULE_PATH_BENEATH), rule, _long(0)
            )
        )
        _check(_libc.syscall(_RESTRICT_SELF, _long(ruleset), _long(0)))
    finally:
        os.close(ruleset)
    return version


def limit_resources(limits: ResourceLimits) -> None:
    """Bound what this process may use; no bound that holds already is raised.

    Going over them is MemoryError, OSError (EFBIG) or, for time, SIGKILL. No core
    is dumped.
    """
    # Two limits on memory: RLIMIT_DATA counts what is allocated, but no mapping of
    # a file for reading, which only takes addresses (RLIMIT_AS).
    addresses = limits.memory_bytes + limits.mapped_bytes
    for what, most in (
        (resource.RLIMIT_DATA, limits.memory_bytes),
        (resource.RLIMIT_AS, addresses),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_CPU, limits.processor_seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        _lower(what, most)


def die_with_parent() -> None:
    """Have this process killed when the thread that forked it ends."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, _long(signal.SIGKILL)))


def _lower(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (bound, bound))


def _handled(version: int) -> int:
    rights = int(_SINCE_1)
    for since, right in _SINCE_VERSION:
        if version >= since:
            rights |= right
    return rights


def _create_ruleset(version: int, handled: int) -> int:
    fields = [handled]
    if version >= _NETWORK_VERSION:
        fields.append(_BIND_AND_CONNECT_TCP)
    if version >= _SCOPE_VERSION:
        fields.append(_ABSTRACT_SOCKETS_AND_SIGNALS)
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    return _check(
        _libc.syscall(_CREATE_RULESET, attributes, _long(len(attributes)), _long(0))
    )


def _check(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


# syscall(2) and prctl(2) are variadic: ctypes would pass an int as 32 bits.
_long = ctypes.c_long
