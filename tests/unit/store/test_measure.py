"""What a path takes of the disk, by the library and by Python alike."""

import os
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from devenv.model.store_path import PathKind
from devenv.store.measure import own_bytes_of_each
from tests.fixtures.by_library import WAYS, working_by
from tests.fixtures.odd_trees import TREES, plain_tree
from tests.fixtures.stores import info_of, named, open_store

DEEP = {name for name in TREES if "deep" in name}
"""Python names a file by its whole path, which is too long here."""
SHALLOW = {name: make for name, make in TREES.items() if name not in DEEP}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A folder with what is measured in a store."""
    for name in (".records", "outside", "tree"):
        (tmp_path / "store" / name).mkdir(parents=True)
    (tmp_path / "store/outside/file").write_bytes(b"x" * 9_000)
    return tmp_path / "store"


def sizes(
    store: Path, way: str, monkeypatch: pytest.MonkeyPatch, *, is_linking: bool
) -> list[int | None]:
    wanted = [(name, is_linking) for name in ["tree", "nowhere", "outside", "tree"]]
    with working_by(way, monkeypatch):
        return list(own_bytes_of_each(str(store), wanted))


def disk_usage(*paths: Path) -> int:
    asked = ["du", "--block-size=1", "--summarize", "--total", *map(str, paths)]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    return int(done.stdout.splitlines()[-1].split()[0])


@pytest.mark.parametrize("make", SHALLOW.values(), ids=SHALLOW)
@pytest.mark.parametrize("is_linking", [False, True], ids=["own", "linking"])
def test_both_ways_find_the_same(
    make: Callable[[Path], None],
    *,
    is_linking: bool,
    store: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make(store / "tree")
    (store / ".records/tree.json").write_bytes(b"x" * 5_000)

    found = {way: sizes(store, way, monkeypatch, is_linking=is_linking) for way in WAYS}

    assert found["library"] == found["python"]
    tree, nowhere, _, again = found["python"]
    assert (nowhere, again) == (None, tree)
    whole = disk_usage(store / "tree", store / ".records/tree.json")
    assert tree == whole or (is_linking and make.__name__ == "shared_files")


@pytest.mark.parametrize("name", sorted(DEEP))
def test_what_is_too_deep_for_both_is_not_measured(
    name: str, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    TREES[name](store / "tree")
    (store / ".records/tree.json").touch()
    found = {way: sizes(store, way, monkeypatch, is_linking=False) for way in WAYS}
    assert found["python"][0] is None
    library, _, _, again = found["library"]
    assert again == library
    assert (library is None) == ("deeper" in name)


@pytest.mark.parametrize("way", WAYS)
def test_a_record_counts_unless_it_is_a_name_of_another_file(
    way: str, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain_tree(store / "tree")
    bare, *_ = sizes(store, way, monkeypatch, is_linking=False)
    record = store / ".records/tree.json"
    record.write_bytes(b"x" * 5_000)
    with_record, *_ = sizes(store, way, monkeypatch, is_linking=False)
    (store.parent / "another name").hardlink_to(record)
    with_shared, *_ = sizes(store, way, monkeypatch, is_linking=False)

    assert bare is not None
    assert with_record == bare + disk_usage(record)
    assert with_shared == bare


def test_more_files_with_several_names_than_there_is_room_for_are_left_to_python(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(8):
        (store / f"tree/{number}").write_bytes(b"x")
        (store / f"tree/{number} again").hardlink_to(store / f"tree/{number}")
    monkeypatch.setattr("devenv.host.measure_trees._PLACES", 8)
    found = [sizes(store, way, monkeypatch, is_linking=True) for way in WAYS]
    assert found[0] == found[1]
    assert found[0][0] == disk_usage(store / "tree")


@pytest.mark.parametrize("kind", PathKind)
def test_a_new_path_is_measured_unless_it_links_to_others(
    kind: PathKind, tmp_path: Path
) -> None:
    path = named("package")
    with open_store(tmp_path) as store:
        with store.session() as session, session.making([path]) as batch:
            folder = batch.scratch(path)
            # Blocks of these are chosen when they are written to the disk.
            (folder / "large").write_bytes(os.urandom(3_000_000))
            (folder / "sparse").write_bytes(b"")
            os.truncate(folder / "sparse", 50_000_000)
            (folder / "same").hardlink_to(folder / "large")
            batch.finish(path, info_of(path, folder, kind=kind))
            batch.commit()
        known = store.look(lambda context: context.database.read(all_extents))
    record = tmp_path / "store/.records" / f"{path.base}.json"
    measured = {path.base: disk_usage(tmp_path / "store" / path.base, record)}
    assert known == ({} if kind in (PathKind.TREE, PathKind.LIBRARIES) else measured)


def all_extents(connection: sqlite3.Connection) -> dict[str, int]:
    asked = "SELECT base, own_bytes FROM extent JOIN path USING (id)"
    return dict(connection.execute(asked))
