"""Looking a store over, deleting single paths, and making damaged ones again."""

import os
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from devenv.host.progress import Silence
from devenv.model.store_path import StorePath
from devenv.store.delete_paths import AliveError, delete_paths, why_alive
from devenv.store.keepers import Kind
from devenv.store.look_over import look_over
from devenv.store.optimise import optimise
from devenv.store.set_aside import rewrite_records, set_aside
from devenv.store.store import Store
from devenv.store.verify import Fault
from tests.fixtures.stores import NOON, fill, info_of, make, named, open_store, realise

APP, LIBRARY, OTHER = named("app"), named("library"), named("other")


def make_app(store: Store) -> None:
    """Make a library, an app that refers to it, and another path."""
    with store.session() as session, session.making([LIBRARY, APP, OTHER]) as batch:
        make(batch, LIBRARY)
        make(batch, APP, references=[LIBRARY])
        make(batch, OTHER)
        batch.commit()


def unlock(path: Path) -> Path:
    path.parent.chmod(0o755)
    return path


def overwrite(path: Path, content: bytes) -> None:
    """Change a file, and leave its mode and time as they were."""
    status = path.stat()
    path.chmod(0o644)
    path.write_bytes(content)
    path.chmod(status.st_mode)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def remove_entry(app: Path) -> None:
    unlock(app / "share/text").unlink()


def add_entry(app: Path) -> None:
    unlock(app / "share/more").symlink_to("text")


def grow(app: Path) -> None:
    overwrite(app / "share/text", b"a longer text than there was, by a good deal" * 9)


def write_again(app: Path) -> None:
    text = app / "share/text"
    content = text.read_bytes()
    text.chmod(0o644)
    text.write_bytes(content[::-1])
    text.chmod(0o444)


def move_away(app: Path) -> None:
    app.rename(app.parent / "elsewhere")


DAMAGES = [
    pytest.param(remove_entry, Fault.CHANGED, id="an entry is gone"),
    pytest.param(add_entry, Fault.CHANGED, id="an entry is new"),
    pytest.param(grow, Fault.CHANGED, id="a file is larger"),
    pytest.param(write_again, Fault.CHANGED, id="a file was written later"),
    pytest.param(move_away, Fault.MISSING, id="everything is gone"),
]


@pytest.mark.parametrize(("damage", "fault"), DAMAGES)
def test_a_look_sees_what_was_changed(
    tmp_path: Path, damage: Callable[[Path], None], fault: Fault
) -> None:
    store = open_store(tmp_path)
    make_app(store)
    assert store.look(look_over) == ()
    damage(store.path_of(APP))
    (found,) = store.look(look_over)
    assert (found.path, found.fault) == (APP, fault)


