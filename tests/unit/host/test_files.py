import os
import resource
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from devenv.errors import FormatError, StoreError
from devenv.host.files import (
    make_private_directory,
    names_in,
    random_name,
    read_limited,
    remove_tree,
    staged_file,
    write_whole,
)
from tests.fixtures.nobody import NOBODY, become_nobody, home_of_nobody
from tests.fixtures.stores import in_child


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An empty directory."""
    empty = tmp_path / "place"
    empty.mkdir()
    return empty


def remove(directory: Path, name: str) -> int:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        return remove_tree(descriptor, name)
    finally:
        os.close(descriptor)


def test_a_written_file_has_its_content_and_exact_mode(place: Path) -> None:
    target = place / "file"
    old = os.umask(0o777)
    try:
        write_whole(target, b"content", mode=0o640)
    finally:
        os.umask(old)

    assert target.read_bytes() == b"content"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert names_in(place) == ["file"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(place: Path) -> None:
    target = place / "file"
    target.write_text("old")

    def fail() -> None:
        with staged_file(target) as file:
            file.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert target.read_text() == "old"
    assert names_in(place) == ["file"]


def test_a_name_of_full_length_can_be_written(place: Path) -> None:
    target = place / ("n" * 255)

    write_whole(target, b"content")

    assert target.read_bytes() == b"content"


def test_a_file_is_read_up_to_the_limit(place: Path) -> None:
    file = place / "file"
    file.write_bytes(b"12345")

    assert read_limited(file, max_bytes=5) == b"12345"
    with pytest.raises(FormatError, match="larger than 4"):
        read_limited(file, max_bytes=4)


def test_a_pipe_is_not_waited_for(place: Path) -> None:
    os.mkfifo(place / "pipe")

    with pytest.raises(FormatError, match="not a regular file"):
        read_limited(place / "pipe", max_bytes=10)


def test_random_names_differ() -> None:
    assert len({random_name("x-") for _ in range(100)}) == 100


def test_a_tree_is_removed_and_its_blocks_counted_once(place: Path) -> None:
    tree = place / "tree"
    (tree / "a/b").mkdir(parents=True)
    (tree / "a/file").write_bytes(b"x" * 100)
    own = [tree, tree / "a", tree / "a/b", tree / "a/file"]
    (tree / "a/b/same").hardlink_to(tree / "a/file")
    (place / "kept").write_bytes(b"y" * 1000)
    (tree / "shared").hardlink_to(place / "kept")
    blocks = sum(path.stat().st_blocks for path in own)

    assert remove(place, "tree") == blocks * 512
    assert names_in(place) == ["kept"]


def test_no_link_is_followed(place: Path) -> None:
    outside = place / "outside"
    outside.mkdir()
    (outside / "file").touch()
    (place / "tree").mkdir()
    (place / "tree/link").symlink_to(outside)
    (place / "link").symlink_to(outside)

    remove(place, "tree")
    remove(place, "link")

    assert names_in(place) == ["outside"]
    assert names_in(outside) == ["file"]


def test_removing_nothing_or_a_file_is_fine(place: Path) -> None:
    (place / "file").write_bytes(b"123")
    blocks = (place / "file").stat().st_blocks

    assert remove(place, "nothing") == 0
    assert remove(place, "file") == blocks * 512


def test_a_tree_of_any_depth_is_removed(place: Path) -> None:
    make_deep(place, 4000)

    remove(place, "deep")

    assert names_in(place) == []


def test_a_deep_tree_needs_few_descriptors(place: Path) -> None:
    make_deep(place, 300)

    def remove_within() -> None:
        limit = int(max(names_in(Path("/proc/self/fd")), key=int)) + 6
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
        remove(place, "deep")

    assert in_child(remove_within) == 0
    assert names_in(place) == []


def make_deep(directory: Path, depth: int) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    name = "deep"
    for _ in range(depth):
        os.mkdir(name, dir_fd=descriptor)
        below = os.open(name, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor, name = below, "d" * 200
    os.close(descriptor)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("mode", [0o555, 0o000, 0o400, 0o100])
def test_hostile_modes_do_not_matter(place: Path, mode: int) -> None:
    home = home_of_nobody(place)

    def make_and_remove() -> None:
        become_nobody()
        (home / "tree/inner/deeper").mkdir(parents=True)
        (home / "tree/inner/deeper/file").touch(0o000)
        for directory in ("tree/inner/deeper", "tree/inner", "tree"):
            (home / directory).chmod(mode)
        remove(home, "tree")
        assert names_in(home) == []

    assert in_child(make_and_remove) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_what_cannot_be_removed_is_reported_and_the_rest_is_gone(
    place: Path,
) -> None:
    home = home_of_nobody(place)
    (home / "tree").mkdir()
    (home / "tree/foreign").mkdir()
    (home / "tree/foreign/file").touch()
    os.chown(home / "tree", NOBODY, NOBODY)

    def remove_as_nobody() -> None:
        become_nobody()
        (home / "tree/own").mkdir()
        with pytest.raises(PermissionError):
            remove(home, "tree")
        assert names_in(home / "tree") == ["foreign"]

    assert in_child(remove_as_nobody) == 0


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_private_directories_are_private_whatever_the_umask(
    place: Path, umask: int
) -> None:
    old = os.umask(umask)
    try:
        make_private_directory(place / "a/b/c")
        make_private_directory(place / "a/b/c")
    finally:
        os.umask(old)

    made = [place / "a", place / "a/b", place / "a/b/c"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in made] == [0o700] * 3


def make_link(path: Path) -> None:
    path.symlink_to(path.parent)


def make_file(path: Path) -> None:
    path.touch()


def make_group_writable(path: Path) -> None:
    path.mkdir()
    path.chmod(0o770)


def make_world_writable(path: Path) -> None:
    path.mkdir()
    path.chmod(0o1777)


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        pytest.param(make_link, "no link", id="link"),
        pytest.param(make_file, "must be a directory", id="file"),
        pytest.param(make_group_writable, "other users may write", id="group"),
        pytest.param(make_world_writable, "other users may write", id="world"),
    ],
)
def test_a_planted_directory_is_refused(
    place: Path, prepare: Callable[[Path], None], message: str
) -> None:
    prepare(place / "store")

    with pytest.raises(StoreError, match=message):
        make_private_directory(place / "store")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_directory_of_another_user_is_refused(place: Path) -> None:
    (place / "store").mkdir()
    os.chown(place / "store", NOBODY, NOBODY)

    with pytest.raises(StoreError, match="another user"):
        make_private_directory(place / "store")


def test_many_make_the_same_private_directory_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as workers:
        for number in range(100):
            deep = tmp_path / str(number) / "a" / "b" / "c"
            list(workers.map(make_private_directory, [deep] * 8))
            assert deep.is_dir()
