r"""A list of all files in packages, in which one is found by its name at once.

    blocks   deflated (zlib), some thousand files each: a line for files of one
             folder and the same packages, `folder\tpackages\0name\0name\0`
    hashes   CRC-32 of each name, once a block, four bytes each
    table    of each block: where it begins, and how many hashes it has (`<QQ`)
    end      a line that tells where the hashes and the table begin, and how many
             files there are

Who looks for a name goes through the hashes, 25 MB for the largest archives, and
inflates the few blocks that have it. Who looks for a part of one goes through all
blocks. Rejected: the plain text, mapped and searched as that of `search_file` is,
which is as quick and takes 220 MB of the disk; an SQLite table, which takes
longer to fill than all the rest.
"""

import sys
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from mmap import ACCESS_READ, mmap
from pathlib import Path
from struct import Struct

from devenv.errors import UnusableIndexError
from devenv.typed import BinaryIO

FORMAT = b"devenv-files-1"
_END = Struct("<16sQQQ")
_ROW = Struct("<QQ")
_HASH_BYTES = 4
# Of more than this half as much again is gained, for three times the time.
_LEVEL = 1

Group = tuple[bytes, bytes, Sequence[bytes]]
"""A folder without slashes around it, its files' packages and their names.

The packages are as Contents indices have them: `section/package`, with commas.
"""


@contextmanager
def open_file_list(path: Path) -> "Generator[FileList]":
    """Open a list that a `FileListWriter` wrote.

    Raises:
        UnusableIndexError: there is none, or it is damaged or of another format; a
            damaged block is only met by who reads it.
    """
    try:
        with path.open("rb") as file:
            mapped = mmap(file.fileno(), 0, access=ACCESS_READ)
    except (OSError, ValueError) as error:
        raise UnusableIndexError(
            f"the list of files cannot be read: {error}", where=str(path)
        ) from error
    with mapped:
        yield FileList(mapped, path)


class FileListWriter:
    """Writes a list, block by block; without `finish` it is none."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hashes: list[bytes] = []
        self._starts: list[int] = []
        self._place = 0
        self.count = 0

    def add(self, text: bytes, names: Sequence[bytes]) -> None:
        """Add a block: its lines, each with its line break, and all their names."""
        self._starts.append(self._place)
        self._hashes.append(array("I", set(map(zlib.crc32, names))).tobytes())
        self._put(zlib.compress(text, _LEVEL))
        self.count += len(names)

    def finish(self) -> None:
        """Write what tells where everything is."""
        hashes_start = self._place
        for hashes in self._hashes:
            self._put(hashes)
        table_start = self._place
        for start, hashes in zip(self._starts, self._hashes, strict=True):
            self._put(_ROW.pack(start, len(hashes) // _HASH_BYTES))
        self._put(_END.pack(FORMAT, hashes_start, table_start, self.count))

    def _put(self, content: bytes) -> None:
        self._file.write(content)
        self._place += len(content)


class FileList:
    """A list of files, open to be searched."""

    def __init__(self, mapped: mmap, path: Path) -> None:
        """Take a mapped list as what it says it is; see `open_file_list`."""
        self._mapped, self._path = mapped, path
        size = len(mapped)
        if size < _END.size:
            raise self._damaged()
        mark, self._hashes_start, table_start, self.count = _END.unpack_from(
            mapped, size - _END.size
        )
        table_size = size - _END.size - table_start
        if mark.rstrip(b"\0") != FORMAT or table_size < 0 or table_size % _ROW.size:
            raise self._damaged()
        rows = list(_ROW.iter_unpack(mapped[table_start : size - _END.size]))
        self._starts = [start for start, _ in rows] + [self._hashes_start]
        self._hash_ends = list(accumulate(number for _, number in rows))
        hashes = self._hash_ends[-1] if rows else 0
        if self._hashes_start + hashes * _HASH_BYTES != table_start:
            raise self._damaged()

    def named(self, name: bytes) -> Iterator[Group]:
        """Yield the groups that have a file of this name, with that name alone."""
        needle = b"\0%b\0" % name
        for number in self._blocks_with(name):
            for folder, packages, _ in self._lines_with(number, needle):
                yield folder, packages, (name,)

    def containing(self, fragment: bytes) -> Iterator[Group]:
        """Yield the groups in which `fragment` stands somewhere, with all names.

        Without a fragment these are all.
        """
        for number in range(len(self._hash_ends)):
            for folder, packages, names in self._lines_with(number, fragment or b"\n"):
                yield folder, packages, names.split(b"\0")

    def _blocks_with(self, name: bytes) -> Iterator[int]:
        wanted = zlib.crc32(name).to_bytes(_HASH_BYTES, sys.byteorder)
        start = self._hashes_start
        end = start + (self._hash_ends[-1] if self._hash_ends else 0) * _HASH_BYTES
        found = self._mapped.find(wanted, start, end)
        while found >= 0:
            place, remainder = divmod(found - self._hashes_start, _HASH_BYTES)
            following = found + 1
            if remainder == 0:
                number = bisect_right(self._hash_ends, place)
                yield number
                following = self._hashes_start + self._hash_ends[number] * _HASH_BYTES
            found = self._mapped.find(wanted, following, end)

    def _lines_with(
        self, number: int, fragment: bytes
    ) -> Iterator[tuple[bytes, bytes, bytes]]:
        text = self._block(number)
        found = text.find(fragment)
        while found >= 0:
            start = text.rfind(b"\n", 0, found) + 1
            end = text.find(b"\n", found)
            head, _, names = text[start : end - 1].partition(b"\0")
            folder, _, packages = head.rpartition(b"\t")
            yield folder, packages, names
            found = text.find(fragment, end + 1)

    def _block(self, number: int) -> bytes:
        start, end = self._starts[number : number + 2]
        try:
            return zlib.decompress(self._mapped[start:end])
        except zlib.error as error:
            raise self._damaged() from error

    def _damaged(self) -> UnusableIndexError:
        return UnusableIndexError("the list of files is damaged", where=str(self._path))
