"""The tar files in a .deb, read with and without a thread that decompresses."""

import os
from pathlib import Path

import pytest

from devenv.build.deb_file import open_tar
from devenv.formats.ar import read_layout
from tests.fixtures.deb import make_deb


@pytest.mark.parametrize("reads_ahead", [False, True])
def test_content_of_many_pieces_comes_back(
    tmp_path: Path, *, reads_ahead: bool
) -> None:
    sizes = {"a": 700_000, "b": 3, "c": 1_300_000, "d": 600_000}
    files = {name: os.urandom(size) for name, size in sizes.items()}
    deb = tmp_path / "a.deb"
    deb.write_bytes(make_deb("a", "1", files, compression=".xz"))
    with deb.open("rb") as file:
        layout = read_layout(
            lambda offset, count: os.pread(file.fileno(), count, offset),
            deb.stat().st_size,
        )
        found = {}
        for entry in (
            reader := open_tar(file.fileno(), layout.data, reads_ahead=reads_ahead)
        ):
            # One that is passed over, one that is read in a whole, others in pieces.
            name = entry.name.decode().removeprefix("./")
            if name in ("c", "d"):
                pieces = iter(lambda: bytes(reader.read_piece(1 << 18)), b"")
                found[name] = b"".join(pieces)
            elif name == "b":
                found[name] = reader.read(entry.size)
    assert found == {name: files[name] for name in "bcd"}
