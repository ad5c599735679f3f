"""Flushes beside the work: when they begin, and what becomes of their errors."""

import errno
import threading

import pytest

from devenv.store.flush_ahead import WORTH_BYTES, WORTH_FILES, FlushAhead


class Disk:
    """Counts flushes, which end when they may."""

    def __init__(self, *errors: OSError) -> None:
        self.begun = 0
        self.may_end = threading.Event()
        self._errors = list(errors)

    def flush(self) -> None:
        self.begun += 1
        self.may_end.wait()
        if self._errors:
            raise self._errors.pop(0)


@pytest.mark.parametrize(
    ("files", "size_bytes", "begun"),
    [
        pytest.param(WORTH_FILES - 1, WORTH_BYTES - 1, 0, id="little"),
        pytest.param(WORTH_FILES, 0, 1, id="many files"),
        pytest.param(1, WORTH_BYTES, 1, id="many bytes"),
    ],
)
def test_a_flush_begins_when_it_is_worth_it(
    files: int, size_bytes: int, begun: int
) -> None:
    disk = Disk()
    disk.may_end.set()
    ahead = FlushAhead(disk.flush)

    ahead.made(files=files, size_bytes=size_bytes)
    ahead.wait()

    assert disk.begun == begun


def test_little_by_little_is_much() -> None:
    disk = Disk()
    disk.may_end.set()
    ahead = FlushAhead(disk.flush)

    for _ in range(2 * WORTH_FILES):
        ahead.made(files=1, size_bytes=0)
        ahead.wait()

    assert disk.begun == 2


def test_one_flush_at_a_time_and_the_work_goes_on() -> None:
    disk = Disk()
    ahead = FlushAhead(disk.flush)

    for _ in range(3):
        ahead.made(files=WORTH_FILES, size_bytes=0)
    disk.may_end.set()
    ahead.wait()

    assert disk.begun == 1


@pytest.mark.parametrize("turns", [1, 3])
def test_an_error_is_told_whenever_it_came(turns: int) -> None:
    disk = Disk(OSError(errno.EIO, "lost"))
    disk.may_end.set()
    ahead = FlushAhead(disk.flush)

    for _ in range(turns):
        ahead.made(files=WORTH_FILES, size_bytes=0)

    for _ in range(2):
        with pytest.raises(OSError, match="lost"):
            ahead.wait()


def test_a_last_flush_runs_beside_the_body_and_is_waited_for() -> None:
    disk = Disk()
    ahead = FlushAhead(disk.flush)
    ahead.made(files=WORTH_FILES, size_bytes=0)

    with ahead.flushing():
        disk.may_end.set()

    assert disk.begun == 2


@pytest.mark.parametrize("can_start", [True, False])
def test_an_error_of_the_last_flush_is_told(
    can_start: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    disk = Disk(OSError(errno.EIO, "lost"))
    disk.may_end.set()
    if not can_start:
        monkeypatch.setattr(threading.Thread, "start", _no_thread)

    with pytest.raises(OSError, match="lost"), FlushAhead(disk.flush).flushing():
        pass


def _no_thread(_: threading.Thread) -> None:
    raise RuntimeError
