"""What a directory holds, entry by entry, and one hash over all of it.

The hash is our own definition, made to be computed from an archive, from a plan
or from a disk alike: SHA-256 over a domain tag and the entries in the order of
their paths (as bytes), each field of fixed width or behind its length, so that
no two listings have the same encoding.

What is not in it: owners and modes beyond the executable bit (the store sets
them), the mtimes of directories and symbolic links (nothing compares them, and a
rename or a link changes them), and which names share an inode (`optimise` may
join equal files at any time).
"""

import struct
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from devenv import hashes
from devenv.values import dataclass, field

CONTENT_HASH_TAG = b"devenv-listing-1\n"
"""Separates this hash from every other use of SHA-256, and names its version."""

SHA256_HEX_LENGTH = 64

_FILE = struct.Struct(">cIBQ32sq")
_LINK = struct.Struct(">cII")
_DIRECTORY = struct.Struct(">cI")


class EntryKind(StrEnum):
    """The three kinds of entry that a store path may have."""

    FILE = "file"
    LINK = "link"
    DIRECTORY = "directory"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingEntry:
    """One entry, its path relative to the root; see the three constructors.

    Bytes of a path or target that are not UTF-8 stand as lone surrogates.
    `hard_link_to` names the entry, earlier in the order of paths, that is the
    same inode; it counts for sizes, and for neither equality nor the hash.
    """

    path: str
    kind: EntryKind
    is_executable: bool = False
    size: int = 0
    sha256: str = ""
    target: str = ""
    mtime_seconds: int = 0
    hard_link_to: str | None = field(default=None, compare=False)

    @classmethod
    def file(
        cls,
        path: str,
        *,
        is_executable: bool,
        size: int,
        sha256: str,
        mtime_seconds: int,
        hard_link_to: str | None = None,
    ) -> "ListingEntry":
        """Return the entry of a regular file; `sha256` is lowercase hex."""
        return cls(
            path=path,
            kind=EntryKind.FILE,
            is_executable=is_executable,
            size=size,
            sha256=sha256,
            mtime_seconds=mtime_seconds,
            hard_link_to=hard_link_to,
        )

    @classmethod
    def link(cls, path: str, target: str) -> "ListingEntry":
        """Return the entry of a symbolic link, with its target as stored."""
        return cls(path=path, kind=EntryKind.LINK, target=target)

    @classmethod
    def directory(cls, path: str) -> "ListingEntry":
        """Return the entry of a directory; the root itself has none."""
        return cls(path=path, kind=EntryKind.DIRECTORY)


def path_bytes(path: str) -> bytes:
    """Return a path as the file system spells it."""
    return path.encode("utf-8", "surrogateescape")


def in_order(entries: Iterable[ListingEntry]) -> tuple[ListingEntry, ...]:
    """Return the entries in the order of their paths' bytes."""
    return tuple(sorted(entries, key=lambda entry: path_bytes(entry.path)))


def content_hash(entries: Iterable[ListingEntry]) -> str:
    """Return the SHA-256 (lowercase hex) over a listing, whatever its order.

    Raises:
        ValueError: two entries have the same path, or a digest is no SHA-256:
            the caller's mistake, since such a directory cannot exist.
    """
    return hash_of_encoded(_encoded(entry) for entry in entries)


def hash_of_encoded(encoded: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the hash of entries that are encoded already; see `content_hash`.

    Args:
        encoded: for each entry its path as bytes, and what one of the
            functions below makes of it.
    """
    listed = list(encoded)
    named = dict(listed)
    if len(named) != len(listed):
        raise ValueError("a listing names a path twice")
    return hash_of_named(named)


def hash_of_named(encoded: Mapping[bytes, bytes]) -> str:
    """Return the hash of encoded entries by their paths; see `hash_of_encoded`."""
    parts = [CONTENT_HASH_TAG, *map(encoded.__getitem__, sorted(encoded))]
    return hashes.hex_sha256(b"".join(parts))


FileRow = tuple[str, bool, int, str, int]
"""A file's path, whether it is executable, its size, SHA-256 (hex) and mtime."""


def encoded_files(rows: Iterable[FileRow]) -> Iterator[tuple[bytes, bytes]]:
    """Yield path and encoding of many files' entries.

    One loop that calls next to nothing: a tree has ten thousand of these.
    """
    pack, from_hex = _FILE.pack, bytes.fromhex
    for path, is_executable, size, sha256, mtime_seconds in rows:
        if len(sha256) != SHA256_HEX_LENGTH:
            raise ValueError(f"not a SHA-256: {sha256!r}")
        name = path.encode("utf-8", "surrogateescape")
        digest = from_hex(sha256)
        head = pack(b"F", len(name), is_executable, size, digest, mtime_seconds)
        yield name, head + name


def encoded_link(path: bytes, target: bytes) -> bytes:
    """Return the encoding of a symbolic link's entry."""
    return _LINK.pack(b"L", len(path), len(target)) + path + target


def encoded_directory(path: bytes) -> bytes:
    """Return the encoding of a directory's entry."""
    return _DIRECTORY.pack(b"D", len(path)) + path


def _encoded(entry: ListingEntry) -> tuple[bytes, bytes]:
    if entry.kind is EntryKind.FILE:
        (encoded,) = encoded_files(
            [
                (
                    entry.path,
                    entry.is_executable,
                    entry.size,
                    entry.sha256,
                    entry.mtime_seconds,
                )
            ]
        )
        return encoded
    path = path_bytes(entry.path)
    if entry.kind is EntryKind.LINK:
        return path, encoded_link(path, path_bytes(entry.target))
    return path, encoded_directory(path)


def total_size(entries: Iterable[ListingEntry]) -> int:
    """Return the bytes of all files, an inode counted once."""
    return sum(entry.size for entry in entries if entry.hard_link_to is None)
