"""What is trash goes, beside other work or after it."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from devenv.host.files import names_in
from devenv.store.emptying import Emptying
from devenv.store.layout import Layout
from devenv.store.trash import empty_trash
from tests.fixtures.stores import open_store

TREES = 300
FILES = 3


@pytest.fixture
def layout(tmp_path: Path) -> Iterator[Layout]:
    """A store with much trash."""
    with open_store(tmp_path) as store:
        for number in range(TREES):
            folder = store.directory / f".trash-{number}"
            folder.mkdir()
            for file in range(FILES):
                (folder / str(file)).write_bytes(b"x" * 5_000)
        yield store.look(lambda context: context.layout)


def trash(layout: Layout) -> list[str]:
    return [name for name in names_in(layout.store) if name.startswith(".trash-")]


def taken(layout: Layout) -> int:
    """Return the disk's bytes that the trash takes."""
    listed = [layout.store / name for name in trash(layout)]
    listed += [file for folder in listed for file in folder.iterdir()]
    return 512 * sum(path.stat().st_blocks for path in listed)


def refuse_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)


@pytest.mark.parametrize("are_threads", [True, False], ids=["threads", "no threads"])
def test_all_is_gone_at_the_end(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, *, are_threads: bool
) -> None:
    if not are_threads:
        refuse_threads(monkeypatch)
    names, size = trash(layout), taken(layout)
    heard: list[int] = []
    with Emptying(layout, gone=heard.append) as emptying:
        emptying.add(names[:100])
        emptying.add([])
        emptying.add(names[100:])
    assert trash(layout) == []
    assert (emptying.freed_bytes, sum(heard)) == (size, TREES)
    assert not [it for it in threading.enumerate() if it.name == "emptying"]


def test_it_goes_beside_the_work(layout: Layout) -> None:
    is_gone = threading.Event()
    with Emptying(layout, gone=lambda _: is_gone.set()) as emptying:
        emptying.add(trash(layout)[:1])
        assert is_gone.wait(60)
        assert len(trash(layout)) == TREES - 1


def test_what_is_left_stays_if_the_work_fails(layout: Layout) -> None:
    go = threading.Event()

    def wait(_: int) -> None:
        go.wait(60)

    def fail() -> None:
        with Emptying(layout, gone=wait) as emptying:
            emptying.add(trash(layout))
            threading.Timer(0.1, go.set).start()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    left = trash(layout)
    assert left
    assert not [it for it in threading.enumerate() if it.name == "emptying"]
    empty_trash(layout, left)
    assert trash(layout) == []


def test_what_is_not_there_is_gone(layout: Layout) -> None:
    names = trash(layout)
    empty_trash(layout, ["nowhere", *names[1:], *names[1:]])
    assert trash(layout) == names[:1]
