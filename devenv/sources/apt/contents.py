"""Which package has a file, or a program of a name: Contents indices.

Debian repository format, "Contents indices": lines of a path, white space, and
`section/package` entries with commas between. A path may hold spaces. Files
from before 2010 begin with prose, up to a line of FILE and LOCATION.

Nearly all lines are about documentation. So what `devenv run` needs is an index
of its own, of programs alone, which is made in half the time of a list of all files.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from devenv.formats.archive_names import MERGED_ROOTS
from devenv.host.files import staged_file
from devenv.host.progress import Progress
from devenv.patterns import late_pattern
from devenv.sources.apt.database import (
    Layout,
    damage_reported,
    open_database,
    staged_database,
)
from devenv.sources.apt.file_list import FileListWriter
from devenv.sources.apt.index_file import CHUNK_BYTES, IndexFile, read_index_file

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
_PIECE_BYTES = 1 << 16
_MERGED_ROOTS = frozenset(root.encode() for root in MERGED_ROOTS)
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


def build_file_list(
    target: Path, contents_files: Sequence[IndexFile], *, progress: Progress
) -> int:
    """Make `target` the list of all files in `contents_files`; return how many.

    It appears whole or not at all, in place of an older one. What is in /bin, /lib
    and their like is listed where it lands, below usr. `progress` hears of the
    megabytes that were read.

    Raises:
        HashMismatchError: a file is not what was signed.
        OSError: the list cannot be written.
    """
    total = sum(file.max_size for file in contents_files)
    progress.started("listing files, MB read", total // CHUNK_BYTES, is_bytes=False)
    try:
        with staged_file(target) as file:
            writer = FileListWriter(file)
            for contents in contents_files:
                for lines in _whole_lines(read_index_file(contents)):
                    writer.add(*_grouped(lines))
                    progress.advanced(1)
            writer.finish()
    finally:
        progress.finished()
    return writer.count


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


def _grouped(lines: bytes) -> tuple[bytes, list[bytes]]:
    """Return a block of a file list, and the names of all files in it."""
    parts: list[bytes] = []
    names: list[bytes] = []
    last_folder = last_location = b""
    for paths, locations in map(_split, _pieces(lines)):
        for path, location in zip(paths, locations, strict=True):
            folder, _, name = path.rpartition(b"/")
            if folder != last_folder or location != last_location:
                last_folder, last_location = folder, location
                parts.append(b"\n%b\t%b" % (_placed(folder), location))
            parts.append(name)
            names.append(name)
    return b"\0".join((*parts, b"\n"))[1:] if parts else b"", names


def _split(lines: bytes) -> tuple[Sequence[bytes], Sequence[bytes]]:
    """Return the paths and the locations of lines with breaks between them."""
    words = lines.split()
    line_count = lines.count(b"\n") + 1
    if len(words) == 2 * line_count and b"\n\n" not in lines:
        return words[::2], words[1::2]
    # Some path holds a space, which makes this three times as slow.
    split = [line.rsplit(None, 1) for line in lines.split(b"\n")]
    pairs = [pair for pair in split if len(pair) > 1]
    return [path for path, _ in pairs], [location for _, location in pairs]


def _pieces(lines: bytes) -> Iterator[bytes]:
    """Yield lines, some hundred at a time, with breaks between them alone."""
    start = 0
    while start < len(lines):
        end = lines.rfind(b"\n", start, start + _PIECE_BYTES) + 1 or len(lines)
        yield lines[start:end].strip(b"\n")
        start = end


def _placed(folder: bytes) -> bytes:
    """Return where a folder lands in a merged-/usr tree, without slashes around it."""
    if folder.startswith(b"usr/"):
        return folder
    # Some archives that are no distribution's write paths as tar does.
    bare = folder.removeprefix(b".").strip(b"/")
    return b"usr/" + bare if bare.partition(b"/")[0] in _MERGED_ROOTS else bare
