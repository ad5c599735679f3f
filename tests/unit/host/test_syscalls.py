import os
from collections.abc import Generator
from pathlib import Path

import pytest

from devenv.host import syscalls
from devenv.host.syscalls import (
    LockKind,
    is_byte_locked,
    lock_byte,
    rename_without_replacing,
    sync_file_system,
)

FAR = 2**62 - 1


@pytest.fixture
def two(tmp_path: Path) -> Generator[tuple[int, int]]:
    """One file, opened twice."""
    file = tmp_path / "locks"
    file.touch()
    first, second = (os.open(file, os.O_RDWR) for _ in range(2))
    yield first, second
    os.close(first)
    os.close(second)


@pytest.fixture
def directory(tmp_path: Path) -> Generator[int]:
    descriptor = os.open(tmp_path, os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


@pytest.mark.parametrize("has_call", [True, False], ids=["renameat2", "no renameat2"])
def test_a_rename_replaces_not_even_an_empty_directory(
    tmp_path: Path, directory: int, monkeypatch: pytest.MonkeyPatch, *, has_call: bool
) -> None:
    if not has_call:
        monkeypatch.setattr(syscalls, "_libc", object())
        monkeypatch.setattr(syscalls, "_SYSTEM_CALLS", {})
    (tmp_path / "old").mkdir()
    (tmp_path / "old/file").touch()
    (tmp_path / "there").mkdir()

    with pytest.raises(FileExistsError):
        rename_without_replacing("old", "there", directory=directory)
    assert list((tmp_path / "there").iterdir()) == []

    rename_without_replacing("old", "new", directory=directory)
    assert (tmp_path / "new/file").exists()


def test_renaming_nothing_names_it(directory: int) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        rename_without_replacing("nothing", "new", directory=directory)

    assert caught.value.filename == "nothing"


def test_a_directory_without_write_permission_keeps_its_parent_and_can_be_renamed(
    tmp_path: Path, directory: int
) -> None:
    (tmp_path / "old").mkdir(0o555)

    rename_without_replacing("old", "new", directory=directory)

    assert (tmp_path / "new").is_dir()


def test_flushing_works_and_a_bad_descriptor_is_an_error(directory: int) -> None:
    sync_file_system(directory)
    with pytest.raises(OSError, match="Bad file descriptor"):
        sync_file_system(-1)


@pytest.mark.parametrize("offset", [0, 1, FAR])
def test_two_openings_exclude_each_other(two: tuple[int, int], offset: int) -> None:
    first, second = two

    assert lock_byte(first, offset, LockKind.EXCLUSIVE)
    assert not lock_byte(second, offset, LockKind.EXCLUSIVE)
    assert is_byte_locked(second, offset)
    assert not is_byte_locked(first, offset)

    lock_byte(first, offset, LockKind.RELEASED)
    assert lock_byte(second, offset, LockKind.EXCLUSIVE)


def test_a_lock_covers_one_byte_only(two: tuple[int, int]) -> None:
    first, second = two
    lock_byte(first, 10, LockKind.EXCLUSIVE)

    assert lock_byte(second, 9, LockKind.EXCLUSIVE)
    assert lock_byte(second, 11, LockKind.EXCLUSIVE)


def test_closing_another_descriptor_of_the_file_frees_nothing(
    two: tuple[int, int], tmp_path: Path
) -> None:
    first, second = two
    lock_byte(first, 10, LockKind.EXCLUSIVE)

    os.close(os.open(tmp_path / "locks", os.O_RDWR))

    assert not lock_byte(second, 10, LockKind.EXCLUSIVE)


def test_waiting_for_a_free_byte_returns_at_once(two: tuple[int, int]) -> None:
    assert lock_byte(two[0], 3, LockKind.EXCLUSIVE, is_waiting=True)


def test_a_lock_of_no_length_covers_all_that_follows(two: tuple[int, int]) -> None:
    ours, others = two
    assert lock_byte(ours, 7, LockKind.EXCLUSIVE, length=0)
    assert lock_byte(others, 6, LockKind.EXCLUSIVE)
    assert not lock_byte(others, 7, LockKind.EXCLUSIVE)
    assert not lock_byte(others, 1 << 62, LockKind.EXCLUSIVE)
    assert lock_byte(ours, 0, LockKind.RELEASED, length=0)
    assert lock_byte(others, 1 << 62, LockKind.EXCLUSIVE)
