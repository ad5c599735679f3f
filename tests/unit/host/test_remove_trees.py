"""Trees go, whatever is in them, by the library and by Python alike."""

import os
import resource
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from threading import Event, Thread

import pytest

from devenv.host.files import names_in
from devenv.host.remove_trees import RemovedTrees, remove_trees
from tests.fixtures.by_library import WAYS, working_by
from tests.fixtures.nobody import NOBODY, become_nobody, home_of_nobody
from tests.fixtures.odd_trees import TREES, deep, plain_tree
from tests.fixtures.stores import in_child

OPEN = Path("/proc/self/fd")
ROUNDS = 100
"""Swaps of a folder and a link, each of which may come at any moment."""


@pytest.fixture(params=WAYS)
def way(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    with working_by(request.param, monkeypatch):
        yield request.param


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An empty directory."""
    empty = tmp_path / "place"
    empty.mkdir()
    return empty


def remove(directory: Path, *names: str) -> RemovedTrees:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        return remove_trees(descriptor, names or names_in(directory))
    finally:
        os.close(descriptor)


@pytest.mark.parametrize("make", TREES.values(), ids=TREES)
def test_both_ways_remove_the_same_and_count_the_same(
    make: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_bytes(b"x" * 9_000)
    found = {}
    for way in WAYS:
        (tmp_path / way).mkdir()
        make(tmp_path / way)
        with working_by(way, monkeypatch):
            found[way] = remove(tmp_path / way)
        assert names_in(tmp_path / way) == []

    assert found["library"] == found["python"]
    assert found["python"].refusals == ()
    assert (outside / "file").stat().st_nlink == 1


def test_a_name_that_is_not_there_is_gone(way: str, place: Path) -> None:
    plain_tree(place)

    removed = remove(place, "nowhere", "a", "a", "nor here")

    assert removed.refusals == ()
    assert names_in(place) == ["b"]
    assert way


def test_a_name_that_is_none_is_a_mistake(way: str, place: Path) -> None:
    plain_tree(place)

    with pytest.raises(ValueError, match="embedded null"):
        remove(place, "a\0b")
    assert names_in(place) == ["a", "b"]
    assert way


def test_few_descriptors_are_enough(way: str, place: Path) -> None:
    deep(100)(place)

    def remove_within() -> None:
        limit = max(map(int, names_in(OPEN))) + 6
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
        assert remove(place).refusals == ()

    assert in_child(remove_within) == 0
    assert names_in(place) == []
    assert way


def test_no_descriptor_is_left_open(way: str, place: Path) -> None:
    for make in (plain_tree, deep(60)):
        make(place)
    before = names_in(OPEN)

    remove(place)

    assert names_in(OPEN) == before
    assert way


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("mode", [0o555, 0o000, 0o400, 0o100])
def test_modes_of_folders_do_not_matter(way: str, place: Path, mode: int) -> None:
    home = home_of_nobody(place)

    def make_and_remove() -> None:
        become_nobody()
        (home / "tree/inner/deeper").mkdir(parents=True)
        (home / "tree/inner/deeper/file").touch(0o000)
        for folder in ("tree/inner/deeper", "tree/inner", "tree"):
            (home / folder).chmod(mode)
        assert remove(home).refusals == ()
        assert names_in(home) == []

    assert in_child(make_and_remove) == 0
    assert way


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_what_is_refused_is_told_and_all_else_is_gone(way: str, place: Path) -> None:
    home = home_of_nobody(place)
    (home / "2/foreign").mkdir(parents=True)
    (home / "2/foreign/file").touch()
    os.chown(home / "2", NOBODY, NOBODY)

    def remove_as_nobody() -> None:
        become_nobody()
        for folder in ("1", "2/own", "3"):
            (home / folder).mkdir()
        ((name, error),) = remove(home).refusals
        assert (name, error.filename, type(error)) == ("2", "file", PermissionError)
        assert names_in(home) == ["2"]
        assert names_in(home / "2") == ["foreign"]

    assert in_child(remove_as_nobody) == 0
    assert way


def test_several_remove_the_same_at_once(way: str, place: Path) -> None:
    for number in range(30):
        (place / f"{number}").mkdir()
        plain_tree(place / f"{number}")
    names = names_in(place)
    threads = [Thread(target=remove, args=(place, *names)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    remove(place, *names)

    assert names_in(place) == []
    assert way


def test_nothing_outside_is_touched_while_folders_become_links(
    way: str, place: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    plain_tree(outside)
    before = seen(outside)
    over = Event()

    def swap() -> None:
        """Put a link in the place of `x/inner` whenever that is a folder."""
        for number in count():
            if over.is_set():
                return
            with suppress(OSError):
                (tmp_path / f"link{number}").symlink_to(outside)
                (place / "x/inner").rename(tmp_path / f"taken{number}")
                (tmp_path / f"link{number}").rename(place / "x/inner")

    swapping = Thread(target=swap)
    swapping.start()
    try:
        for number in range(ROUNDS):
            fresh = tmp_path / f"fresh{number}"
            for name in ("inner/a/b/c", "outer/inner"):
                (fresh / name).mkdir(parents=True)
            fresh.rename(place / "x")
            while remove(place, "x").refusals:
                """Something was put there just before the folder was to go."""
    finally:
        over.set()
        swapping.join()

    assert seen(outside) == before
    assert way


def test_a_link_in_place_of_a_tree_goes_alone(way: str, place: Path) -> None:
    (place / "outside").mkdir()
    plain_tree(place / "outside")
    before = seen(place / "outside")
    (place / "link").symlink_to("outside")

    remove(place, "link")

    assert names_in(place) == ["outside"]
    assert seen(place / "outside") == before
    assert way


def seen(folder: Path) -> list[tuple[str, int, int]]:
    """Return every path below, its mode and its inode."""
    found = [(path, path.lstat()) for path in [folder, *sorted(folder.rglob("*"))]]
    return [(str(path), stat.S_IMODE(one.st_mode), one.st_ino) for path, one in found]
