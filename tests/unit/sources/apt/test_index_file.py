import gzip
import hashlib
import lzma
from pathlib import Path

import pytest

from devenv.errors import HashMismatchError
from devenv.sources.apt.index_file import IndexFile, read_index_file

CONTENT = bytes(range(256)) * 12_000
"""More than two of the pieces that a file is read in."""

SHA256 = hashlib.sha256(CONTENT).hexdigest()


def read(
    path: Path, packed: bytes, *, max_size: int = len(CONTENT), sha256: str | None
) -> bytes:
    path.write_bytes(packed)
    file = IndexFile(path=path, max_size=max_size, sha256=sha256)
    return b"".join(read_index_file(file))


@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(CONTENT, id="plain"),
        pytest.param(gzip.compress(CONTENT), id="gzip"),
        pytest.param(lzma.compress(CONTENT), id="xz"),
    ],
)
@pytest.mark.parametrize("sha256", [SHA256, None])
def test_an_index_is_read_however_it_is_compressed(
    tmp_path: Path, packed: bytes, sha256: str | None
) -> None:
    assert read(tmp_path / "named-by-hash", packed, sha256=sha256) == CONTENT


def test_an_empty_index_is_empty(tmp_path: Path) -> None:
    empty = hashlib.sha256().hexdigest()

    assert read(tmp_path / "index", b"", sha256=empty) == b""


def test_another_content_is_refused_before_its_last_piece(tmp_path: Path) -> None:
    path = tmp_path / "index"
    path.write_bytes(CONTENT)
    pieces = read_index_file(
        IndexFile(path=path, max_size=len(CONTENT), sha256="0" * 64)
    )
    got: list[bytes] = []

    with pytest.raises(HashMismatchError, match="not the one that was signed"):
        got.extend(pieces)

    assert sum(map(len, got)) < len(CONTENT)


def test_a_bomb_is_left_at_the_size_that_was_signed(tmp_path: Path) -> None:
    bomb = lzma.compress(bytes(50_000_000))

    with pytest.raises(HashMismatchError, match="larger than the 1000 bytes"):
        read(tmp_path / "index", bomb, max_size=1000, sha256=None)


@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(lzma.compress(CONTENT)[:-100], id="xz cut short"),
        pytest.param(gzip.compress(CONTENT)[:-100], id="gzip cut short"),
        pytest.param(lzma.compress(CONTENT)[:30] + bytes(99), id="xz damaged"),
        pytest.param(gzip.compress(CONTENT)[:30] + bytes(99), id="gzip damaged"),
        pytest.param(gzip.compress(CONTENT) + b"junk", id="junk after gzip"),
    ],
)
def test_what_cannot_be_uncompressed_is_refused(tmp_path: Path, packed: bytes) -> None:
    with pytest.raises(HashMismatchError, match="cannot be uncompressed"):
        read(tmp_path / "index", packed, sha256=None)
