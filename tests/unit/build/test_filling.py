"""A draft goes to disk: by threads of the library or by Python, a small one by one."""

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from threading import Event, Thread, active_count, stack_size

import pytest

from devenv.build.draft import SourceFile, TreeDraft
from devenv.build.filling import filling
from devenv.build.materialise import contents, materialise
from devenv.formats.listing import content_hash
from devenv.host.listing import read_listing
from devenv.model.systems import X86_64_LINUX
from tests.fixtures.by_library import WAYS, working_by
from tests.fixtures.forked import in_child

FOLDERS = 200
EACH = 10
MOST_NAMES = 70_000
"""ext4 gives a file 65,000."""


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


@pytest.fixture(params=WAYS, autouse=True)
def way(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    with working_by(request.param, monkeypatch):
        yield request.param


def test_what_is_made_is_what_the_draft_says(
    draft: TreeDraft, tmp_path: Path, way: str
) -> None:
    (tmp_path / "tree").mkdir()
    before = active_count()

    with filling(draft, tmp_path / "tree") as filled:
        filled.begin()
        has_begun = active_count() > before or (tmp_path / "tree/usr").exists()
        filled.finish()

    assert has_begun == (way == "library")
    assert active_count() == before
    expected = contents(draft).content_hash
    assert content_hash(read_listing(tmp_path / "tree")) == expected


def test_both_ways_make_the_same_to_the_last_bit(
    draft: TreeDraft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names, kinds, modes, inodes, targets, and times of files."""
    link = tmp_path / "a link"
    link.symlink_to("anywhere/at all")
    strange = ("\udcff", "new\nline", "n" * 255, "é", " ")
    for name in strange:
        draft.add_file(f"{name}/{name}/{name}", shared(tmp_path / name))
        draft.add_link(f"{name}/link", "anywhere/at all", source=str(link))
    draft.add_file("/".join("deep" for _ in range(60)), shared(tmp_path / "low"))
    draft.add_link("top", "\udcfe/../target")
    found = []
    for one in WAYS:
        (tmp_path / one).mkdir()
        with working_by(one, monkeypatch):
            materialise(draft, tmp_path / one)
        found.append(seen(tmp_path / one))

    assert found[0] == found[1]
    assert link.lstat().st_nlink == 1 + len(WAYS) * len(strange)


def seen(root: Path) -> set[tuple[object, ...]]:
    result = set()
    for folder, folders, files in os.walk(root):
        for name in (*folders, *files):
            place = Path(folder, name)
            found = place.lstat()
            told: tuple[object, ...] = ()
            if place.is_symlink():
                told = (place.readlink(),)
            elif place.is_file():
                told = (place.read_bytes(), found.st_mtime_ns)
            is_shared = found.st_nlink > 1 and not place.is_dir()
            inode = found.st_ino if is_shared else None
            result.add((place.relative_to(root), found.st_mode, inode, *told))
    return result


def test_a_tree_is_begun_with_part_by_part(draft: TreeDraft, tmp_path: Path) -> None:
    other = shared(tmp_path / "other")
    (tmp_path / "tree").mkdir()

    with filling(draft, tmp_path / "tree") as filled:
        filled.begin()
        draft.replace_file("usr/0/deep/0/0", other)
        for number in range(2 * FOLDERS):
            draft.add_file(f"usr/more/{number}/{number}", other)
            draft.add_link(f"usr/more/{number}/link", "anywhere")
        filled.begin()
        filled.begin()
        draft.remove("usr/more/0/0")
        draft.add_file("usr/more/last", other)
        filled.finish()

    expected = contents(draft).content_hash
    assert content_hash(read_listing(tmp_path / "tree")) == expected


def test_what_changes_while_it_is_put_on_disk_is_put_right(
    draft: TreeDraft, tmp_path: Path
) -> None:
    """Rules of composing come after the first links, and may do all of this."""
    other = shared(tmp_path / "other")
    link = tmp_path / "a link"
    link.symlink_to("0")
    for number in range(FOLDERS):
        draft.add_link(f"usr/{number % 7}/deep/{number}/same", "0", source=str(link))
    draft.add_file("usr/later", other)
    (tmp_path / "tree").mkdir()

    with filling(draft, tmp_path / "tree", later={"usr/later"}) as filled:
        filled.begin()
        draft.write("usr/0/deep/0/0", b"in place of a link", executable=True)
        draft.write("usr/later", b"rewritten")
        draft.move("usr/1/deep/1/1", "usr/new/folder/moved")
        draft.remove("usr/2/deep/2/2")
        draft.remove("usr/3/deep/3/same")
        draft.add_file("usr/3/deep/3/same", other)
        draft.remove("usr/4/deep/4/4")
        draft.add_link("usr/4/deep/4/4", "5")
        draft.remove("usr/5/deep/5/link")
        draft.add_link("usr/5/deep/5/link", "elsewhere")
        draft.add_directory("usr/nothing/in it")
        for name in draft.children("usr/6/deep/6"):
            draft.remove(f"usr/6/deep/6/{name}")
        filled.finish()

    expected = contents(draft).content_hash
    assert content_hash(read_listing(tmp_path / "tree")) == expected
    assert (tmp_path / "tree/usr/0/deep/0/0").read_bytes() == b"in place of a link"
    assert (tmp_path / "source").read_bytes() == b"shared"


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


def test_where_no_thread_is_to_be_had_one_does_it(
    draft: TreeDraft, tmp_path: Path
) -> None:
    (tmp_path / "tree").mkdir()

    def alone() -> str:
        stack_size(1 << 46)
        with filling(draft, tmp_path / "tree") as filled:
            filled.begin()
            filled.finish()
        return "done"

    assert in_child(alone) == "done"
    expected = contents(draft).content_hash
    assert content_hash(read_listing(tmp_path / "tree")) == expected


def test_a_small_tree_needs_no_thread(tmp_path: Path) -> None:
    small = TreeDraft(final="/store/tree", system=X86_64_LINUX)
    small.write("usr/text", b"text")

    with filling(small, tmp_path) as filled:
        filled.begin()
        assert list(tmp_path.iterdir()) == []
        filled.finish()

    assert (tmp_path / "usr/text").read_bytes() == b"text"


def test_a_body_that_fails_leaves_nobody_at_work(
    draft: TreeDraft, tmp_path: Path
) -> None:
    (tmp_path / "tree").mkdir()
    before = active_count()

    def fail() -> None:
        with filling(draft, tmp_path / "tree") as filled:
            filled.begin()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert active_count() == before


def test_a_file_that_has_all_names_it_can_is_copied(tmp_path: Path) -> None:
    full = shared(tmp_path / "full")
    (tmp_path / "others").mkdir()
    for number in range(MOST_NAMES):
        try:
            os.link(full.source, tmp_path / f"others/{number}")
        except OSError as error:
            assert error.errno == errno.EMLINK  # noqa: PT017
            break
    else:
        pytest.skip("this file system gives a file more names")
    link = tmp_path / "link"
    link.symlink_to("target")
    tree = TreeDraft(final="/store/tree", system=X86_64_LINUX)
    tree.add_file("usr/copy", full)
    tree.add_link("usr/link", "target", source=str(link))
    (tmp_path / "tree").mkdir()

    materialise(tree, tmp_path / "tree")

    copy = (tmp_path / "tree/usr/copy").stat()
    assert (copy.st_nlink, copy.st_mode & 0o777, copy.st_mtime) == (1, 0o444, 1_000)
    assert link.lstat().st_nlink == 2


def test_a_link_whose_other_name_is_gone_is_made(tmp_path: Path) -> None:
    tree = TreeDraft(final="/store/tree", system=X86_64_LINUX)
    tree.add_link("usr/link", "target", source=str(tmp_path / "gone"))

    materialise(tree, tmp_path)

    assert (tmp_path / "usr/link").readlink() == Path("target")


@pytest.mark.parametrize("place", ["usr", "usr/inner"])
def test_nothing_is_made_behind_a_link(tmp_path: Path, place: str) -> None:
    outside = tmp_path / "outside"
    (outside / "inner").mkdir(parents=True)
    tree = TreeDraft(final="/store/tree", system=X86_64_LINUX)
    tree.add_file("usr/inner/file", shared(tmp_path / "source"))
    root = tmp_path / "tree"
    (root / place).parent.mkdir(parents=True)
    (root / place).symlink_to(outside)

    with pytest.raises(NotADirectoryError) as caught:
        materialise(tree, root)

    assert caught.value.filename == str(root / place)
    assert [path.name for path in outside.rglob("*")] == ["inner"]


def test_nothing_is_made_outside_while_folders_become_links(
    draft: TreeDraft, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    over = Event()

    def swap(root: Path) -> None:
        """Put links in the place of folders, as soon as these are there."""
        for number in count():
            if over.is_set():
                return
            place = root / f"usr/{number % 7}"
            with suppress(OSError):
                (place / "deep").rename(tmp_path / f"{root.name}-{number}")
                (place / "deep").symlink_to(outside)

    for number in range(5):
        root = tmp_path / f"tree{number}"
        root.mkdir()
        swapping = Thread(target=swap, args=(root,))
        swapping.start()
        with suppress(OSError):
            materialise(draft, root)
        over.set()
        swapping.join()
        over.clear()

    assert list(outside.iterdir()) == []


def test_a_name_with_a_nul_is_refused(tmp_path: Path) -> None:
    tree = TreeDraft(final="/store/tree", system=X86_64_LINUX)
    tree.add_link("usr/link", "tar\0get")

    with pytest.raises(ValueError, match="null byte"):
        materialise(tree, tmp_path)


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


def test_files_that_come_later_have_the_content_they_have_then(
    draft: TreeDraft, tmp_path: Path
) -> None:
    later = {f"usr/{number % 7}/deep/{number}/0" for number in range(FOLDERS)}
    (tmp_path / "tree").mkdir()

    with filling(draft, tmp_path / "tree", later=later) as filled:
        for path in later:
            draft.write(path, b"changed")
        filled.finish()

    expected = contents(draft).content_hash
    assert content_hash(read_listing(tmp_path / "tree")) == expected
