"""One .deb, from open descriptor to tree and facts, in one pass over its bytes.

Nothing here is trusted to be well meant. A rule that is broken ends it with an
error, and what was written until then is for the caller to throw away.
"""

import hashlib
import os
from collections.abc import Callable, Iterator

from devenv.build.deb_file import open_tar, read_postinst
from devenv.build.scan import scan
from devenv.build.tree_writer import TreeWriter
from devenv.build.unpack_rules import (
    FACTS_DIRECTORY,
    FACTS_MTIME_SECONDS,
    FACTS_PATH,
    UnpackLimits,
    is_omitted,
)
from devenv.errors import UnsafeArchiveError
from devenv.formats.ar import read_layout
from devenv.formats.archive_names import (
    MERGED_ROOTS,
    ArchivePath,
    named_by,
    read_path,
    read_target,
)
from devenv.formats.compression import Piece
from devenv.formats.facts_json import encode
from devenv.formats.tar import TarEntry, TarKind, TarReader
from devenv.model.facts import ElfFact, FileFact, LinkFact, PackageFacts, TextFact
from devenv.values import replace

_OWNER_MAY_RUN = 0o100
_MAX_MTIME_SECONDS = (1 << 32) - 1
"""What every file system can note (2106)."""

_PIECE_BYTES = 1 << 18
"""A file up to this size is held in memory whole; a larger one only in pieces."""


def unpack(
    deb: int,
    writer: TreeWriter,
    *,
    name: str,
    version: str,
    limits: UnpackLimits,
    reads_ahead: bool,
) -> bytes:
    """Unpack an open .deb by a writer of an empty folder; return its encoded facts.

    The same bytes are written as FACTS_PATH. `name` and `version` are recorded. With
    `reads_ahead` a second thread decompresses. The writer is closed in the end.

    Raises:
        FormatError: it is no .deb, or a damaged one.
        UnsafeArchiveError: it breaks a rule, or goes over a limit.
        OSError: the disk refuses.
    """
    try:
        layout = read_layout(
            lambda offset, count: os.pread(deb, count, offset), os.fstat(deb).st_size
        )
        postinst = read_postinst(open_tar(deb, layout.control, reads_ahead=False))
        package = _Package(
            writer,
            limits,
            lambda: open_tar(deb, layout.data, reads_ahead=reads_ahead),
        )
        package.unpack()
        facts = PackageFacts(
            name=name,
            version=version,
            directories=tuple(package.directories),
            files=tuple(package.files),
            links=tuple(package.links),
            elf_files=tuple(package.elf_files),
            texts=tuple(package.texts),
            postinst=postinst,
        )
        encoded = encode(facts)
        writer.add_file(
            FACTS_PATH,
            encoded,
            is_executable=False,
            mtime_seconds=FACTS_MTIME_SECONDS,
        )
        writer.finish()
    finally:
        writer.close()
    return encoded


