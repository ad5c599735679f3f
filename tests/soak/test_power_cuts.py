"""Row N3: power cuts while paths are made, rooted, and collected again.

A process works in a file system that lies in a file. Every now and then it is
stopped, and the file copied: that is what a disk would hold if the power went then.
The copy is mounted, which replays its journal, and must hold every path that was
acknowledged, and nothing registered that is not right.
"""

import os
import random
import signal
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from devenv.store.store import Store
from tests.fixtures.power import cut_power, make_image, mounted, reason_against
from tests.fixtures.store_crowd import collect_all, integrity, sabotage
from tests.fixtures.stores import (
    in_child,
    info_of,
    named,
    open_store,
    start_child,
    wait_for,
)

pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]

CUTS_A_WRITER = 5
KEPT = 8
"""How many roots a writer keeps before it begins to drop the oldest."""


def write_for_ever(home: Path, said: int) -> None:
    """Make and root paths without end; say `+N` after and `-N` before it counts."""
    with open_store(home) as store:
        for number in count():
            make_rooted(store, number)
            os.write(said, b"+%d\n" % number)
            if number >= KEPT:
                os.write(said, b"-%d\n" % (number - KEPT))
                store.remove_root(f"root-{number - KEPT}")
            if number % 3 == 0:
                collect_all(store)


def make_rooted(store: Store, number: int) -> None:
    library, app = named(f"library{number}"), named(f"app{number}")
    with store.session() as session:
        with session.making([library, app]) as batch:
            for path, references in ((library, []), (app, [library])):
                scratch = batch.scratch(path)
                for part in range(6):
                    file = scratch / f"part{part}"
                    file.write_bytes(path.base.encode() * 700)
                    file.chmod(0o444)
                batch.finish(path, info_of(path, scratch, references=references))
            batch.commit()
        store.add_root(f"root-{number}", [app])


def acknowledged(text: bytes) -> set[int]:
    found: set[int] = set()
    for line in text.decode().splitlines():
        (found.add if line[0] == "+" else found.discard)(int(line[1:]))
    return found


def drained(heard: int) -> bytes:
    """Return what a stopped process has said so far."""
    os.set_blocking(heard, False)
    parts = []
    try:
        while part := os.read(heard, 1 << 16):
            parts.append(part)
    except BlockingIOError:
        pass
    return b"".join(parts)


def cuts(
    directory: Path, kind: str, chance: random.Random, *, without: str = ""
) -> Iterator[tuple[Path, set[int]]]:
    """Yield copies of a disk after power cuts, and what was acknowledged by then."""
    image, pause = directory / f"{kind}.image", threading.Event()
    make_image(image, kind)
    with mounted(image, directory / "writer") as place:
        heard, said = os.pipe()

        def write() -> None:
            if without:
                sabotage(without)
            write_for_ever(place / "home", said)

        writer = start_child(write)
        os.close(said)
        text = b""
        try:
            for number in range(CUTS_A_WRITER):
                pause.wait(chance.uniform(0.2, 1.2))
                os.kill(writer, signal.SIGSTOP)
                copy = directory / f"{kind}.{number}.copy"
                cut_power(image, copy)
                text += drained(heard)
                yield copy, acknowledged(text)
                copy.unlink()
                os.kill(writer, signal.SIGCONT)
        finally:
            os.kill(writer, signal.SIGKILL)
            wait_for(writer)
            os.close(heard)
    image.unlink()


def check_after_cut(home: Path, numbers: set[int]) -> None:
    """What was acknowledged is there, and everything registered is right."""
    if numbers:
        # The machine was started anew since.
        (home / "store/.database/condition").unlink(missing_ok=True)
    with open_store(home) as store:
        check_is_right(store, numbers)
        collect_all(store)
        check_is_right(store, numbers)
        make_rooted(store, 1_000_000)
        assert store.verify() == ()


def check_is_right(store: Store, numbers: set[int]) -> None:
    for number in numbers:
        assert len(store.closure([named(f"app{number}")])) == 2
    assert store.verify() == ()
    assert integrity(store) == ("ok", [])


def outcome(directory: Path, copy: Path, numbers: set[int]) -> int:
    """Mount a copy and look at it, in a process that takes its descriptors along."""
    with mounted(copy, directory / "reader") as place:
        return in_child(lambda: check_after_cut(place / "home", numbers))


def power_cuts(
    directory: Path, kind: str, *, writers: int, without: str = ""
) -> tuple[list[int], int]:
    """Return how each look ended, and how many acknowledged roots were looked at."""
    chance = random.Random(f"{kind}-20260102")  # noqa: S311 (not a secret)
    outcomes, looked_at = [], 0
    for number in range(writers):
        folder = directory / str(number)
        folder.mkdir()
        for copy, numbers in cuts(folder, kind, chance, without=without):
            outcomes.append(outcome(folder, copy, numbers))
            looked_at += len(numbers)
    return outcomes, looked_at


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs"])
def test_a_power_cut_loses_nothing_that_was_acknowledged(
    tmp_path: Path, kind: str
) -> None:
    if reason := reason_against(kind):
        pytest.skip(reason)
    outcomes, looked_at = power_cuts(tmp_path, kind, writers=4)
    assert outcomes == [0] * 20
    assert looked_at > 40


@pytest.mark.parametrize("kind", ["ext4", "xfs"])
def test_a_store_that_does_not_flush_is_caught(tmp_path: Path, kind: str) -> None:
    if reason := reason_against(kind):
        pytest.skip(reason)
    outcomes, _ = power_cuts(tmp_path, kind, writers=1, without="flush")
    assert set(outcomes) != {0}
