"""A draft and the folder that holds it: made, added to, sealed, summed up."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from devenv.build.draft import SourceFile, TreeDraft, WrittenFile
from devenv.build.filling import filling, put_file, usable_folders
from devenv.formats.listing import (
    encoded_directory,
    encoded_file,
    encoded_link,
    hash_of_encoded,
    path_bytes,
)

DIRECTORY_MODE = 0o555


def materialise(draft: TreeDraft, directory: Path) -> None:
    """Fill the empty folder `directory` with the tree; its folders stay writable.

    Raises:
        OSError: the disk is full, or the store spans file systems.
    """
    with filling(draft, directory) as finish:
        finish()


def write_file(draft: TreeDraft, path: str, directory: Path) -> None:
    """Put one written file of the draft on disk, over what stands there."""
    file = draft.files[path]
    place = directory / path
    with usable_folders():
        place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    put_file(file, str(place))


def link_more(
    draft: TreeDraft, files: Mapping[str, SourceFile], directory: Path
) -> None:
    """Add files of a store path to a draft that is on disk already."""
    for path, file in files.items():
        if draft.add_file(path, file):
            write_file(draft, path, directory)


def seal(draft: TreeDraft, directory: Path) -> None:
    """Make every folder below `directory` read-only, deepest first."""
    root = f"{directory}/"
    for path in reversed(draft.directories):
        os.chmod(root + path, DIRECTORY_MODE)  # noqa: PTH101 - 10,000 of these


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeContents:
    """What the record of a tree says of its content; all entries are counted."""

    content_hash: str
    size_bytes: int
    entry_count: int


Encoded = dict[str, tuple[SourceFile | WrittenFile, bytes]]
"""The entries of files as a listing's hash takes them, by path."""


def encoded_files(draft: TreeDraft) -> Encoded:
    """Return the entries of the files that a draft has now, for `contents`."""
    return {path: (file, _encoded(path, file)) for path, file in draft.files.items()}


def contents(draft: TreeDraft, known: Encoded | None = None) -> TreeContents:
    """Return what the store records of what `materialise` puts on disk.

    The same as of a listing of it, without 10,000 entries that nobody else needs.
    `known` are entries of files that may have changed since.
    """
    earlier = known or {}
    encoded = [
        (path, encoded_directory(path)) for path in map(path_bytes, draft.directories)
    ]
    for place, target in draft.links.items():
        path = path_bytes(place)
        encoded.append((path, encoded_link(path, path_bytes(target))))
    total = 0
    for place, file in draft.files.items():
        total += file.size
        entry = earlier.get(place)
        is_same = entry is not None and entry[0] is file
        content = entry[1] if entry and is_same else _encoded(place, file)
        encoded.append((path_bytes(place), content))
    return TreeContents(
        content_hash=hash_of_encoded(encoded),
        size_bytes=total,
        entry_count=len(encoded),
    )


def _encoded(place: str, file: SourceFile | WrittenFile) -> bytes:
    if isinstance(file, SourceFile):
        digest = file.sha256
    else:
        digest = hashlib.sha256(file.content).hexdigest()
    return encoded_file(
        path_bytes(place),
        digest,
        file.size,
        file.mtime_seconds,
        is_executable=file.is_executable,
    )
