"""What archives cannot show by themselves; the rest is in `tests/faults`."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from devenv.build.tree_writer import TreeWriter
from devenv.errors import UnsafeArchiveError
from devenv.host import landlock
from tests.fixtures.forked import in_child


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    tree = tmp_path / "tree"
    tree.mkdir()
    return tree


@pytest.fixture
def root(tree: Path) -> Iterator[int]:
    descriptor = os.open(tree, os.O_RDONLY | os.O_DIRECTORY)
    yield descriptor
    os.close(descriptor)


def add(writer: TreeWriter, path: str, content: bytes = b"x") -> None:
    writer.add_file(path, content, is_executable=False, mtime_seconds=5)


@pytest.mark.skipif(landlock.landlock_version() < 2, reason="Landlock without REFER")
def test_where_links_between_folders_are_forbidden_a_copy_is_made(
    root: int, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As every kernel with the first version of Landlock behaves.
    without = landlock._BENEATH_TARGET & ~landlock._Access.REFER
    monkeypatch.setattr(landlock, "_BENEATH_TARGET", without)

    def child() -> str:
        landlock.confine_to(root)
        writer = TreeWriter(root)
        add(writer, "a/file", b"content")
        writer.add_hard_link("b/again", "a/file")
        writer.finish()
        return "done"

    assert in_child(child) == "done"
    copy = tree / "b" / "again"
    assert copy.read_bytes() == b"content"
    assert copy.stat().st_nlink == 1
    assert (copy.stat().st_mode & 0o777, copy.stat().st_mtime) == (0o444, 5)


def test_a_link_put_in_place_of_a_folder_is_not_followed(root: int, tree: Path) -> None:
    outside = tree / "outside"
    outside.mkdir()
    writer = TreeWriter(root)
    add(writer, "a/b/first")
    writer.close()
    (tree / "a" / "b").rename(tree / "a" / "moved")
    (tree / "a" / "b").symlink_to(outside)

    with pytest.raises(OSError, match="Not a directory"):
        add(writer, "a/b/second")

    assert list(outside.iterdir()) == []


def test_a_link_put_where_a_file_is_to_be_is_not_followed(
    root: int, tree: Path
) -> None:
    (tree / "victim").write_text("mine")
    (tree / "file").symlink_to("victim")

    with pytest.raises(UnsafeArchiveError, match="one on this file system"):
        add(TreeWriter(root), "file")

    assert (tree / "victim").read_text() == "mine"


def test_a_folder_that_was_there_before_is_not_used(root: int, tree: Path) -> None:
    # So does a file system that folds upper and lower case look to us.
    (tree / "Folder").mkdir()

    with pytest.raises(UnsafeArchiveError, match="one on this file system"):
        add(TreeWriter(root), "Folder/file")


def test_links_come_into_being_in_the_end(root: int, tree: Path) -> None:
    writer = TreeWriter(root)
    writer.add_link("a", "/etc")
    before = list(tree.iterdir())
    writer.finish()

    assert before == []
    assert (tree / "a").readlink() == Path("/etc")


def test_no_descriptor_is_left_open(root: int) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    writer = TreeWriter(root)
    for number in range(300):
        add(writer, f"{number % 5}/{number}/file")
    writer.finish()
    writer.close()

    assert len(list(Path("/proc/self/fd").iterdir())) == before
