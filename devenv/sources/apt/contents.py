"""Which package has a program of a name: the programs of Contents indices.

Debian repository format, "Contents indices": lines of a path, white space, and
`section/package` entries with commas between. A path may hold spaces. Files
from before 2010 begin with prose, up to a line of FILE and LOCATION. Nearly all
lines are about documentation; only programs are kept.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from devenv.patterns import late_pattern
from devenv.sources.apt.database import (
    Layout,
    damage_reported,
    open_database,
    staged_database,
)
from devenv.sources.apt.index_file import IndexFile, read_index_file

LAYOUT = Layout(
    application_id=0x64766370,
    version=1,
    tables="""
        CREATE TABLE programs (
            name TEXT NOT NULL,
            package TEXT NOT NULL,
            PRIMARY KEY (name, package)
        ) WITHOUT ROWID;
    """,
)

# The line break comes first, because the search for one byte is what the
# expression engine does fastest.
_PROGRAM = late_pattern(
    rb"\n(?:(?:usr/)?s?bin|usr/games)/([^/\n]+?)[ \t]+([^ \t\n]+)(?=\n)"
)
_PROSE = late_pattern(rb"\A.*?\nFILE[ \t]+LOCATION[ \t]*(?=\n)", re.DOTALL)


def build_contents_index(target: Path, contents_files: Iterable[IndexFile]) -> int:
    """Make `target` the index of all `contents_files`; return its entries.

    It appears whole or not at all, in place of an older one.

    Raises:
        HashMismatchError: a file is not what was signed.
        StoreError, OSError: the index cannot be written.
    """
    with staged_database(target, LAYOUT) as connection:
        for file in contents_files:
            connection.executemany(
                "INSERT OR IGNORE INTO programs VALUES (?, ?)",
                _programs(read_index_file(file)),
            )
        (count,) = connection.execute("SELECT count(*) FROM programs").fetchone()
    return int(count)


def packages_with_program(path: Path, name: str) -> tuple[str, ...]:
    """Return the packages, sorted, that have a program called `name`.

    Raises:
        UnusableIndexError: `path` is not such an index, or is damaged.
    """
    with closing(open_database(path, LAYOUT)) as connection, damage_reported(path):
        rows = connection.execute(
            "SELECT package FROM programs WHERE name = ? ORDER BY package", (name,)
        )
        return tuple(package for (package,) in rows)


def _programs(chunks: Iterable[bytes]) -> Iterator[tuple[str, str]]:
    for lines in _whole_lines(chunks):
        for path, locations in _PROGRAM.findall(lines):
            name = path.decode("utf-8", "replace")
            for location in locations.decode("utf-8", "replace").split(","):
                yield name, location.rpartition("/")[2]


def _whole_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the text without its prose, in pieces that start and end with breaks."""
    pending = b"\n"
    is_start = True
    for chunk in chunks:
        lines, line_break, rest = (pending + chunk).rpartition(b"\n")
        if is_start:
            lines, is_start = _PROSE.sub(b"", lines, count=1), False
        yield lines + line_break
        pending = line_break + rest
    yield pending + b"\n"
