"""Row N5: what the kernel refuses, at the k-th call of a realise and a collection.

strace is tied to a process that waits, so that what is counted begins with the
store's own work and not with Python's start.
"""

import os
import subprocess
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from devenv.errors import StoreError
from tests.faults.test_store_disk_faults import (
    in_namespace,
    on_small_disks,
    with_strace,
)
from tests.fixtures.store_crowd import collect_all
from tests.fixtures.stores import (
    make,
    named,
    open_store,
    realise,
    start_child,
    wait_for,
)

pytestmark = [pytest.mark.soak, pytest.mark.timeout(300)]

APP, LIBRARY, OLD = named("app"), named("library"), named("old")
REFUSED = 7
MEMORY = Path("/dev/shm")  # noqa: S108 - the folder itself
MEMORY_BYTES = 64 << 20
LAST = 60
"""More calls of one kind than the scenario makes, for most kinds."""

FAULTS = [
    ("openat", "EMFILE", 9),
    ("openat", "ENOSPC", 9),
    ("openat", "EIO", 9),
    ("mkdir", "ENOSPC", 1),
    ("write", "ENOSPC", 3),
    ("write", "EIO", 3),
    ("write", "EDQUOT", 3),
    ("pwrite64", "ENOSPC", 4),
    ("pwrite64", "EIO", 4),
    ("rename", "EIO", 1),
    ("renameat", "EACCES", 1),
    ("renameat2", "ENOSPC", 1),
    ("fsync", "EIO", 1),
    ("fdatasync", "EIO", 1),
    ("syncfs", "EIO", 1),
    ("unlink", "EIO", 1),
    ("unlinkat", "EIO", 2),
    ("rmdir", "EIO", 1),
    ("fchmod", "EIO", 1),
    ("ftruncate", "ENOSPC", 1),
    ("flock", "ENOLCK", 1),
    ("getdents64", "EIO", 3),
    ("close", "EIO", 9),
]
"""A call, the error, and how many calls to go on each time."""


@pytest.fixture
def folder(tmp_path: Path) -> Generator[Path]:
    """A folder in memory, where there is one that programs run in.

    Each path is flushed with all that its disk has to write: on a disk that others
    are busy with 500 runs take an hour, and show nothing more.
    """
    if not MEMORY.is_dir() or not is_good_memory():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        yield Path(name)


def is_good_memory() -> bool:
    found = os.statvfs(MEMORY)
    room_bytes = found.f_bavail * found.f_frsize
    return not found.f_flag & os.ST_NOEXEC and room_bytes > MEMORY_BYTES


def scenario(root: Path) -> None:
    """Make and root two paths; make another, and collect it."""
    with open_store(root) as store:
        with store.session() as session:
            with session.making([LIBRARY, APP]) as batch:
                for path in batch.missing:
                    make(batch, path, references=[LIBRARY] if path == APP else [])
                batch.commit()
            store.add_root("app", [APP])
        (root / "rooted").touch()
        with store.session() as session:
            realise(session, [OLD])
        collect_all(store)


def refused_or(action: Callable[[], None]) -> None:
    """Run `action`; a refusal in words, or the kernel's own, is an answer."""
    try:
        action()
    except (StoreError, OSError):
        os._exit(REFUSED)


def with_fault(root: Path, injection: str) -> int:
    """Run the scenario in a process into which strace injects a fault."""
    waiting, go = os.pipe()

    def act() -> None:
        os.read(waiting, 1)
        refused_or(lambda: scenario(root))

    child = start_child(act)
    words = ["strace", "-f", "-p", str(child), "-o", "/dev/null"]
    with subprocess.Popen(
        [*words, "-e", f"inject={injection}"], stderr=subprocess.PIPE, text=True
    ) as tracer:
        assert tracer.stderr is not None
        while "attached" not in (line := tracer.stderr.readline()):
            assert line, "strace went away"
        os.write(go, b"!")
        status = wait_for(child)
        tracer.communicate()
    os.close(waiting)
    os.close(go)
    return status


def check(root: Path) -> None:
    """What was rooted is whole, nothing registered is wrong, and all goes on."""
    with open_store(root) as store:
        assert store.verify() == ()
        if (root / "rooted").exists():
            assert len(store.closure([APP])) == 2
        collect_all(store)
        if (root / "rooted").exists():
            assert len(store.closure([APP])) == 2
    scenario(root)
    with open_store(root) as store:
        assert {info.path for info in store.infos()} == {APP, LIBRARY}
        assert store.verify() == ()
        names = [path.name for path in store.directory.iterdir()]
        assert [name for name in names if name.startswith((".tmp-", ".trash-"))] == []
        assert list((store.directory / ".leases").iterdir()) == []


@with_strace
@pytest.mark.parametrize(("call", "error", "step"), FAULTS)
def test_a_refusal_at_any_call_loses_nothing(
    folder: Path, call: str, error: str, step: int
) -> None:
    outcomes = set()
    for number in range(1, LAST, step):
        root = folder / str(number)
        root.mkdir()
        status = with_fault(root, f"{call}:error={error}:when={number}")
        outcomes.add(status)
        assert status in {0, REFUSED}, f"{call} number {number}"
        check(root)
        if status == 0 and number > LAST // 2:
            break


@in_namespace
@pytest.mark.parametrize(
    ("kind", "step", "last"),
    [
        pytest.param("size", 8, 1400, id="bytes"),
        pytest.param("nr_inodes", 1, 60, id="inodes"),
    ],
)
def test_a_disk_of_any_size_may_run_full(
    tmp_path: Path, kind: str, step: int, last: int
) -> None:
    trials = on_small_disks(kind, str(tmp_path), str(step), str(last))
    assert len(trials) == last // step
    assert all(trial["wrong"] == [] for trial in trials)
    assert all(trial["debris"] == [] for trial in trials)
    assert {trial["count"] for trial in trials} == {6}
