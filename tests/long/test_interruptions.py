"""^C at any moment of a command: status 130, nothing half-made, the next one works."""

import os
import random
import signal
import subprocess
from pathlib import Path

import pytest

from tests.fixtures.archive import SignedArchive
from tests.fixtures.http_server import FileServer
from tests.fixtures.world import PACKAGES, World

COUNT = 150
LONGEST_SECONDS = 1.2
SEED = 20261121


@pytest.mark.long
@pytest.mark.timeout(900)
def test_an_interrupt_at_any_moment_leaves_a_good_store(
    home: Path, server: FileServer, archive: SignedArchive
) -> None:
    world = World(home=home, server=server, archive=archive)
    world.publish(*PACKAGES)
    world.configure()
    chance = random.Random(SEED)  # noqa: S311 - reproducible, not secret
    outcomes: dict[int, int] = {}
    for number in range(COUNT):
        if number % 5 == 0 and world.store.exists():
            assert world.run("store", "delete", "--all", "-q").returncode == 0
        status, talk = interrupted(world, chance.uniform(0, LONGEST_SECONDS))
        assert "Traceback" not in talk, talk
        assert status in {0, 130, -signal.SIGINT}, (status, talk)
        outcomes[status] = outcomes.get(status, 0) + 1
        if world.store.exists():
            verified = world.run("store", "verify", "--content")
            assert verified.returncode == 0, verified.stdout
    assert outcomes[130] > 0
    assert world.run("run", "hello", "still").stdout == "hello still\n"
    assert not [p for p in world.store.iterdir() if p.name.startswith(".tmp-")]


def interrupted(world: World, seconds: float) -> tuple[int, str]:
    running = subprocess.Popen(
        world.command("run", "--refresh", "hello"),
        env=world.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        _, talk = running.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGINT)
        _, talk = running.communicate(timeout=30)
    return running.returncode, talk
