"""Which entries of a folder the programs that run now use, as /proc tells it.

Texts only, and no regular expressions: quick commands ask this, too.
"""

import _thread
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PROCESSES = "/proc"

NAME_BYTES = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-"
_PART_BYTES = 1 << 14
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


def names_in_use_beside(directory: str) -> "Callable[[], dict[str, int]]":
    """Begin to look, in a thread; return what waits for `names_in_use` and has it.

    Nobody has to ask.
    """
    found: list[dict[str, int]] = []
    # Not the module threading: a quick command would import it for this alone.
    is_done = _thread.allocate_lock()

    def look() -> None:
        try:
            found.append(names_in_use(directory))
        except Exception:  # noqa: BLE001 - whatever it is, who waits meets it, too
            return
        finally:
            is_done.release()

    def wait() -> dict[str, int]:
        with is_done:
            return found[0] if found else names_in_use(directory)

    is_done.acquire()
    try:
        _thread.start_new_thread(look, ())
    except RuntimeError:
        is_done.release()
    return wait


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
            yield _content(f"{process}/{name}")
        except OSError:
            continue
    for name, wanted in ((process, ("cwd",)), (f"{process}/fd", None)):
        try:
            folder = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            yield from _targets(folder, wanted)
        finally:
            os.close(folder)


def _content(file: str) -> bytes:
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        # The kernel gives a page at a time, however much is asked for.
        parts = []
        while part := os.read(descriptor, _PART_BYTES):
            parts.append(part)
        return b"".join(parts)
    finally:
        os.close(descriptor)


def _targets(folder: int, names: "Sequence[str] | None") -> "Iterator[bytes]":
    """Yield what these or all links in an open folder lead to.

    From the folder: to look a process up again for each takes as long as to read it.
    """
    for name in os.listdir(folder) if names is None else names:
        try:
            yield os.fsencode(os.readlink(name, dir_fd=folder))
        except OSError:
            continue
