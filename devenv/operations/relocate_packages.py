"""Unpacked packages get their relocated programs: a store path beside each."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from devenv.build.draft import SourceFile
from devenv.build.facts_listing import contents_of, folders_of
from devenv.build.filling import FILE_MODE
from devenv.build.materialise import DIRECTORY_MODE
from devenv.build.unpack_rules import FACTS_MTIME_SECONDS, FACTS_PATH
from devenv.formats.facts_json import encode
from devenv.formats.listing import EntryKind, ListingEntry
from devenv.model.facts import FileFact, PackageFacts
from devenv.model.lock import RulesVersions
from devenv.model.store_path import PathInfo, PathKind, StorePath, canonical_json
from devenv.model.systems import System
from devenv.operations import derivations
from devenv.operations.doors import Doors
from devenv.operations.unpacked_package import UnpackedPackage, read_facts
from devenv.plan.relocate import C_LIBRARY, has_relocations
from devenv.store.realise import Batch
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Relocation:
    """The relocated path that a package needs, and what it is made from."""

    source: UnpackedPackage
    path: StorePath
    derivation: derivations.Derivation


def plan_relocations(
    doors: Doors,
    packages: Mapping[str, UnpackedPackage],
    rules: RulesVersions = derivations.CURRENT_RULES,
) -> dict[str, Relocation]:
    """Return the relocation of each package that has anything to relocate.

    Everything depends on the C library's relocated path: the dynamic loader
    and the library must be one build, so they travel together.
    """
    store = str(doors.store.directory)
    c_library: StorePath | None = None
    result = {}
    ordered = sorted(packages, key=lambda name: (name != C_LIBRARY, name))
    for name in ordered:
        source = packages[name]
        if name != C_LIBRARY and not has_relocations(source.facts, doors.system):
            continue
        derivation = derivations.relocated(
            source.path, c_library=c_library, store=store, rules=rules
        )
        path = derivations.path_for(
            derivation, name=name, version=source.package.version
        )
        result[name] = Relocation(source=source, path=path, derivation=derivation)
        if name == C_LIBRARY:
            c_library = path
    return result


def loader_path(
    doors: Doors, relocated: Mapping[str, Relocation], system: System
) -> str:
    """Return the absolute path of the dynamic loader; empty without a C library."""
    if C_LIBRARY not in relocated:
        return ""
    root = doors.store.path_of(relocated[C_LIBRARY].path)
    return f"{root}/usr/lib/{system.triplet}/{system.loader}"


def relocate(
    doors: Doors, batch: Batch, relocation: Relocation, *, loader: str
) -> None:
    """Make one relocated path; it is finished in `batch`, not yet committed."""
    from devenv.build.patch import patch_package  # noqa: PLC0415 - 5 ms, rarely needed

    source = relocation.source
    scratch = batch.scratch(relocation.path)
    patched = patch_package(
        source.facts,
        doors.store.path_of(source.path),
        scratch,
        system=doors.system,
        loader=loader,
    )
    for path, reason in patched.refused:
        doors.display.detail(f"{source.package.name}: {path} stays as it is: {reason}")
    references = [source.path.base]
    c_library = str(relocation.derivation["c_library"])
    if c_library:
        references.append(c_library)
    finish_derived(
        batch,
        scratch,
        Derived(
            path=relocation.path,
            kind=PathKind.PATCHED,
            entries=patched.entries,
            references=tuple(references),
            derivation=relocation.derivation,
            name=source.package.name,
            version=source.package.version,
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A store path made from an unpacked package: what stands in its record."""

    path: StorePath
    kind: PathKind
    entries: tuple[ListingEntry, ...]
    references: tuple[str, ...]
    derivation: derivations.Derivation
    name: str
    version: str


def finish_derived(batch: Batch, scratch: Path, derived: Derived) -> None:
    """Add the facts to a derived path and finish it.

    The facts list its files, so that composing a tree later needs no look at
    the disk.
    """
    facts = PackageFacts(
        name=derived.name,
        version=derived.version,
        directories=(),
        files=tuple(_file_facts(derived.entries)),
        links=(),
        elf_files=(),
        texts=(),
        postinst="",
    )
    encoded = encode(facts)
    _write_facts(scratch, encoded)
    for folder in folders_of(facts):
        (scratch / folder).chmod(DIRECTORY_MODE)
    contents = contents_of(facts, encoded)
    batch.finish(
        derived.path,
        PathInfo(
            path=derived.path,
            kind=derived.kind,
            content_hash=contents.content_hash,
            size_bytes=contents.size_bytes,
            file_count=contents.entry_count,
            references=derived.references,
            origin=canonical_json(derived.derivation),
        ),
    )


def _write_facts(scratch: Path, encoded: bytes) -> None:
    place = scratch / FACTS_PATH
    place.parent.mkdir()
    place.parent.chmod(0o700)
    place.write_bytes(encoded)
    place.chmod(FILE_MODE)
    os.utime(place, (FACTS_MTIME_SECONDS, FACTS_MTIME_SECONDS))


def derived_files(root: Path) -> dict[str, SourceFile]:
    """Return the files of a derived store path by their place in a tree."""
    return {
        fact.path: SourceFile(
            source=f"{root}/{fact.path}",
            is_executable=fact.is_executable,
            size=fact.size,
            sha256=fact.sha256,
            mtime_seconds=fact.mtime_seconds,
        )
        for fact in read_facts(root).files
    }


def _file_facts(entries: Iterable[ListingEntry]) -> Iterable[FileFact]:
    for entry in entries:
        if entry.kind is EntryKind.FILE:
            yield FileFact(
                path=entry.path,
                is_executable=entry.is_executable,
                size=entry.size,
                sha256=entry.sha256,
                mtime_seconds=entry.mtime_seconds,
                hard_link_to=entry.hard_link_to,
            )
