"""What is watched, on the real kernel: no more than is wanted, and nothing missed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devenv.daemon.watch_set import ANY_NAME, WatchSet
from devenv.host.inotify import Happening, Inotify, News


@pytest.fixture
def inotify() -> Iterator[Inotify]:
    made = Inotify()
    yield made
    made.close()


@pytest.fixture
def watches(inotify: Inotify) -> WatchSet:
    return WatchSet(inotify)


def test_only_names_that_somebody_reads_are_told(
    watches: WatchSet, inotify: Inotify, tmp_path: Path
) -> None:
    watches.watch(1, [str(tmp_path / "read")])
    (tmp_path / "other").write_text("x")
    assert watches.sort(inotify.read()) == ({}, set())
    (tmp_path / "read").write_text("x")
    assert watches.sort(inotify.read()) == ({1: True}, set())
    (tmp_path / "read").chmod(0o600)
    assert watches.sort(inotify.read()) == ({1: False}, set())


def test_two_owners_of_one_file_share_a_watch_and_are_both_told(
    watches: WatchSet, inotify: Inotify, tmp_path: Path
) -> None:
    watches.watch(1, [str(tmp_path / "read")])
    count = watches.count
    watches.watch(2, [str(tmp_path / "read")])
    assert watches.count == count
    (tmp_path / "read").write_text("x")
    assert watches.sort(inotify.read())[0] == {1: True, 2: True}
    watches.forget(1)
    (tmp_path / "read").write_text("x")
    assert watches.sort(inotify.read())[0] == {2: True}
    watches.forget(2)
    assert watches.count == 0


def test_what_is_no_longer_read_is_no_longer_watched(
    watches: WatchSet, tmp_path: Path
) -> None:
    (tmp_path / "below").mkdir()
    assert watches.watch(1, [str(tmp_path / "read")])
    count = watches.count
    assert watches.watch(1, [str(tmp_path / "read"), str(tmp_path / "below/read")])
    assert watches.count == count + 1
    assert watches.watch(1, [str(tmp_path / "read")])
    assert watches.count == count
    assert not watches.watch(1, [str(tmp_path / "read")])


def test_a_missing_folder_is_awaited(
    watches: WatchSet, inotify: Inotify, tmp_path: Path
) -> None:
    paths = [str(tmp_path / "a/b/file")]
    watches.watch(1, paths)
    (tmp_path / "a").mkdir()
    assert watches.sort(inotify.read())[0] == {1: False}
    assert watches.watch(1, paths)
    (tmp_path / "a/b").mkdir()
    assert watches.sort(inotify.read())[0] == {1: False}
    assert watches.watch(1, paths)
    (tmp_path / "a/b/file").write_text("x")
    assert watches.sort(inotify.read())[0] == {1: True}


def test_a_folder_above_that_moves_makes_everything_below_be_looked_for_anew(
    watches: WatchSet, inotify: Inotify, tmp_path: Path
) -> None:
    (tmp_path / "a/b/c").mkdir(parents=True)
    watches.watch(1, [str(tmp_path / "a/b/c/file")])
    (tmp_path / "a").rename(tmp_path / "z")
    assert watches.sort(inotify.read())[1] == {1}
    watches.watch(1, [str(tmp_path / "a/b/c/file")])
    (tmp_path / "z").rename(tmp_path / "a")
    assert watches.sort(inotify.read())[0] == {1: True}


def test_a_circle_of_links_ends(
    watches: WatchSet, inotify: Inotify, tmp_path: Path
) -> None:
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    watches.watch(1, [str(tmp_path / "one"), str(tmp_path / "one/file")])
    assert watches.count < 20
    (tmp_path / "two").unlink()
    assert watches.sort(inotify.read())[0] == {1: False}


def test_when_news_were_lost_everybody_looks_again(
    watches: WatchSet, tmp_path: Path
) -> None:
    for owner in (1, 2):
        watches.watch(owner, [str(tmp_path / "read")])
    lost = News(-1, Happening.OVERFLOW, "")
    assert watches.sort([lost]) == ({}, {1, 2})


def test_any_name_in_a_folder_may_be_wanted(
    watches: WatchSet, inotify: Inotify, tmp_path: Path
) -> None:
    watches.watch(7, [f"{tmp_path}/{ANY_NAME}"])
    (tmp_path / "whatever").write_text("x")
    assert watches.sort(inotify.read())[0] == {7: True}
