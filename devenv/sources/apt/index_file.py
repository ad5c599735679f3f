"""Index files as an archive serves them: compressed, and vouched for."""

from collections.abc import Iterator
from io import BufferedIOBase, BufferedReader
from pathlib import Path

from devenv.errors import HashMismatchError
from devenv.values import dataclass

CHUNK_BYTES = 1 << 20
_MAGIC_XZ = b"\xfd7zXZ\x00"
_MAGIC_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexFile:
    """A downloaded index: xz, gzip or not compressed, as its first bytes tell.

    `sha256` (lowercase hex) and `max_size` (bytes) are of the uncompressed
    content; without `sha256` only the size is watched.
    """

    path: Path
    max_size: int
    sha256: str | None = None


def read_index_file(file: IndexFile) -> Iterator[bytes]:
    """Yield the uncompressed content, never more than `file.max_size` bytes.

    The last piece comes after the whole content has been compared with
    `file.sha256`, so a reader that got to the end has read the right bytes,
    and one that meets an error must throw away what it made.

    Raises:
        HashMismatchError: it is larger than vouched for, has another hash, or
            cannot be uncompressed.
        OSError: the file cannot be read.
    """
    # Uncompressing on a second thread was tried: with the reader's Python code
    # beside it, the largest index came only a tenth of a second sooner.
    import hashlib  # noqa: PLC0415 - read once, then opened from our own index

    digest = hashlib.sha256()
    room = file.max_size
    last = b""
    for chunk in _uncompressed(file.path):
        room -= len(chunk)
        if room < 0:
            raise HashMismatchError(
                f"the index is larger than the {file.max_size} bytes signed for",
                where=str(file.path),
            )
        digest.update(chunk)
        if last:
            yield last
        last = chunk
    if file.sha256 is not None and digest.hexdigest() != file.sha256:
        raise HashMismatchError(
            "the index is not the one that was signed",
            where=f"{file.path}: signed {file.sha256}, found {digest.hexdigest()}",
        )
    yield last


def _uncompressed(path: Path) -> Iterator[bytes]:
    import gzip  # noqa: PLC0415 - as above
    import lzma  # noqa: PLC0415
    import zlib  # noqa: PLC0415

    with path.open("rb") as raw:
        stream = _decompressor(raw)
        try:
            while chunk := stream.read(CHUNK_BYTES):
                yield chunk
        except (lzma.LZMAError, zlib.error, gzip.BadGzipFile, EOFError) as error:
            raise HashMismatchError(
                f"the index cannot be uncompressed: {error}", where=str(path)
            ) from error


def _decompressor(raw: BufferedReader) -> BufferedIOBase:
    magic = raw.peek(len(_MAGIC_XZ))
    if magic.startswith(_MAGIC_XZ):
        from lzma import LZMAFile  # noqa: PLC0415 - as above

        return LZMAFile(raw)
    if magic.startswith(_MAGIC_GZIP):
        from gzip import GzipFile  # noqa: PLC0415

        return GzipFile(fileobj=raw)
    return raw
