"""What is given up is given up: each test does it in a child."""

import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from devenv.host.landlock import (
    ResourceLimits,
    confine_to,
    die_with_parent,
    landlock_version,
    limit_resources,
)
from tests.fixtures.forked import fork, in_child

needs_landlock = pytest.mark.skipif(
    landlock_version() == 0, reason="this kernel has no Landlock"
)
PLENTY = 1 << 40


@pytest.fixture
def inside(tmp_path: Path) -> Path:
    folder = tmp_path / "inside"
    folder.mkdir()
    (folder / "file").write_text("mine")
    (tmp_path / "file").write_text("not mine")
    return folder


def confined(inside: Path, work: Callable[[Path], object]) -> str:
    def child() -> str:
        confine_to(os.open(inside, os.O_RDONLY))
        return str(work(inside))

    return in_child(child)


@needs_landlock
@pytest.mark.parametrize(
    "work",
    [
        pytest.param(lambda inside: (inside / "new").write_text("x"), id="write"),
        pytest.param(lambda inside: (inside / "file").read_text(), id="read"),
        pytest.param(lambda inside: (inside / "folder").mkdir(), id="make a folder"),
        pytest.param(lambda inside: (inside / "l").symlink_to("/etc"), id="symlink"),
        pytest.param(
            lambda inside: (inside / "hard").hardlink_to(inside / "file"),
            id="hard link",
        ),
    ],
)
def test_what_lies_beneath_can_be_made_and_read(
    inside: Path, work: Callable[[Path], object]
) -> None:
    assert "Error" not in confined(inside, work)


@needs_landlock
@pytest.mark.parametrize(
    "work",
    [
        pytest.param(lambda inside: (inside / "../new").write_text("x"), id="write"),
        pytest.param(lambda inside: (inside / "../file").read_text(), id="read"),
        pytest.param(lambda inside: (inside / "../folder").mkdir(), id="make a folder"),
        pytest.param(lambda inside: (inside / "../file").unlink(), id="remove"),
        pytest.param(lambda inside: list((inside / "..").iterdir()), id="list"),
        pytest.param(lambda _: Path("/etc/passwd").read_text(), id="read /etc"),
        pytest.param(lambda inside: (inside / "file").unlink(), id="remove beneath"),
        pytest.param(lambda inside: os.mkfifo(inside / "pipe"), id="make a pipe"),
        pytest.param(
            lambda _: os.execv("/bin/true", ["true"]),  # noqa: S606
            id="run a program",
        ),
    ],
)
def test_nothing_else_can_be_touched(
    inside: Path, work: Callable[[Path], object]
) -> None:
    assert confined(inside, work).startswith("PermissionError")


@needs_landlock
def test_what_was_open_before_stays_open(inside: Path) -> None:
    with (inside / "../file").open() as file:
        assert confined(inside, lambda _: file.read()) == "not mine"


@pytest.mark.skipif(landlock_version() < 4, reason="Landlock without network rules")
def test_no_connection_can_be_made(inside: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()

        answer = confined(inside, lambda _: socket.socket().connect(address))

    assert answer.startswith("PermissionError")


@needs_landlock
def test_the_version_in_use_is_told(inside: Path) -> None:
    answer = in_child(lambda: str(confine_to(os.open(inside, os.O_RDONLY))))

    assert answer == str(landlock_version())


def test_no_new_privileges_can_be_had(inside: Path) -> None:
    def child() -> str:
        folder = os.open(inside, os.O_RDONLY)
        status = Path("/proc/self/status").open()  # noqa: SIM115 - before confinement
        confine_to(folder)
        return status.read()

    assert "NoNewPrivs:\t1" in in_child(child)


def limited(work: Callable[[], object], **limits: int) -> str:
    wide = {
        "memory_bytes": PLENTY,
        "mapped_bytes": PLENTY,
        "file_bytes": PLENTY,
        "processor_seconds": 99,
    }

    def child() -> str:
        limit_resources(ResourceLimits(**{**wide, **limits}))
        return str(work())

    return in_child(child)


def test_memory_is_bounded() -> None:
    answer = limited(lambda: len(bytearray(1 << 30)), memory_bytes=256 << 20)

    assert answer.startswith("MemoryError")


def test_the_size_of_a_file_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "large"

    answer = limited(lambda: path.write_bytes(bytes(1001)), file_bytes=1000)

    assert answer.startswith("OSError: [Errno 27]")
    assert path.stat().st_size == 1000


def test_processor_time_is_bounded() -> None:
    def spin() -> str:
        while True:
            pass

    assert limited(spin, processor_seconds=1) == f"killed by {signal.SIGKILL.value}"


def test_a_limit_cannot_be_raised_again() -> None:
    def twice() -> str:
        limits = {"memory_bytes": 1 << 28, "mapped_bytes": 0, "file_bytes": 2}
        limit_resources(ResourceLimits(**limits, processor_seconds=9))
        wider = {"memory_bytes": 1 << 28, "mapped_bytes": 0, "file_bytes": 3}
        limit_resources(ResourceLimits(**wider, processor_seconds=9))
        with os.fdopen(os.memfd_create("x"), "wb", buffering=0) as file:
            return str(file.write(b"123"))

    assert in_child(twice) == "2"


def test_a_child_dies_with_its_parent() -> None:
    reading, writing = os.pipe()
    parent = fork()
    if parent == 0:
        ready, started = os.pipe()
        if fork() == 0:
            die_with_parent()
            os.write(started, b"x")
            signal.pause()
        os.read(ready, 1)
        os._exit(0)
    os.waitpid(parent, 0)
    os.close(writing)

    # Ends when the last copy of the other end does: that of the grandchild.
    assert os.read(reading, 1) == b""
    os.close(reading)
