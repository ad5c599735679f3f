"""Write the relocated files of a package, and nothing else of it."""

import hashlib
import mmap
import os
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from posixpath import basename, dirname, join

from devenv.errors import FormatError, RelocationError
from devenv.formats.elf_image import Content
from devenv.formats.elf_patch import patched_pieces
from devenv.formats.listing import ListingEntry, in_order, path_bytes
from devenv.formats.loader_patch import cut_off_loader
from devenv.formats.relocation_rules import parse_relocation_rules
from devenv.host.own_data import own_data
from devenv.model.facts import FileFact, PackageFacts
from devenv.model.systems import System
from devenv.plan.relocate import C_LIBRARY, Relocation, relocations
from devenv.values import dataclass

MAPPED_FROM_BYTES = 1 << 20
"""From this size on a file is mapped, not read: the greater part is only passed on."""

_PLAIN_MODE, _EXECUTABLE_MODE = 0o444, 0o555


@dataclass(frozen=True, slots=True, kw_only=True)
class Patched:
    """What was written, what was changed, and what could not be, and why.

    `entries` list the files in the order of their paths. The paths in
    `relocated` and `refused` are relative to the package's root.
    """

    entries: tuple[ListingEntry, ...]
    relocated: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Names of one inode that all get the same."""

    names: tuple[str, ...]
    fact: FileFact
    relocation: Relocation


def patch_package(
    facts: PackageFacts, unpacked: Path, target: Path, *, system: System, loader: str
) -> Patched:
    """Write those files of a package that relocation changes into `target`.

    Args:
        facts: what unpacking learnt of the package.
        unpacked: its root as unpacked; only read.
        target: an empty directory that becomes the root of the changed files, at
            the same relative paths, read-only and with the archive's mtimes.
        system: what the package is for.
        loader: the absolute path of the dynamic loader in the store. Empty if the
            closure has no C library: then programs stay as they are.

    The C library also gets its loader, cut off from the host, as a real file under
    the name that programs ask for. A file that cannot be relocated is left out,
    with the reason.

    Raises:
        RelocationError: the C library's loader is not one we know how to cut off.
        OSError: a file could not be read or written.
    """
    entries: list[ListingEntry] = []
    relocated: list[str] = []
    refused: list[tuple[str, str]] = []
    if facts.name == C_LIBRARY:
        entries.append(_write_loader(facts, unpacked, target, system))
        relocated.append(entries[0].path)
    for group in _groups(facts, system):
        if group.relocation.is_program and not loader:
            continue
        try:
            written = _relocate(group, unpacked, target, loader)
        except (FormatError, RelocationError) as error:
            refused.extend((name, error.what) for name in group.names)
            continue
        entries.extend(written)
        relocated.extend(entry.path for entry in written)
    return Patched(
        entries=in_order(entries), relocated=tuple(relocated), refused=tuple(refused)
    )


@cache
def _without_redirection() -> frozenset[str]:
    data = own_data("relocation.toml")
    return parse_relocation_rules(data.read_text("utf-8"))


def _groups(facts: PackageFacts, system: System) -> list[_Group]:
    """Return what to relocate, the names of one inode together.

    Names whose run paths differ, because they lie at different depths, become
    two files.
    """
    known = {fact.path: fact for fact in facts.files}
    grouped: dict[tuple[object, ...], list[Relocation]] = {}
    for one in relocations(facts, system, without_redirection=_without_redirection()):
        inode = known[one.path].hard_link_to or one.path
        key = (inode, one.is_program, one.run_path, one.add_needed)
        grouped.setdefault(key, []).append(one)
    return [
        _Group(
            names=tuple(sorted((one.path for one in same), key=path_bytes)),
            fact=known[same[0].path],
            relocation=same[0],
        )
        for same in grouped.values()
    ]


def _relocate(
    group: _Group, unpacked: Path, target: Path, loader: str
) -> tuple[ListingEntry, ...]:
    """Write one relocated file with all its names; () if nothing had to change."""
    wanted = group.relocation
    pieces = patched_pieces(
        _content(unpacked / wanted.path),
        interpreter=loader if wanted.is_program else None,
        run_path=wanted.run_path,
        add_needed=wanted.add_needed,
    )
    if pieces is None:
        return ()
    first, *others = group.names
    entry = _write(target, first, pieces, group.fact)
    return (entry, *(_link(target, name, entry) for name in others))


def _content(path: Path) -> Content:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as file:
        if os.fstat(descriptor).st_size < MAPPED_FROM_BYTES:
            return file.read()
        return mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)


def _write(
    target: Path, path: str, pieces: Iterable[bytes | memoryview], fact: FileFact
) -> ListingEntry:
    place = target / path
    place.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with place.open("xb") as file:
        for piece in pieces:
            digest.update(piece)
            file.write(piece)
            size += len(piece)
        file.flush()
        mode = _EXECUTABLE_MODE if fact.is_executable else _PLAIN_MODE
        os.fchmod(file.fileno(), mode)
        os.utime(file.fileno(), (fact.mtime_seconds, fact.mtime_seconds))
    return ListingEntry.file(
        path,
        is_executable=fact.is_executable,
        size=size,
        sha256=digest.hexdigest(),
        mtime_seconds=fact.mtime_seconds,
    )


def _link(target: Path, path: str, entry: ListingEntry) -> ListingEntry:
    place = target / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.hardlink_to(target / entry.path)
    return ListingEntry.file(
        path,
        is_executable=entry.is_executable,
        size=entry.size,
        sha256=entry.sha256,
        mtime_seconds=entry.mtime_seconds,
        hard_link_to=entry.path,
    )


def _write_loader(
    facts: PackageFacts, unpacked: Path, target: Path, system: System
) -> ListingEntry:
    path = f"usr/lib/{system.triplet}/{system.loader}"
    fact = _loader_fact(facts, path)
    with (unpacked / fact.path).open("rb") as file:
        content = cut_off_loader(file.read(), system=system)
    return _write(target, path, (content,), fact)


def _loader_fact(facts: PackageFacts, path: str) -> FileFact:
    """Return the loader's file: up to bullseye its name was a link to it."""
    targets: Sequence[str] = [
        join(dirname(path), basename(link.target))
        for link in facts.links
        if link.path == path
    ]
    for file in facts.files:
        if file.path == path or file.path in targets:
            return file
    raise RelocationError("the C library has no dynamic loader", where=path)
