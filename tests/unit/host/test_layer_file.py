"""Folders as they are read for an image, and layers as they are written."""

import gzip
import hashlib
import io
import os
import tarfile
from pathlib import Path

import pytest

from devenv.errors import StoreError
from devenv.formats.tar_layer import LayerEntry, LayerKind
from devenv.host.layer_file import LayerPart, unnamed_file, write_layer
from devenv.host.walk_files import (
    FoundFile,
    FoundFolder,
    named_digests,
    read_spoken,
    walk_files,
)

STORE = b"/some/store"
ONE, TWO = b"a" * 32, b"2" * 32


def test_everything_is_found_in_order_and_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "b/deep").mkdir(parents=True)
    (tmp_path / "b/deep/file").write_bytes(b"12345")
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "skipped").mkdir()
    (tmp_path / "skipped/file").touch()
    found = list(walk_files(bytes(tmp_path), skips=b"skipped".__eq__))
    assert [each.path for each in found] == [b"a", b"b", b"b/deep", b"b/deep/file"]
    link, *folders, file = found
    assert isinstance(link, FoundFile)
    assert (link.is_link, link.is_plain, link.target) == (True, False, b"b")
    assert all(isinstance(each, FoundFolder) for each in folders)
    assert isinstance(file, FoundFile)
    assert (file.is_plain, file.size) == (True, 5)


def test_a_single_file_is_found_without_a_name(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (found,) = walk_files(bytes(tmp_path / "file"))
    assert found.path == b""


@pytest.mark.parametrize("at", [0, 100, (1 << 20) - 20, 1 << 20, (1 << 20) + 7])
def test_names_of_store_paths_are_found_across_pieces(tmp_path: Path, at: int) -> None:
    named = STORE + b"/" + ONE + b"-hello-1/usr"
    content = b"\0" * at + named + b"x" * 5000
    (tmp_path / "file").write_bytes(content)
    spoken = read_spoken(bytes(tmp_path / "file"), STORE)
    assert spoken.digests == {ONE}
    assert spoken.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("text", "digests"),
    [
        (b"", set()),
        (STORE + b"/" + ONE + b"-a:" + STORE + b"/" + TWO + b"-b", {ONE, TWO}),
        (STORE + b"/" + ONE, set()),
        (STORE + b"/.database", set()),
        (STORE + b"/" + b"A" * 32 + b"-x", set()),
        (STORE + STORE + b"/" + ONE + b"-x", {ONE}),
    ],
)
def test_only_whole_names_count(text: bytes, digests: set[bytes]) -> None:
    assert named_digests(text, STORE) == digests


def parts_of(tmp_path: Path, content: bytes, size: int) -> list[LayerPart]:
    source = tmp_path / "source"
    source.write_bytes(content)
    folder = LayerEntry(name=b"d", kind=LayerKind.DIRECTORY, mode=0o755)
    file = LayerEntry(name=b"d/f", kind=LayerKind.FILE, mode=0o444, size=size)
    link = LayerEntry(name=b"d/g", kind=LayerKind.HARD_LINK, mode=0o444, target=b"d/f")
    return [LayerPart(folder), LayerPart(file, bytes(source)), LayerPart(link)]


@pytest.mark.parametrize("size", [0, 1, 511, 512, 1_000_000])
def test_a_layer_is_written_and_its_hashes_are_right(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    told: list[None] = []
    with unnamed_file(tmp_path) as file:
        layer = write_layer(
            parts_of(tmp_path, content, size), file, written=lambda: told.append(None)
        )
        file.seek(0)
        compressed = file.read()
    assert len(told) == 3
    assert (layer.size, layer.sha256) == (
        len(compressed),
        hashlib.sha256(compressed).hexdigest(),
    )
    plain = gzip.decompress(compressed)
    assert layer.content_sha256 == hashlib.sha256(plain).hexdigest()
    with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
        (linked,) = [each for each in archive.getmembers() if each.islnk()]
        read = archive.extractfile(linked)
        assert read is not None
        assert read.read() == content
    # No time of compressing, and no name.
    assert compressed[3:8] == bytes(5)


@pytest.mark.parametrize("size", [4, 6, 0])
def test_a_file_that_changes_meanwhile_is_refused(tmp_path: Path, size: int) -> None:
    with (
        unnamed_file(tmp_path) as file,
        pytest.raises(StoreError, match="changed while the image"),
    ):
        write_layer(parts_of(tmp_path, b"12345", size), file, written=lambda: None)


def test_a_file_that_became_a_link_is_not_followed(tmp_path: Path) -> None:
    parts = parts_of(tmp_path, b"12345", 5)
    (tmp_path / "source").rename(tmp_path / "other")
    (tmp_path / "source").symlink_to("other")
    with unnamed_file(tmp_path) as file, pytest.raises(OSError, match="symbolic"):
        write_layer(parts, file, written=lambda: None)


def test_an_unnamed_file_leaves_nothing_behind(tmp_path: Path) -> None:
    with unnamed_file(tmp_path):
        assert list(tmp_path.iterdir()) == []
