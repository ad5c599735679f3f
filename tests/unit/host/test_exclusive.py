"""One at a time, as long as whoever holds it lives."""

import os
import subprocess
import sys
from pathlib import Path

from devenv.host.exclusive import is_locked, locked, try_lock, wait_until_free


def test_one_holds_it_and_others_see_that(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    held = try_lock(lock)
    assert held is not None
    assert try_lock(lock) is None
    assert is_locked(lock)
    with locked(lock, held=held):
        assert is_locked(lock)
    assert wait_until_free(lock, timeout_seconds=None)
    assert not is_locked(lock)


def test_who_waited_in_vain_does_not_hold_it_later(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    held = try_lock(lock)
    assert held is not None
    assert not wait_until_free(lock, timeout_seconds=0.05)
    os.close(held)
    for _ in range(2):
        with locked(lock):  # else this would wait for good
            assert is_locked(lock)


def test_a_child_that_inherits_it_holds_it_until_its_end(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    held = try_lock(lock)
    assert held is not None
    child = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[held]
    )
    os.close(held)
    assert is_locked(lock)
    child.kill()
    child.communicate()
    assert wait_until_free(lock, timeout_seconds=10)
