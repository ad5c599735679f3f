"""A draft and the folder that holds it: made, added to, sealed, summed up."""

import os
from collections.abc import Mapping
from pathlib import Path

from devenv import hashes
from devenv.build.draft import SourceFile, TreeDraft, WrittenFile
from devenv.build.facts_listing import Contents
from devenv.build.filling import filling, write_over
from devenv.formats.listing import (
    FileRow,
    encoded_directory,
    encoded_files,
    encoded_link,
    hash_of_named,
    path_bytes,
)

DIRECTORY_MODE = 0o555


def materialise(draft: TreeDraft, directory: Path) -> None:
    """Fill the empty folder `directory` with the tree; its folders stay writable.

    Raises:
        OSError: the disk is full, or the store spans file systems.
    """
    with filling(draft, directory) as filled:
        filled.begin()
        filled.finish()


def write_file(draft: TreeDraft, path: str, directory: Path) -> None:
    """Put one written file of the draft on disk, over what stands there."""
    write_over(path, draft.files[path], directory)


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


class TreeListing:
    """The entries of a draft, as the hash over a listing takes them.

    What is encoded once, while something else goes on, is not encoded again
    unless it changes.
    """

    def __init__(self, draft: TreeDraft) -> None:
        self._files: dict[str, SourceFile | WrittenFile] = {}
        self._links: dict[str, str] = {}
        self._folders: set[str] = set()
        self._encoded: dict[bytes, bytes] = {}
        self._draft = draft
        self._update()
        # The hash takes them in order: by then a few have come after those.
        self._encoded = dict(sorted(self._encoded.items()))

    def contents(self) -> Contents:
        """Return what the store records of the tree, as the draft is now."""
        self._update()
        return Contents(
            content_hash=hash_of_named(self._encoded),
            size_bytes=sum(file.size for file in self._draft.files.values()),
            entry_count=len(self._encoded),
        )

    def _update(self) -> None:
        """Encode what is not yet encoded, and forget what is gone."""
        draft, encoded = self._draft, self._encoded
        gone = self._files.keys() - draft.files.keys()
        for path in gone | (self._links.keys() - draft.links.keys()):
            del encoded[path_bytes(path)]
        for folder in draft.folders.keys() - self._folders - {""}:
            name = path_bytes(folder)
            encoded[name] = encoded_directory(name)
        for path, target in draft.links.items() - self._links.items():
            name = path_bytes(path)
            encoded[name] = encoded_link(name, path_bytes(target))
        known = self._files.get
        fresh = (
            _row(path, file)
            for path, file in draft.files.items()
            if known(path) is not file
        )
        encoded.update(encoded_files(fresh))
        self._files, self._links = dict(draft.files), dict(draft.links)
        self._folders = set(draft.folders)


def contents(draft: TreeDraft) -> Contents:
    """Return what the store records of what `materialise` puts on disk.

    The same as of a listing of it, without 10,000 entries that nobody else needs.
    """
    return TreeListing(draft).contents()


def _row(path: str, file: SourceFile | WrittenFile) -> FileRow:
    if isinstance(file, SourceFile):
        _, is_executable, size, sha256, mtime_seconds = file
        return path, is_executable, size, sha256, mtime_seconds
    sha256 = hashes.hex_sha256(file.content)
    return path, file.is_executable, file.size, sha256, file.mtime_seconds
