"""From a draft to disk, and back through a listing."""

import hashlib
import os
from pathlib import Path

import pytest

from devenv.build.draft import SourceFile, TreeDraft
from devenv.build.facts_listing import Contents
from devenv.build.generators import run_generators
from devenv.build.materialise import (
    TreeListing,
    contents,
    link_more,
    materialise,
    seal,
)
from devenv.errors import ProgramError
from devenv.formats.generators import Generator, parse_generators
from devenv.formats.listing import content_hash
from devenv.host.listing import read_listing
from devenv.model.systems import X86_64_LINUX


@pytest.fixture
def source(tmp_path: Path) -> SourceFile:
    place = tmp_path / "source"
    place.write_bytes(b"program")
    place.chmod(0o555)
    os.utime(place, (1_000, 1_000))
    return SourceFile(
        source=str(place),
        is_executable=True,
        size=7,
        sha256=hashlib.sha256(b"program").hexdigest(),
        mtime_seconds=1_000,
    )


@pytest.fixture
def draft(tmp_path: Path, source: SourceFile) -> TreeDraft:
    tree = TreeDraft(final=str(tmp_path / "final"), system=X86_64_LINUX)
    tree.add_file("usr/bin/program", source)
    tree.write("usr/share/text", b"text")
    tree.add_link("usr/bin/alias", "/usr/bin/program")
    tree.add_directory("var/empty")
    return tree


def on_disk(draft: TreeDraft, place: Path) -> Path:
    place.mkdir()
    materialise(draft, place)
    return place


def test_files_of_store_paths_are_hard_links(
    draft: TreeDraft, source: SourceFile, tmp_path: Path
) -> None:
    tree = on_disk(draft, tmp_path / "tree")
    assert (tree / "usr/bin/program").samefile(source.source)
    assert (tree / "usr/bin/alias").read_bytes() == b"program"
    assert (tree / "var/empty").is_dir()


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o777])
def test_the_contents_of_a_draft_are_those_on_disk(
    draft: TreeDraft, tmp_path: Path, umask: int
) -> None:
    before = os.umask(0)
    (tmp_path / "tree").mkdir()
    os.umask(umask)
    try:
        materialise(draft, tmp_path / "tree")
        seal(draft, tmp_path / "tree")
    finally:
        os.umask(before)
    entries = read_listing(tmp_path / "tree")
    assert contents(draft) == Contents(
        content_hash=content_hash(entries),
        size_bytes=sum(entry.size for entry in entries),
        entry_count=len(entries),
    )


@pytest.mark.parametrize(
    ("target", "is_shared"),
    [
        pytest.param("program", True, id="relative"),
        pytest.param("/usr/bin/program", False, id="absolute, so it becomes another"),
    ],
)
def test_a_link_is_one_of_the_store_paths_own_if_its_target_stays(
    draft: TreeDraft, tmp_path: Path, target: str, *, is_shared: bool
) -> None:
    own = tmp_path / "own"
    own.symlink_to(target)
    draft.add_link("usr/bin/again", target, source=str(own))
    made = on_disk(draft, tmp_path / "tree") / "usr/bin/again"
    assert str(made.readlink()) == "program"
    assert (made.lstat().st_ino == own.lstat().st_ino) == is_shared


def test_a_link_is_made_anew_where_it_cannot_get_another_name(
    draft: TreeDraft, tmp_path: Path
) -> None:
    draft.add_link("usr/bin/again", "program", source=str(tmp_path / "gone"))
    tree = on_disk(draft, tmp_path / "tree")
    assert str((tree / "usr/bin/again").readlink()) == "program"


def test_a_link_that_replaces_another_forgets_where_that_came_from(
    draft: TreeDraft, tmp_path: Path
) -> None:
    (tmp_path / "own").symlink_to("program")
    draft.add_link("usr/bin/again", "program", source=str(tmp_path / "own"))
    draft.remove("usr/bin/again")
    draft.add_link("usr/bin/again", "alias")
    tree = on_disk(draft, tmp_path / "tree")
    assert str((tree / "usr/bin/again").readlink()) == "alias"


def test_a_sealed_tree_is_read_only(draft: TreeDraft, tmp_path: Path) -> None:
    tree = on_disk(draft, tmp_path / "tree")
    seal(draft, tree)
    modes = {path.lstat().st_mode & 0o222 for path in tree.rglob("*")
             if not path.is_symlink()}  # fmt: skip
    assert modes == {0}


