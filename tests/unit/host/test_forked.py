"""Work in a copy of this process: what it does, how it fails, when it ends."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from devenv.errors import ProgramError
from devenv.host.forked import can_fork, forked, turns
from tests.fixtures.forked import in_child


def outcome(work: Callable[[], None]) -> str:
    """Return how `work` ended in a copy, itself in one without other threads."""

    def waited() -> str:
        with forked(work) as copy:
            copy.wait()
        return "done"

    return in_child(waited)


def test_a_copy_does_its_work(tmp_path: Path) -> None:
    assert outcome((tmp_path / "made").mkdir) == "done"
    assert (tmp_path / "made").is_dir()


def test_what_the_disk_refuses_is_told_with_its_name(tmp_path: Path) -> None:
    name = tmp_path / "no\udcff" / "folder"

    def refused() -> str:
        try:
            with forked(name.mkdir) as copy:
                copy.wait()
        except FileNotFoundError as error:
            return str(error.filename == str(name))
        return "done"

    assert in_child(refused) == "True"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def stumble() -> None:
    raise ValueError("a mistake of ours")


@pytest.mark.parametrize(
    ("work", "expected"),
    [
        pytest.param(die, f"({-signal.SIGKILL})", id="killed"),
        pytest.param(stumble, "ValueError: a mistake of ours", id="broken"),
    ],
)
def test_a_copy_that_ends_badly_is_an_error(
    work: Callable[[], None], expected: str
) -> None:
    told = outcome(work)
    assert told.startswith(ProgramError.__name__)
    assert expected in told


def test_a_copy_ends_with_the_body() -> None:
    def left() -> str:
        with forked(lambda: time.sleep(60)):
            began = time.monotonic()
        is_early = time.monotonic() - began < 30
        with suppress(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)
            return "somebody is left"
        return str(is_early)

    assert in_child(left) == "True"


def test_a_process_with_other_threads_is_not_copied() -> None:
    end = Event()
    thread = Thread(target=end.wait)
    thread.start()
    try:
        assert not can_fork()
    finally:
        end.set()
        thread.join()


def test_every_turn_is_taken_once(tmp_path: Path) -> None:
    def shared() -> str:
        with turns(200) as numbers:

            def take() -> None:
                for number in numbers:
                    (tmp_path / f"{number}").mkdir()

            with forked(take) as copy:
                take()
                copy.wait()
        return str(len(list(tmp_path.iterdir())))

    assert in_child(shared) == "200"
