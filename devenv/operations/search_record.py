"""What lets `devenv search` start at once: which file it would look through.

A record is made by a search that opened and verified an input's indexes. It
holds for as long as that search would look through the same file: until the
indexes are a day old or one of them expires, and while the files stay unchanged
that the choice depends on (the user's settings, the project's spec, the records
of the suites).

Signatures are not verified again meanwhile. The search file was made of verified
indexes, lies in a folder that only the user can write to, and is shown, not run:
whoever could change it could change devenv's own files, too. What is fetched or
unpacked goes through the whole chain every time.

Reading a record imports nothing.
"""

import os

from devenv import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_RECORD_BYTES = 1 << 16
_HEAD = f"devenv-search-record-1 {__version__}"
_END = "end"
_INPUT_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


def record_place(cache: str, *, project: str | None, input_name: str | None) -> str:
    """Return where the record of a search lies.

    Args:
        cache: devenv's folder for what can be had again.
        project: the folder of the project that the search is made in.
        input_name: the input that was asked for, or None for the default one.

    Raises:
        ValueError: no input can have this name.
    """
    if input_name is not None and not _INPUT_LETTERS.issuperset(input_name):
        raise ValueError(input_name)
    folder = "user" if project is None else f"projects/{project.strip('/')}"
    # No input has a plus in its name, and none of our folders ends so.
    return f"{cache}/search/{folder}/{input_name or ''}+record"


def record_text(
    *, input_name: str, file: str, until: int, watched: "Iterable[str]"
) -> str | None:
    """Return the record of a search; None if it could not be read again.

    Args:
        input_name: the input that was searched.
        file: the search file.
        until: seconds since 1970 at which the record ends.
        watched: the files that must stay as they are, or stay away.
    """
    places = sorted(set(watched))
    if any("\n" in text for text in (input_name, file, *places)):
        return None
    lines = [_HEAD, str(until), input_name, file]
    lines += [f"{_state(place)} {place}" for place in places]
    return "\n".join([*lines, _END]) + "\n"


def read_record(place: str, *, now: float, watched: str) -> tuple[str, str] | None:
    """Return the input and the search file of a record that holds; else None.

    `watched` is a file that must be among those that the record depends on.
    """
    try:
        head, until, input_name, file, *lines, end = _own_lines(place)
    except ValueError:
        return None
    if (head, end) != (_HEAD, _END) or not until.isdigit() or now >= int(until):
        return None
    is_watched = False
    for line in lines:
        state, _, path = line.partition(" ")
        if _state(path) != state:
            return None
        is_watched |= path == watched
    return (input_name, file) if is_watched else None


def _own_lines(place: str) -> list[str]:
    try:
        with open(place, "rb") as file:  # noqa: PTH123 - pathlib takes 5 ms
            is_ours = os.fstat(file.fileno()).st_uid == os.geteuid()
            text = file.read(MAX_RECORD_BYTES + 1) if is_ours else b""
        return os.fsdecode(text).removesuffix("\n").split("\n")
    except OSError:
        return []


def _state(path: str) -> str:
    """Return what differs once a file was changed, replaced, made or removed."""
    try:
        found = os.stat(path)  # noqa: PTH116 - as above
    except OSError:
        return "-"
    return ",".join(
        str(number)
        for number in (
            found.st_ino,
            found.st_size,
            found.st_mtime_ns,
            found.st_ctime_ns,
        )
    )