def test_files_can_join_a_tree_on_disk(
    draft: TreeDraft, source: SourceFile, tmp_path: Path
) -> None:
    tree = on_disk(draft, tmp_path / "tree")
    link_more(draft, {"usr/lib/new/file": source}, tree)
    assert (tree / "usr/lib/new/file").samefile(source.source)
    assert "usr/lib/new/file" in draft.files


def generator(output: str | None = None) -> Generator:
    return Generator(
        name="cache",
        when=(),
        unless="",
        command=("{tree}/usr/bin/program", "{tree}/usr/share/*"),
        writes=("usr/share/cache",),
        output=output,
    )


def test_what_a_generator_prints_names_the_final_place(
    draft: TreeDraft, tmp_path: Path
) -> None:
    tree = on_disk(draft, tmp_path / "tree")
    calls = []

    def run(argv: object, stdin: bytes) -> tuple[int, str]:
        calls.append((argv, stdin))
        return 0, f"made in {tree}/usr\n"

    complaints = run_generators([generator("usr/share/cache")], draft, tree, run)
    final = draft.final
    assert complaints == ()
    assert calls == [([f"{final}/usr/bin/program", f"{final}/usr/share/text"], b"")]
    assert (tree / "usr/share/cache").read_text() == f"made in {final}/usr\n"
    assert draft.read("usr/share/cache") == f"made in {final}/usr\n".encode()


def test_a_failing_generator_is_reported_and_changes_nothing(
    draft: TreeDraft, tmp_path: Path
) -> None:
    tree = on_disk(draft, tmp_path / "tree")
    complaints = run_generators([generator()], draft, tree, lambda *_: (1, "no\n"))
    assert complaints == ("cache could not be made: no",)
    assert "usr/share/cache" not in draft.files


def test_the_table_of_generators_is_well_formed() -> None:
    text = (Path(__file__).parents[3] / "devenv/data/generators.toml").read_text()
    rows = parse_generators(text, triplet="x86_64-linux-gnu")
    assert rows
    assert all("{triplet}" not in word for row in rows for word in row.command)


def test_a_generator_that_ends_badly_leaves_the_tree_as_the_draft_says(
    draft: TreeDraft, source: SourceFile, tmp_path: Path
) -> None:
    draft.add_file("usr/share/cache", source)
    tree = on_disk(draft, tmp_path / "tree")

    def run(*_: object) -> tuple[int, str]:
        (tree / "usr/share/cache").write_bytes(b"half")
        raise ProgramError("it took too long")

    complaints = run_generators([generator()], draft, tree, run)
    assert complaints == ("cache could not be made: it took too long",)
    assert (tree / "usr/share/cache").samefile(source.source)
    assert Path(source.source).read_bytes() == b"program"


def test_a_generator_cannot_change_a_store_path(
    draft: TreeDraft, source: SourceFile, tmp_path: Path
) -> None:
    draft.add_file("usr/share/cache", source)
    tree = on_disk(draft, tmp_path / "tree")

    def run(*_: object) -> tuple[int, str]:
        (tree / "usr/share/cache").write_bytes(b"fresh")
        return 0, ""

    run_generators([generator()], draft, tree, run)
    assert draft.read("usr/share/cache") == b"fresh"
    assert Path(source.source).read_bytes() == b"program"


def test_a_listing_follows_what_changes_in_the_draft(
    draft: TreeDraft, source: SourceFile, tmp_path: Path
) -> None:
    draft.add_file("usr/lib/gone", source)
    draft.add_link("usr/lib/turned", "gone")
    draft.add_link("usr/lib/replaced", "gone")
    listing = TreeListing(draft)
    before = listing.contents()
    draft.remove("usr/lib/gone")
    draft.remove("usr/lib/turned")
    draft.add_link("usr/lib/turned", "../share")
    draft.write("usr/lib/replaced", b"a file now")
    draft.write("usr/share/text", b"another text")
    draft.write("usr/share/\udcff/fresh", b"in a fresh folder")
    assert listing.contents() == contents(draft) != before
    entries = read_listing(on_disk(draft, tmp_path / "tree"))
    assert listing.contents().content_hash == content_hash(entries)
