"""Tar files of our own, read by our own reader and by Python's."""

import io
import tarfile

import pytest

from devenv.formats.tar import TarReader
from devenv.formats.tar_write import END, entry_header, entry_padding

FILES = {"a": b"", "archives/b": b"x" * 512, "c-d_e.f": b"y" * 1000, "n" * 100: b"z"}


def written() -> bytes:
    parts = [
        entry_header(name, len(content)) + content + entry_padding(len(content))
        for name, content in FILES.items()
    ]
    return b"".join(parts) + END


def test_what_is_written_is_read_by_the_strict_reader() -> None:
    reader = TarReader(io.BytesIO(written()))
    found = {entry.name.decode(): reader.read(entry.size) for entry in reader}
    assert found == FILES


def test_what_is_written_is_read_by_others() -> None:
    with tarfile.open(fileobj=io.BytesIO(written())) as archive:
        members = archive.getmembers()
    assert [(one.name, one.size, one.mode) for one in members] == [
        (name, len(content), 0o644) for name, content in FILES.items()
    ]
    assert {(one.uid, one.gid, one.mtime, one.uname) for one in members} == {
        (0, 0, 0, "")
    }


@pytest.mark.parametrize(
    ("name", "size"),
    [
        pytest.param("", 1, id="no name"),
        pytest.param("n" * 101, 1, id="a long name"),
        pytest.param("a", 8 << 30, id="8 GiB"),
    ],
)
def test_what_does_not_fit_is_refused(name: str, size: int) -> None:
    with pytest.raises(ValueError, match=str(size)):
        entry_header(name, size)
