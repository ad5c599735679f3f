"""Which entries of a folder the programs that run now use, as /proc tells it.

Texts only, and no regular expressions: quick commands ask this, too.
"""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

PROCESSES = "/proc"

NAME_BYTES = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-"
_FIRST_BYTES = frozenset(NAME_BYTES) - frozenset(b"._+-")


def names_in_use(directory: str, processes: str = PROCESSES) -> dict[str, int]:
    """Return the entries of `directory` that processes use, each with one of them.

    Used is what a process runs, has mapped or open, stands in, was called with, or
    had in its variables when it started. Of other users' processes, and where
    there is no /proc, nothing is known. What this process was called with does not
    count: to ask about an entry is not to use it.
    """
    # /proc tells real paths, variables those that somebody wrote.
    places = {directory, os.path.realpath(directory)}
    marks = sorted(os.fsencode(place) + b"/" for place in places)
    own = str(os.getpid())
    found: dict[str, int] = {}
    for name in _numbers(processes):
        for text in _texts(f"{processes}/{name}", is_own=name == own):
            for mark in marks:
                if mark in text:
                    for entry in names_behind(mark, text):
                        found.setdefault(entry, int(name))
    return found


def names_behind(mark: bytes, text: bytes) -> "Iterator[str]":
    """Yield the file names that stand behind each `mark` in `text`."""
    _, *parts = text.split(mark)
    for part in parts:
        # Not a match of letters: a regular expression takes 5 ms to import.
        name = part[: len(part) - len(part.lstrip(NAME_BYTES))]
        if name and name[0] in _FIRST_BYTES:
            yield name.decode("ascii")


def _numbers(folder: str) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if name.isdigit())  # noqa: PTH208
    except OSError:
        return []


def _texts(process: str, *, is_own: bool) -> "Iterator[bytes]":
    """Yield everything about a process that may hold a path."""
    try:
        yield os.fsencode(os.readlink(f"{process}/exe"))  # noqa: PTH115 - 100s of them
    except OSError:
        return  # a thread of the kernel, another user's, or gone
    for name in ("environ", "maps") if is_own else ("environ", "cmdline", "maps"):
        try:
            with open(f"{process}/{name}", "rb", buffering=0) as file:  # noqa: PTH123
                yield file.readall()
        except OSError:
            continue
    for link in ("cwd", *(f"fd/{number}" for number in _numbers(f"{process}/fd"))):
        try:
            yield os.fsencode(os.readlink(f"{process}/{link}"))  # noqa: PTH115
        except OSError:
            continue
