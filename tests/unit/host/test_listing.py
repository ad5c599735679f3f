import hashlib
import os
import socket
from pathlib import Path

import pytest

from devenv.errors import StoreError
from devenv.formats.listing import ListingEntry, total_size
from devenv.host.listing import read_listing

MTIME_SECONDS = 1_600_000_000


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    tree = tmp_path / "tree"
    tree.mkdir()
    return tree


def entry(path: str, content: bytes, *, is_executable: bool = False) -> ListingEntry:
    return ListingEntry.file(
        path,
        is_executable=is_executable,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        mtime_seconds=MTIME_SECONDS,
    )


def write(path: Path, content: bytes, *, mode: int = 0o444) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)
    # Half a second more: what is below a second does not count.
    os.utime(path, ns=(0, MTIME_SECONDS * 1_000_000_000 + 500_000_000))


def test_files_links_and_folders_are_listed_in_order(tree: Path) -> None:
    write(tree / "usr" / "b", b"program", mode=0o555)
    write(tree / "usr" / "a", b"")
    write(tree / "usr.txt", b"text")
    (tree / "empty").mkdir()
    (tree / "usr" / "link").symlink_to("/nowhere")

    assert read_listing(tree) == (
        ListingEntry.directory("empty"),
        ListingEntry.directory("usr"),
        entry("usr.txt", b"text"),
        entry("usr/a", b""),
        entry("usr/b", b"program", is_executable=True),
        ListingEntry.link("usr/link", "/nowhere"),
    )


def test_an_empty_folder_has_an_empty_listing(tree: Path) -> None:
    assert read_listing(tree) == ()


def test_a_link_to_a_folder_is_not_followed(tree: Path) -> None:
    (tree / "loop").symlink_to(".")

    assert read_listing(tree) == (ListingEntry.link("loop", "."),)


def test_names_of_one_inode_point_to_the_first(tree: Path) -> None:
    write(tree / "m", b"four")
    (tree / "z").hardlink_to(tree / "m")
    (tree / "a").hardlink_to(tree / "m")

    found = read_listing(tree)

    assert [(item.path, item.hard_link_to) for item in found] == [
        ("a", None),
        ("m", "a"),
        ("z", "a"),
    ]
    assert total_size(found) == 4


def test_names_that_are_no_utf8_are_kept(tree: Path) -> None:
    Path(os.fsdecode(os.fsencode(tree) + b"/caf\xe9")).mkdir()

    assert read_listing(tree) == (ListingEntry.directory("caf\udce9"),)


def test_depth_costs_no_recursion(tree: Path) -> None:
    folder = os.open(tree, os.O_RDONLY)
    for _ in range(300):
        os.mkdir("d", dir_fd=folder)
        inner = os.open("d", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = inner
    os.close(folder)

    assert len(read_listing(tree)) == 300


def test_a_large_file_is_hashed_whole(tree: Path) -> None:
    content = bytes(range(251)) * 20_000
    write(tree / "large", content)

    assert read_listing(tree) == (entry("large", content),)


def test_a_pipe_is_refused(tree: Path) -> None:
    os.mkfifo(tree / "pipe")

    with pytest.raises(StoreError, match="neither"):
        read_listing(tree)


def test_a_socket_is_refused(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree)  # the name of a socket has 108 bytes at most
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")

        with pytest.raises(StoreError, match="neither"):
            read_listing(tree)


def test_a_link_in_place_of_the_folder_is_refused(tree: Path) -> None:
    (tree / "link").symlink_to(tree)

    with pytest.raises(OSError, match="Not a directory"):
        read_listing(tree / "link")


def open_descriptors() -> set[str]:
    return {path.name for path in Path("/proc/self/fd").iterdir()}


def test_no_descriptor_is_left_open(tree: Path) -> None:
    write(tree / "a" / "b" / "c", b"")
    os.mkfifo(tree / "a" / "z")
    before = open_descriptors()

    with pytest.raises(StoreError):
        read_listing(tree)

    assert open_descriptors() == before
