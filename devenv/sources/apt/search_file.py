r"""A file in which the packages of an input are searched: made once, then mapped.

    text    what `devenv.plan.rank_packages` looks through, filled up with empty
            lines to a whole page
    rows    `name\tversion\tdescription` lines in the order of the text: the
            newest version of each name
    end     a line that tells how long the text is

Reading it is the quick way of `devenv search`, so only what that needs is
imported.
"""

import os
from mmap import ACCESS_READ, ALLOCATIONGRANULARITY, mmap

from devenv.plan.rank_packages import best_names, search_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from devenv.errors import UnusableIndexError

FORMAT = b"devenv-search-1"
_END_BYTES = len(FORMAT) + 18

Row = tuple[str, str, str]
"""Name, newest version and description of a package."""


def search_file_content(descriptions: list[tuple[str, str]], rows: list[Row]) -> bytes:
    """Return the content of a search file.

    Args:
        descriptions: every name with every description it has.
        rows: every name once.
    """
    text = search_text(descriptions) + b"\n"
    text += b"\n" * (-len(text) % ALLOCATIONGRANULARITY)
    ordered = sorted(rows, key=lambda row: (len(row[0]), row[0]))
    lines = "".join(
        f"{name}\t{version}\t{_one_line(about)}\n" for name, version, about in ordered
    )
    return text + lines.encode() + b"%s %16d\n" % (FORMAT, len(text))


def search_in_file(path: str, terms: list[str], limit: int) -> list[Row]:
    """Return the packages that `terms` mean best; see `rank_packages.best_names`.

    Raises:
        UnusableIndexError: the file is damaged, or of another format.
        OSError: it cannot be read.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        size = os.fstat(descriptor).st_size
        text_size = _text_size(descriptor, size, path)
        with mmap(descriptor, text_size, access=ACCESS_READ) as text:
            names = best_names(text, terms, limit)
        if not names:
            return []
        with mmap(descriptor, 0, access=ACCESS_READ, offset=text_size) as rows:
            end = len(rows) - _END_BYTES
            return [_row(rows, end, name, path) for name in names]
    finally:
        os.close(descriptor)


def _text_size(descriptor: int, size: int, path: str) -> int:
    found = os.pread(descriptor, _END_BYTES, max(size - _END_BYTES, 0))
    mark, _, number = found.rstrip(b"\n").rpartition(b" ")
    text_size = int(number) if number.isdigit() else 0
    is_whole = 0 < text_size < size and text_size % ALLOCATIONGRANULARITY == 0
    if mark.rstrip() != FORMAT or not is_whole:
        raise _damaged(path)
    return text_size


def _row(rows: mmap, end: int, name: str, path: str) -> Row:
    """Return the row of a name, which is looked for as in a telephone book."""
    wanted = name.encode()
    low, high = 0, end
    while low < high:
        middle = (low + high) // 2
        start = rows.rfind(b"\n", low, middle) + 1 or low
        stop = rows.find(b"\n", middle, end)
        found, _, rest = rows[start:stop].partition(b"\t")
        if found == wanted:
            version, _, about = rest.decode().partition("\t")
            return name, version, about
        if (len(found), found) < (len(wanted), wanted):
            low = stop + 1
        else:
            high = start
    raise _damaged(f"{path}, {name}")


def _one_line(text: str) -> str:
    return text.replace("\n", " ")


def _damaged(where: str) -> "UnusableIndexError":
    from devenv.errors import UnusableIndexError  # noqa: PLC0415 - 20 ms, to fail

    return UnusableIndexError("the search file is damaged", where=where)
