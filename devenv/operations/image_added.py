"""Folders and files of the user's that an image gets besides the environment."""

import os
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from pathlib import Path

from devenv.errors import FormatError, UsageError
from devenv.host.walk_files import (
    FoundFile,
    FoundFolder,
    named_digests,
    walk_files,
)
from devenv.operations.doors import Doors
from devenv.operations.image_contents import (
    Piece,
    file_piece,
    folder_piece,
    link_piece,
)
from devenv.plan.image_places import is_unfit, leads_out, parse_added
from devenv.values import dataclass

_VERSIONS = b".git"
_SET_ID_BITS = 0o6000


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A folder or file, by its physical path, and its place in the image."""

    source: Path
    place: str

    @property
    def folder(self) -> str:
        """The folder of the image that it is, or that it lies in."""
        if self.source.is_dir():
            return self.place
        return self.place.rpartition("/")[0] or "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddingRules:
    """What holds for all that is added.

    Files of `left_out` (absolute paths) stay out. A link may lead to the store paths
    with these `digests`, which are in the image. A file that is newer than
    `latest_seconds` gets that time.
    """

    left_out: AbstractSet[str]
    digests: AbstractSet[bytes]
    latest_seconds: int | None = None


def read_added(doors: Doors, texts: Iterable[str]) -> tuple[Added, ...]:
    """Return what is to be added.

    Raises:
        UsageError: it makes no sense, or is not there.
    """
    found = []
    for text in texts:
        name, place = parse_added(text, str(doors.store.directory))
        source = Path(name).resolve()
        if not source.exists():
            raise UsageError("there is no such folder or file to add", where=name)
        found.append(Added(source=source, place=place))
    return tuple(found)


def added_pieces(doors: Doors, added: Added, rules: AddingRules) -> list[Piece]:
    """Return the files of a folder; no link in it is followed.

    What version control keeps, what the rules leave out and what is no file stay out,
    which is said, and so is a link that leads out of the folder.

    Raises:
        FormatError: a file has a name that none can have in an image.
        OSError: something cannot be read.
    """
    store = os.fsencode(doors.store.directory)
    taking = _Taking(added, rules, store)
    pieces = taking.pieces()
    for line in taking.told(added.source):
        doors.display.warn(line)
    return pieces


class _Taking:
    """One folder as it is taken, and what there is to tell of it."""

    def __init__(self, added: Added, rules: AddingRules, store: bytes) -> None:
        self._root, self._place = os.fsencode(added.source), os.fsencode(added.place)
        self._rules, self._store = rules, store
        self._forbidden = frozenset(map(os.fsencode, rules.left_out))
        self._left_out: list[bytes] = []
        self._odd: list[bytes] = []
        self._outward: list[bytes] = []
        self._set_id: list[bytes] = []

    def pieces(self) -> list[Piece]:
        found: list[Piece] = []
        for each in walk_files(self._root, skips=self._skips):
            piece = self._piece(each)
            if piece is not None:
                found.append(piece)
        return found

    def told(self, source: Path) -> list[str]:
        """Return what the user should know."""
        kinds = (
            (self._left_out, "left out of the image"),
            (self._odd, "left out of the image: neither file, folder nor link"),
            (self._outward, "a link that leads out of the folder, taken as it is"),
            (self._set_id, "in the image without its set-uid or set-gid bit"),
        )
        return [
            f"{source}: {os.fsdecode(min(paths))}{_more(paths)}: {what}"
            for paths, what in kinds
            if paths
        ]

    def _skips(self, path: bytes) -> bool:
        is_out = (
            os.path.basename(path) == _VERSIONS  # noqa: PTH119 - bytes
            or self._whole(path) in self._forbidden
        )
        if is_out:
            self._left_out.append(path)
        return is_out

    def _whole(self, path: bytes) -> bytes:
        return self._root + b"/" + path if path else self._root

    def _piece(self, found: FoundFile | FoundFolder) -> Piece | None:
        name = self._place + b"/" + found.path if found.path else self._place
        if is_unfit(name):
            raise FormatError(
                "a file of an image cannot have a name that begins with .wh.",
                where=os.fsdecode(self._whole(found.path)),
                hint="in an image such a name takes another file away: rename it",
            )
        if isinstance(found, FoundFolder):
            return folder_piece(name)
        if found.is_link:
            if leads_out(found.path, found.target) and not self._has(found.target):
                self._outward.append(found.path)
            return link_piece(name, found.target)
        if not found.is_plain:
            self._odd.append(found.path)
            return None
        if found.mode & _SET_ID_BITS:
            self._set_id.append(found.path)
        same = found.inode if found.inode[2] > 1 else None
        piece = file_piece(name, found, self._whole(found.path), same=same)
        return self._dated(piece)

    def _has(self, target: bytes) -> bool:
        """Whether a link leads to a store path that is in the image, too."""
        named = named_digests(target, self._store)
        return target.startswith(self._store) and bool(named & self._rules.digests)

    def _dated(self, piece: Piece) -> Piece:
        entry = piece.part.entry
        latest = self._rules.latest_seconds
        if latest is None or entry.mtime_seconds <= latest:
            return piece
        dated = entry._replace(mtime_seconds=latest)
        return piece._replace(part=piece.part._replace(entry=dated))


def _more(paths: list[bytes]) -> str:
    return f" and {len(paths) - 1} more" if len(paths) > 1 else ""
