"""Write a draft to disk: hard links, relative links, a few files of its own."""

import errno
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from devenv.build.draft import SourceFile, TreeDraft, WrittenFile
from devenv.formats.listing import (
    encoded_directory,
    encoded_file,
    encoded_link,
    hash_of_encoded,
    path_bytes,
)

FILE_MODE = 0o444
PROGRAM_MODE = 0o555
DIRECTORY_MODE = 0o555
_OPEN_DIRECTORY_MODE = 0o700
_OUR_UMASK = 0o077
"""The user's may take even our own rights to a new folder."""


def materialise(draft: TreeDraft, directory: Path) -> None:
    """Fill the empty folder `directory` with the tree; its folders stay writable.

    Files of store paths are hard-linked: an executable's own place, which
    `$ORIGIN` and /proc/self/exe tell, must be inside the tree, so links of links
    (symbolic ones) would not do.

    Raises:
        OSError: the disk is full, or the store spans file systems.
    """
    root = f"{directory}/"
    before = os.umask(_OUR_UMASK)
    try:
        for path in draft.directories:
            os.mkdir(root + path, _OPEN_DIRECTORY_MODE)  # noqa: PTH102 - 10,000s
    finally:
        os.umask(before)
    for path, file in draft.files.items():
        if isinstance(file, SourceFile):
            _link(file, root + path)
        else:
            _write(file, root + path)
    for path, target in draft.links.items():
        _link_link(draft.link_sources.get(path), target, root + path)


def write_file(draft: TreeDraft, path: str, directory: Path) -> None:
    """Put one written file of the draft on disk, over what stands there."""
    file = draft.files[path]
    place = directory / path
    before = os.umask(_OUR_UMASK)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    finally:
        os.umask(before)
    place.unlink(missing_ok=True)
    if isinstance(file, WrittenFile):
        _write(file, str(place))
    else:
        _link(file, str(place))


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


def contents(draft: TreeDraft) -> TreeContents:
    """Return what the store records of what `materialise` puts on disk.

    The same as of a listing of it, without 10,000 entries that nobody else needs.
    """
    encoded = [
        (path, encoded_directory(path)) for path in map(path_bytes, draft.directories)
    ]
    for place, target in draft.links.items():
        path = path_bytes(place)
        encoded.append((path, encoded_link(path, path_bytes(target))))
    total = 0
    for place, file in draft.files.items():
        path = path_bytes(place)
        size, digest = _size_and_digest(file)
        total += size
        encoded.append(
            (
                path,
                encoded_file(
                    path,
                    digest,
                    size,
                    file.mtime_seconds,
                    is_executable=file.is_executable,
                ),
            )
        )
    return TreeContents(
        content_hash=hash_of_encoded(encoded),
        size_bytes=total,
        entry_count=len(encoded),
    )


def _size_and_digest(file: SourceFile | WrittenFile) -> tuple[int, str]:
    if isinstance(file, SourceFile):
        return file.size, file.sha256
    return len(file.content), hashlib.sha256(file.content).hexdigest()


def _link_link(source: str | None, target: str, place: str) -> None:
    """Make a symbolic link, if possible as another name of one that is there.

    That spares an inode. ext4 takes 5 us instead of 6 to 30 for one, and up to 250
    in the minutes after many files were deleted, whose inodes it passes over.
    """
    if source is not None:
        try:
            os.link(source, place, follow_symlinks=False)
        except OSError:
            # Not every file system can, and none without limit.
            pass
        else:
            return
    os.symlink(target, place)  # noqa: PTH211 - as above


def _link(file: SourceFile, place: str) -> None:
    try:
        os.link(file.source, place)
    except OSError as error:
        if error.errno != errno.EMLINK:
            raise
        # The inode has all the names its file system allows: a copy will do.
        written = WrittenFile(
            content=Path(file.source).read_bytes(),
            is_executable=file.is_executable,
            mtime_seconds=file.mtime_seconds,
        )
        _write(written, place)


def _write(file: WrittenFile, place: str) -> None:
    mode = PROGRAM_MODE if file.is_executable else FILE_MODE
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(place, flags, mode)
    with open(descriptor, "wb") as stream:  # noqa: PTH123 - from a descriptor
        stream.write(file.content)
        stream.flush()
        os.fchmod(descriptor, mode)  # whatever the umask
        os.utime(descriptor, (file.mtime_seconds, file.mtime_seconds))
