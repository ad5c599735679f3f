"""A large draft goes to disk by two processes, a small one by one."""

import hashlib
import os
import resource
from pathlib import Path

import pytest

from devenv.build.draft import SourceFile, TreeDraft
from devenv.build.filling import filling
from devenv.build.materialise import contents, materialise
from devenv.formats.listing import content_hash
from devenv.host.forked import can_fork
from devenv.host.listing import read_listing
from devenv.model.systems import X86_64_LINUX
from tests.fixtures.forked import in_child

FOLDERS = 200
EACH = 10
MANY = 200
"""More files than a test runner has open."""


def shared(place: Path) -> SourceFile:
    place.write_bytes(b"shared")
    place.chmod(0o444)
    os.utime(place, (1_000, 1_000))
    return SourceFile(
        source=str(place),
        is_executable=False,
        size=6,
        sha256=hashlib.sha256(b"shared").hexdigest(),
        mtime_seconds=1_000,
    )


@pytest.fixture
def draft(tmp_path: Path) -> TreeDraft:
    """Return a draft that is worth two processes."""
    tree = TreeDraft(final="/store/tree", system=X86_64_LINUX)
    source = shared(tmp_path / "source")
    for number in range(FOLDERS):
        folder = f"usr/{number % 7}/deep/{number}"
        for name in range(EACH):
            tree.add_file(f"{folder}/{name}", source)
        tree.write(f"{folder}/text", f"{number}\n".encode())
        tree.add_link(f"{folder}/link", "text")
        tree.add_directory(f"{folder}/empty/folder")
    return tree


def children() -> str:
    """Return the processes that this one has started and not waited for."""
    task = Path(f"/proc/self/task/{os.getpid()}/children")
    return task.read_text()


def test_two_processes_make_what_one_makes(draft: TreeDraft, tmp_path: Path) -> None:
    def by_two() -> str:
        (tmp_path / "two").mkdir()
        with filling(draft, tmp_path / "two") as finish:
            is_begun = bool(children())
            finish()
        return str(is_begun)

    (tmp_path / "one").mkdir()
    materialise(draft, tmp_path / "one")
    assert in_child(by_two) == str(len(os.sched_getaffinity(0)) > 1)
    expected = contents(draft).content_hash
    assert content_hash(read_listing(tmp_path / "one")) == expected
    assert content_hash(read_listing(tmp_path / "two")) == expected


def test_what_the_disk_refuses_either_is_an_error(
    draft: TreeDraft, tmp_path: Path
) -> None:
    gone = shared(tmp_path / "gone")
    (tmp_path / "gone").unlink()
    for number in range(FOLDERS):
        draft.add_file(f"usr/{number % 7}/deep/{number}/gone", gone)
    (tmp_path / "tree").mkdir()

    def refused() -> str:
        try:
            materialise(draft, tmp_path / "tree")
        except FileNotFoundError as error:
            return str(error.filename)
        return "done"

    assert in_child(refused) == str(tmp_path / "gone")


def test_where_no_process_is_to_be_had_one_does_it(
    draft: TreeDraft, tmp_path: Path
) -> None:
    (tmp_path / "tree").mkdir()

    def alone() -> str:
        # Enough for the turns, or for one file, and not for a process's report.
        last = os.dup(0)
        while last < MANY:
            last = os.dup(0)
        resource.setrlimit(resource.RLIMIT_NOFILE, (last + 3, last + 3))
        with filling(draft, tmp_path / "tree") as finish:
            finish()
        return str(can_fork())

    assert in_child(alone) == str(len(os.sched_getaffinity(0)) > 1)
    expected = contents(draft).content_hash
    assert content_hash(read_listing(tmp_path / "tree")) == expected


def test_a_small_tree_needs_no_second_process(tmp_path: Path) -> None:
    small = TreeDraft(final="/store/tree", system=X86_64_LINUX)
    small.write("usr/text", b"text")

    def by_one() -> str:
        with filling(small, tmp_path) as finish:
            is_begun = bool(children())
            finish()
        return str(is_begun)

    assert in_child(by_one) == "False"
    assert (tmp_path / "usr/text").read_bytes() == b"text"


@pytest.mark.parametrize("umask", [0o000, 0o777])
def test_the_umask_of_the_user_is_no_hindrance(
    draft: TreeDraft, tmp_path: Path, umask: int
) -> None:
    (tmp_path / "tree").mkdir()

    def with_umask() -> str:
        os.umask(umask)
        materialise(draft, tmp_path / "tree")
        return str(os.umask(0) == umask)

    assert in_child(with_umask) == "True"
    modes = {
        place.stat().st_mode & 0o777
        for place in (tmp_path / "tree").rglob("*")
        if place.is_dir()
    }
    assert modes == {0o700}


@pytest.mark.parametrize("is_alone", [True, False], ids=["by one", "by two"])
def test_files_that_come_later_have_the_content_they_have_then(
    draft: TreeDraft, tmp_path: Path, *, is_alone: bool
) -> None:
    later = {f"usr/{number % 7}/deep/{number}/0" for number in range(FOLDERS)}
    (tmp_path / "tree").mkdir()

    def changed() -> str:
        if is_alone:
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        with filling(draft, tmp_path / "tree", later=later) as finish:
            for path in later:
                draft.write(path, b"changed")
            finish()
        return contents(draft).content_hash

    expected = in_child(changed)
    assert content_hash(read_listing(tmp_path / "tree")) == expected
