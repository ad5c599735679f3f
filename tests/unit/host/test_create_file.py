"""New files."""

from pathlib import Path

import pytest

from devenv.host.create_file import create_whole


def test_a_file_is_made(tmp_path: Path) -> None:
    create_whole(tmp_path / "a", b"content")
    assert (tmp_path / "a").read_bytes() == b"content"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_what_is_there_stays(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a"
    match kind:
        case "file":
            path.write_bytes(b"old")
        case "folder":
            path.mkdir()
        case _:
            path.symlink_to("nowhere")
    with pytest.raises(FileExistsError):
        create_whole(path, b"new")
    assert [each.name for each in tmp_path.iterdir()] == ["a"]
    assert kind != "file" or path.read_bytes() == b"old"