def test_a_look_reads_what_looks_strange_before_it_complains(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    make_app(store)
    later = (NOON + timedelta(days=900)).timestamp()
    (store.path_of(APP) / "share/text").chmod(0o644)
    os.utime(store.path_of(APP) / "share", (later, later))
    assert store.look(look_over) == ()


def test_what_a_look_cannot_see_verify_does(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    make_app(store)
    text = store.path_of(APP) / "share/text"
    overwrite(text, text.read_bytes()[::-1])
    assert store.look(look_over) == ()
    assert [one.fault for one in store.verify()] == [Fault.CHANGED]


def test_a_look_at_some_paths_sees_no_others(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    make_app(store)
    move_away(store.path_of(APP))
    assert store.look(partial(look_over, bases=[OTHER.base])) == ()


def test_a_path_that_nothing_needs_can_be_deleted(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    make_app(store)
    removed = store.change(partial(delete_paths, bases=[OTHER.base]))
    assert removed.path_count == 1
    assert store.info(OTHER) is None
    assert store.info(APP) is not None
    assert not store.path_of(OTHER).exists()


def test_paths_that_need_only_each_other_go_together(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    make_app(store)
    store.change(partial(delete_paths, bases=[APP.base, LIBRARY.base]))
    assert [info.path for info in store.infos()] == [OTHER]


def test_what_a_root_keeps_is_not_deleted(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    make_app(store)
    store.add_root("app", [APP], label="run app")
    with pytest.raises(AliveError) as caught:
        store.change(partial(delete_paths, bases=[OTHER.base, LIBRARY.base]))
    (reason,) = caught.value.alive
    assert (reason.base, reason.chain) == (LIBRARY.base, (APP.base,))
    assert reason.keeper is not None
    assert (reason.keeper.kind, reason.keeper.label) == (Kind.ROOT, "run app")
    # All or nothing.
    assert store.info(OTHER) is not None


def test_what_garbage_refers_to_is_not_deleted_alone(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    make_app(store)
    with pytest.raises(AliveError) as caught:
        store.change(partial(delete_paths, bases=[LIBRARY.base]))
    (reason,) = caught.value.alive
    assert (reason.chain, reason.keeper) == ((APP.base,), None)


def test_what_a_session_keeps_is_not_deleted(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    make_app(store)
    with store.session() as session:
        session.keep([OTHER])
        with pytest.raises(AliveError) as caught:
            store.change(partial(delete_paths, bases=[OTHER.base]))
    (reason,) = caught.value.alive
    assert reason.keeper is not None
    assert reason.keeper.kind is Kind.LEASE


def test_why_a_path_lives_is_told(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    make_app(store)
    store.add_root("app", [APP], label="run app")
    found = store.look(partial(why_alive, base=LIBRARY.base))
    assert found is not None
    assert found.keeper is not None


def remake(store: Store, path: StorePath) -> None:
    with store.session() as session:
        realise(session, [path])


def names_beside(store: Store) -> list[str]:
    """Return what lies in the store's folder for a time only."""
    every = (path.name for path in store.directory.iterdir())
    return [name for name in every if name.startswith((".tmp-", ".trash-"))]


def test_what_is_set_aside_can_be_made_again(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    make_app(store)
    write_again(store.path_of(OTHER))

    def mend(context: object) -> None:
        with set_aside(context, [OTHER.base]):  # type: ignore[arg-type]
            assert store.info(OTHER) is None
            remake(store, OTHER)

    store.change(mend)
    assert store.verify() == ()
    assert names_beside(store) == []


@pytest.mark.parametrize("damage", [write_again, move_away])
def test_what_is_not_made_again_is_as_it_was(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    store = open_store(tmp_path)
    make_app(store)
    damage(store.path_of(APP))
    before = store.verify()

    def fail(context: object) -> None:
        with set_aside(context, [APP.base]):  # type: ignore[arg-type]
            with store.session() as session, session.making([APP]):
                pass
            raise RuntimeError

    with pytest.raises(RuntimeError):
        store.change(fail)
    assert store.verify() == before
    assert names_beside(store) == []


def test_a_lost_record_is_written_again(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    make_app(store)
    file = store.directory / ".records" / f"{APP.base}.json"
    before = file.read_bytes()
    file.unlink()
    assert [one.fault for one in store.look(look_over)] == [Fault.NO_RECORD]
    store.change(partial(rewrite_records, bases=[APP.base]))
    assert file.read_bytes() == before
    assert store.look(look_over) == ()


def make_twins(store: Store) -> None:
    with store.session() as session, session.making([APP, OTHER]) as batch:
        for path in batch.missing:
            scratch = batch.scratch(path)
            fill(scratch, "the same in both")
            batch.finish(path, info_of(path, scratch))
        batch.commit()


def inode(store: Store, path: StorePath, name: str) -> int:
    return (store.path_of(path) / name).stat().st_ino


def test_equal_files_become_one(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    make_twins(store)
    folder = store.path_of(APP) / "share"
    times = [
        (store.path_of(path) / "share").stat().st_mtime_ns for path in (APP, OTHER)
    ]
    size = sum((store.path_of(APP) / name).stat().st_size for name in FILES)
    saved = store.change(partial(optimise, progress=Silence()))
    assert (saved.joined_count, saved.freed_bytes) == (2, size)
    for name in FILES:
        assert inode(store, APP, name) == inode(store, OTHER, name)
    assert store.verify() == ()
    assert store.look(look_over) == ()
    after = [
        (store.path_of(path) / "share").stat().st_mtime_ns for path in (APP, OTHER)
    ]
    assert after == times
    assert folder.stat().st_mode & 0o777 == 0o555
    assert names_beside(store) == []
    # And there is nothing left to do.
    again = store.change(partial(optimise, progress=Silence()))
    assert again.joined_count == 0


FILES = ("program", "share/text")


@pytest.mark.parametrize(
    "difference",
    [
        pytest.param(lambda text: os.utime(text, (7, 7)), id="another time"),
        pytest.param(lambda text: text.chmod(0o555), id="another mode"),
        pytest.param(
            lambda text: overwrite(text, text.read_bytes()[::-1]), id="other bytes"
        ),
    ],
)
def test_files_that_can_be_told_apart_stay_apart(
    tmp_path: Path, difference: Callable[[Path], None]
) -> None:
    store = open_store(tmp_path)
    make_twins(store)
    difference(store.path_of(APP) / "share/text")
    saved = store.change(partial(optimise, progress=Silence()))
    assert saved.joined_count == 1
    assert inode(store, APP, "share/text") != inode(store, OTHER, "share/text")