class _Package:
    """The data of one package on its way into a tree, and what is learnt of it."""

    def __init__(
        self,
        writer: TreeWriter,
        limits: UnpackLimits,
        open_data: Callable[[], TarReader],
    ) -> None:
        self.directories: dict[str, None] = {}
        self.files: list[FileFact] = []
        self.links: list[LinkFact] = []
        self.elf_files: list[ElfFact] = []
        self.texts: list[TextFact] = []
        self._writer = writer
        self._limits = limits
        self._open_data = open_data
        self._bytes = 0
        self._entries = 0
        self._known: dict[str, FileFact] = {}
        self._found: dict[str, ElfFact | TextFact] = {}
        # Files left out, by each of their names: the name that has the content.
        self._omitted: dict[str, str] = {}
        self._owed: dict[str, list[str]] = {}

    def unpack(self) -> None:
        """Write everything that the archive holds, but what the rules leave out."""
        reader = self._open_data()
        for entry in reader:
            self._count(entry)
            path = read_path(entry.name, is_directory=entry.kind is TarKind.DIRECTORY)
            if path.path == FACTS_DIRECTORY or path.path.startswith(_OURS):
                raise UnsafeArchiveError("an entry uses a name of ours", where=path.raw)
            match entry.kind:
                case TarKind.FILE:
                    self._add_file(path.path, entry, reader)
                case TarKind.DIRECTORY:
                    self._add_directory(path.path)
                case TarKind.SYMBOLIC_LINK:
                    self._add_link(path, entry)
                case TarKind.HARD_LINK:
                    self._add_hard_link(path.path, entry)
        if self._owed:
            self._fetch_owed()

    def _count(self, entry: TarEntry) -> None:
        self._entries += 1
        self._bytes += entry.size
        if entry.size > self._limits.file_bytes:
            raise _too_large("a file", self._limits.file_bytes)
        if self._bytes > self._limits.unpacked_bytes:
            raise _too_large("an archive", self._limits.unpacked_bytes)
        if self._entries > self._limits.entries:
            raise UnsafeArchiveError(
                f"the archive has more than {self._limits.entries} entries"
            )

    def _add_directory(self, path: str) -> None:
        if path and not is_omitted(path):
            self._writer.add_directory(path)
            self.directories[path] = None

    def _add_file(self, path: str, entry: TarEntry, reader: TarReader) -> None:
        if is_omitted(path):
            self._writer.omit(path)
            self._omitted[path] = path
        else:
            self._write(path, entry, reader)

    def _write(self, path: str, entry: TarEntry, reader: TarReader) -> None:
        if entry.mtime_seconds > _MAX_MTIME_SECONDS:
            raise UnsafeArchiveError("a file has a time out of range", where=path)
        is_executable = bool(entry.mode & _OWNER_MAY_RUN)
        mtime = entry.mtime_seconds
        writer = self._writer
        if entry.size <= _PIECE_BYTES:
            content = reader.read(entry.size)
            digest = hashlib.sha256(content)
            writer.add_file(
                path, content, is_executable=is_executable, mtime_seconds=mtime
            )
            found = scan(path, content)
        else:
            digest = hashlib.sha256()
            found = writer.add_large_file(
                path,
                _hashed(_pieces(reader), digest.update),
                lambda content: scan(path, content),
                is_executable=is_executable,
                mtime_seconds=mtime,
            )
        fact = FileFact(
            path=path,
            is_executable=is_executable,
            size=entry.size,
            sha256=digest.hexdigest(),
            mtime_seconds=mtime,
        )
        self._learn(fact, found)

    def _learn(self, fact: FileFact, found: ElfFact | TextFact | None) -> None:
        self.files.append(fact)
        self._known[fact.path] = fact
        if found is None:
            return
        self._found[fact.path] = found
        if isinstance(found, ElfFact):
            self.elf_files.append(found)
        else:
            self.texts.append(found)

    def _add_link(self, path: ArchivePath, entry: TarEntry) -> None:
        if path.raw in MERGED_ROOTS:
            _check_is_merge(path, entry)
            return
        target = read_target(entry.target, link=path)
        # /bin/which and a link to it from /usr/bin were two names once; now the
        # link would name itself.
        if named_by(path.path, target) == path.path:
            return
        if is_omitted(path.path):
            self._writer.omit(path.path)
            return
        self._writer.add_link(path.path, target)
        self.links.append(LinkFact(path=path.path, target=target))

    def _add_hard_link(self, path: str, entry: TarEntry) -> None:
        source = read_path(entry.target, is_directory=False).path
        known = self._known.get(source)
        if known is None and source not in self._omitted:
            raise UnsafeArchiveError(
                "a hard link names nothing that came before it", where=path
            )
        if is_omitted(path):
            self._writer.omit(path)
            if known is None:
                self._omitted[path] = self._omitted[source]
            else:
                self._known[path] = known
        elif known is None:
            self._owe(path, self._omitted[source])
        else:
            self._writer.add_hard_link(path, known.path)
            self._learn_name(path, known)

    def _learn_name(self, path: str, known: FileFact) -> None:
        self.files.append(known._replace(path=path, hard_link_to=known.path))
        self._known[path] = known
        found = self._found.get(known.path)
        if isinstance(found, ElfFact):
            self.elf_files.append(replace(found, path=path))
        elif found is not None:
            self.texts.append(replace(found, path=path))

    def _owe(self, path: str, original: str) -> None:
        """Note a name for a file that was left out under its other name."""
        self._writer.omit(path)
        self._omitted[path] = original
        self._owed.setdefault(original, []).append(path)

    def _fetch_owed(self) -> None:
        """Read the archive once more, for files left out that are wanted after all."""
        reader = self._open_data()
        for entry in reader:
            if entry.kind is not TarKind.FILE:
                continue
            owed = self._owed.pop(read_path(entry.name, is_directory=False).path, [])
            for path in owed:
                self._writer.release(path)
            for path in owed[:1]:
                self._write(path, entry, reader)
            for path in owed[1:]:
                known = self._known[owed[0]]
                self._writer.add_hard_link(path, known.path)
                self._learn_name(path, known)


_OURS = f"{FACTS_DIRECTORY}/"


def _check_is_merge(path: ArchivePath, entry: TarEntry) -> None:
    """Accept the link that makes a root folder part of usr; the tree makes its own."""
    root = ArchivePath(raw=path.raw, path=path.raw)
    if named_by(path.raw, read_target(entry.target, link=root)) != path.path:
        raise UnsafeArchiveError(
            "a folder that belongs below usr is a link to elsewhere", where=path.raw
        )


def _hashed(
    pieces: Iterator[Piece], update: Callable[[Piece], object]
) -> Iterator[Piece]:
    for piece in pieces:
        update(piece)
        yield piece


def _pieces(reader: TarReader) -> Iterator[Piece]:
    while piece := reader.read_piece(_PIECE_BYTES):
        yield piece


def _too_large(what: str, most: int) -> UnsafeArchiveError:
    return UnsafeArchiveError(f"{what} unfolds to more than {most} bytes")
