"""What of the store an image has: what its programs reach, by what it changes with.

References of a tree name all it was made from; what a program reaches is less: the tree
itself, the loader that is written into it, and what its files and links name. So files
are read for names of store paths, as Nix does.

A tree's name changes with each package in it, and would change every layer. So in an
image a tree lies beside its own path, under the name of its input, and its path is a
link: then files of a package that did not change are the same layer as before.
`$ORIGIN` and /proc/self/exe are below that place; what is written into texts goes
through the link.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence

from devenv.build.unpack_rules import FACTS_PATH
from devenv.formats.tar_layer import LayerEntry, LayerKind
from devenv.host.layer_file import LayerPart
from devenv.host.walk_files import (
    FoundFile,
    FoundFolder,
    Spoken,
    named_digests,
    read_spoken,
    walk_files,
)
from devenv.model.store_path import StorePath
from devenv.operations.doors import Doors
from devenv.operations.realise_lock import RealisedTree
from devenv.operations.unpacked_package import read_facts
from devenv.plan.image_places import is_unfit
from devenv.typed import NamedTuple
from devenv.values import dataclass, field

_LINK_MODE = 0o777
_PERMISSIONS = 0o777
_FOLDER_MODE = 0o755
_FACTS_FOLDER = os.fsencode(FACTS_PATH.partition("/")[0])


class Piece(NamedTuple):
    """A part of a layer; parts with the same `same` may be one file of two names."""

    part: LayerPart
    same: object = None


@dataclass(slots=True, kw_only=True)
class StoreContents:
    """The files of an image that are in the store.

    `packages` has those that are the same in every tree, by the package (or other
    store path); `own` what only these trees have. `places` has where each tree lies
    in the image, by its absolute path; `digests` tell which store paths are in it.
    `unfit` are files, by their absolute paths, with names that none can have there.
    """

    packages: dict[str, list[Piece]] = field(default_factory=dict)
    own: list[Piece] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    digests: set[bytes] = field(default_factory=set)
    unfit: list[bytes] = field(default_factory=list)
    newest_seconds: int = 0


def store_contents(
    doors: Doors, trees: Sequence[RealisedTree], others: Iterable[StorePath]
) -> StoreContents:
    """Look at trees, other store paths, and what these reach.

    Raises:
        StoreError: a store path is not valid, or damaged.
        OSError: something cannot be read.
    """
    wanted = [*(tree.plan.path for tree in trees), *others]
    closure = doors.store.closure(wanted)
    looking = _Looking(
        store=os.fsencode(doors.store.directory),
        bases={info.path.digest.encode(): info.path.base for info in closure},
    )
    for tree in trees:
        looking.look_at_tree(tree, _owners(doors, tree))
    looking.waiting += [path.base for path in others]
    looking.look_at_rest()
    return looking.contents


@dataclass(slots=True, kw_only=True)
class _Looking:
    """How far a look at the store is: `waiting` are base names still to be read."""

    store: bytes
    bases: Mapping[bytes, str]
    contents: StoreContents = field(default_factory=StoreContents)
    waiting: list[str] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _read: dict[tuple[int, int, int], Spoken] = field(default_factory=dict)

    def look_at_tree(self, tree: RealisedTree, owners: Mapping[str, str]) -> None:
        base = tree.plan.path.base
        alias = f"env-{tree.input}"
        self._see(base)
        root = self.store + b"/" + base.encode()
        place = self.store + b"/" + alias.encode()
        self.contents.places[os.fsdecode(root)] = os.fsdecode(place)
        self.contents.own.append(link_piece(root, alias.encode()))
        for piece, path, reached in self._pieces(root, place):
            owner = owners.get(os.fsdecode(path))
            if owner is None or base in reached:
                self.contents.own.append(piece)
            else:
                self._add(owner, piece)

    def look_at_rest(self) -> None:
        """Look at what was found, and at what that reaches."""
        while self.waiting:
            base = self.waiting.pop()
            if base in self._seen:
                continue
            self._see(base)
            root = self.store + b"/" + base.encode()
            for piece, _, _ in self._pieces(root, root):
                self._add(base.partition("-")[2], piece)

    def _see(self, base: str) -> None:
        self._seen.add(base)
        self.contents.digests.add(StorePath(base).digest.encode())

    def _add(self, owner: str, piece: Piece) -> None:
        self.contents.packages.setdefault(owner, []).append(piece)

    def _pieces(
        self, root: bytes, place: bytes
    ) -> Iterator[tuple[Piece, bytes, frozenset[str]]]:
        """Yield each piece with its path below the root, and the paths it names."""
        for found in walk_files(root, skips=_FACTS_FOLDER.__eq__):
            if is_unfit(found.path):
                self.contents.unfit.append(root + b"/" + found.path)
            elif isinstance(found, FoundFolder):
                yield folder_piece(place + b"/" + found.path), found.path, frozenset()
            else:
                piece, digests = self._piece(root, place, found)
                known = (self.bases[it] for it in digests if it in self.bases)
                reached = frozenset(known)
                self.waiting += reached - self._seen
                yield piece, found.path, reached

    def _piece(
        self, root: bytes, place: bytes, found: FoundFile
    ) -> tuple[Piece, Iterable[bytes]]:
        name = place + b"/" + found.path
        if found.is_link:
            digests = named_digests(found.target, self.store)
            return link_piece(name, found.target), digests
        source = root + b"/" + found.path
        spoken = self._read.get(found.inode)
        if spoken is None:
            spoken = self._read[found.inode] = read_spoken(source, self.store)
        newest = max(self.contents.newest_seconds, found.mtime_seconds)
        self.contents.newest_seconds = newest
        mode = found.mode & _PERMISSIONS
        same = (spoken.sha256, mode, found.mtime_seconds) if found.size else None
        return file_piece(name, found, source, same=same), spoken.digests


def file_piece(
    name: bytes, found: FoundFile, source: bytes, *, same: object = None
) -> Piece:
    """Return a regular file at the absolute path `name`, with nobody's set-uid bit."""
    entry = LayerEntry(
        name=name.lstrip(b"/"),
        kind=LayerKind.FILE,
        mode=found.mode & _PERMISSIONS,
        size=found.size,
        mtime_seconds=found.mtime_seconds,
    )
    return Piece(LayerPart(entry, source), same)


def link_piece(name: bytes, target: bytes) -> Piece:
    """Return a symbolic link; its time is always the same, for nothing compares it."""
    entry = LayerEntry(
        name=name.lstrip(b"/"),
        kind=LayerKind.SYMBOLIC_LINK,
        mode=_LINK_MODE,
        target=target,
    )
    return Piece(LayerPart(entry))


def folder_piece(name: bytes, mode: int = _FOLDER_MODE) -> Piece:
    """Return a folder."""
    entry = LayerEntry(name=name.lstrip(b"/"), kind=LayerKind.DIRECTORY, mode=mode)
    return Piece(LayerPart(entry))


def _owners(doors: Doors, tree: RealisedTree) -> dict[str, str]:
    """Return the package of each file and link of a tree that is from one."""
    found: dict[str, str] = {}
    for name in sorted(tree.plan.packages, reverse=True):
        facts = tree.plan.packages[name].facts
        found |= dict.fromkeys((fact.path for fact in facts.files), name)
        found |= dict.fromkeys((fact.path for fact in facts.links), name)
    for path, (compilation, _) in tree.plan.compilations.items():
        facts = read_facts(doors.store.path_of(path))
        found |= dict.fromkeys((it.path for it in facts.files), compilation.package)
    return found
