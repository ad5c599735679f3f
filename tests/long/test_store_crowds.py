"""Rows N1 and N2: a store under crowds and kills, with a collector that loops.

The collector here keeps what is leased and everything that refers to; it uses
the protocol of `devenv.store.discard`.
"""

import os
import random
import signal
import sqlite3
import threading
from pathlib import Path

import pytest

from devenv.model.store_path import StorePath
from devenv.store.collector_lock import collector_locked
from devenv.store.discard import discard
from devenv.store.realise import Batch
from devenv.store.session import Session
from devenv.store.store import Store
from tests.fixtures.stores import (
    make,
    named,
    open_store,
    start_child,
    wait_for,
)

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

PATHS = [named(f"path{number}") for number in range(80)]
NEEDS = {
    path: PATHS[number // 2 : number // 2 + 2] if number > 2 else []
    for number, path in enumerate(PATHS)
}
"""Each refers to two with a smaller number."""

DEAD = """
WITH RECURSIVE live (id) AS (
    SELECT path.id FROM path JOIN lease ON lease.base = path.base
    UNION SELECT target FROM reference JOIN live ON referrer = live.id
)
SELECT base FROM path WHERE id NOT IN live
"""


def closure_of(path: StorePath) -> list[StorePath]:
    found = [path]
    for needed in found:
        found += [more for more in NEEDS[needed] if more not in found]
    return found


def dead(connection: sqlite3.Connection) -> list[str]:
    return [base for (base,) in connection.execute(DEAD)]


def collect(store: Store) -> None:
    with collector_locked(store._context.layout):
        discard(store._context, dead)


def make_alone(batch: Batch, path: StorePath, busy: Path) -> None:
    """Make `path`, and fail if somebody else makes it at the same time."""
    mark = busy / path.base
    mark.touch(exist_ok=False)
    make(batch, path, references=NEEDS[path])
    mark.unlink()


def realise_closure(session: Session, store: Store, wanted: StorePath) -> None:
    closure = closure_of(wanted)
    with session.making(closure) as batch:
        for path in batch.missing:
            if store.directory.parent.joinpath("busy").is_dir():
                make_alone(batch, path, store.directory.parent / "busy")
            else:
                make(batch, path, references=NEEDS[path])
        batch.commit()
    assert {info.path for info in store.closure([wanted])} == set(closure)
    for path in closure:
        text = store.path_of(path).joinpath("share/text").read_text()
        assert text == path.base


def work(root: Path, seed: int, rounds: int) -> None:
    chance = random.Random(seed)  # noqa: S311 (not a secret)
    with open_store(root) as store:
        for _ in range(rounds):
            with store.session() as session:
                realise_closure(session, store, chance.choice(PATHS))


def collect_until(root: Path, stop: Path) -> None:
    with open_store(root) as store:
        while not stop.exists():
            collect(store)


def check_is_sound_and_becomes_empty(root: Path) -> None:
    with open_store(root) as store:
        assert store.verify() == ()
        assert integrity(store) == ("ok", [])
        collect(store)
        assert store.infos() == ()
        names = [p.name for p in store.directory.iterdir()]
        assert [n for n in names if not n.startswith(".") or n.startswith(".t")] == []
        assert list((store.directory / ".leases").iterdir()) == []
        assert list((store.directory / ".records").iterdir()) == []


def integrity(store: Store) -> tuple[str, list[object]]:
    def check(connection: sqlite3.Connection) -> tuple[str, list[object]]:
        (answer,) = connection.execute("PRAGMA integrity_check").fetchone()
        return answer, connection.execute("PRAGMA foreign_key_check").fetchall()

    return store._context.database.read(check)


def test_32_processes_realise_200_closures_each_against_a_collector(
    tmp_path: Path,
) -> None:
    (tmp_path / "busy").mkdir()
    stop = tmp_path / "stop"
    collector = start_child(lambda: collect_until(tmp_path, stop))
    workers = [
        start_child(lambda seed=seed: work(tmp_path, seed, 200))  # type: ignore[misc]
        for seed in range(32)
    ]

    assert [wait_for(worker) for worker in workers] == [0] * 32
    stop.touch()
    assert wait_for(collector) == 0
    check_is_sound_and_becomes_empty(tmp_path)


def start_victim(root: Path, chance: random.Random) -> int:
    seed = chance.randrange(1 << 30)
    if chance.random() < 0.2:
        return start_child(lambda: collect_until(root, root / "never"))
    return start_child(lambda: work(root, seed, 1000))


def test_700_random_kills_leave_a_sound_store(tmp_path: Path) -> None:
    chance = random.Random(20260102)  # noqa: S311 (not a secret)
    pause = threading.Event()
    victims = [start_victim(tmp_path, chance) for _ in range(6)]
    for _ in range(700):
        pause.wait(chance.uniform(0.0, 0.06))
        victim = victims.pop(chance.randrange(len(victims)))
        os.kill(victim, signal.SIGKILL)
        assert wait_for(victim) == -signal.SIGKILL
        victims.append(start_victim(tmp_path, chance))
    for victim in victims:
        os.kill(victim, signal.SIGKILL)
        wait_for(victim)

    with open_store(tmp_path) as store:
        assert store.verify() == ()
    work(tmp_path, 1, 20)
    check_is_sound_and_becomes_empty(tmp_path)


@pytest.mark.parametrize("mutation", ["leases", "recheck", "locks"])
def test_these_tests_catch_a_store_without_its_protocol(
    tmp_path: Path, mutation: str
) -> None:
    (tmp_path / "busy").mkdir()
    stop = tmp_path / "stop"

    def sabotaged(act: object, *arguments: object) -> None:
        sabotage(mutation)
        assert callable(act)
        act(*arguments)

    collector = start_child(lambda: sabotaged(collect_until, tmp_path, stop))
    workers = [
        start_child(lambda seed=seed: sabotaged(work, tmp_path, seed, 100))  # type: ignore[misc]
        for seed in range(8)
    ]
    outcomes = {wait_for(worker) for worker in workers}
    stop.touch()
    outcomes.add(wait_for(collector))

    assert outcomes != {0}


def sabotage(mutation: str) -> None:
    """Take one part out of the protocol, in a process of its own."""
    patch = pytest.MonkeyPatch()
    if mutation == "leases":
        patch.setattr(Session, "keep", lambda *_: None)
    elif mutation == "recheck":
        patch.setattr("devenv.store.discard.registered", lambda *_: set(), raising=True)
    else:
        patch.setattr("devenv.store.locks.lock_byte", lambda *_, **__: True)
