"""How long an ad-hoc environment is kept: two weeks after its last use."""

import os
import time
from datetime import timedelta
from pathlib import Path

from tests.fixtures.world import World

LONG_AGO = timedelta(days=15)


def age(*parts: Path) -> None:
    then = time.time() - LONG_AGO.total_seconds()
    for part in parts:
        for path in (part, *part.rglob("*")) if part.is_dir() else (part,):
            os.utime(path, (then, then))


def state(world: World) -> Path:
    return world.home / ".local/state/devenv"


def roots(world: World) -> list[Path]:
    return sorted((state(world) / "roots").iterdir())


def test_an_environment_nobody_used_for_two_weeks_is_let_go(world: World) -> None:
    world.run("run", "hello")
    record = state(world) / "ad-hoc/run,hello"
    age(record, *roots(world))
    world.run("run", "-p", "toolbox", "--", "saw")
    assert not record.exists()
    assert len([path for path in roots(world) if path.suffix == ".json"]) == 1


def test_an_environment_that_the_launcher_started_since_is_kept(world: World) -> None:
    world.run("run", "hello")
    record = state(world) / "ad-hoc/run,hello"
    age(*roots(world))
    os.utime(record / "used")
    world.run("run", "-p", "toolbox", "--", "saw")
    assert record.exists()
    assert len([path for path in roots(world) if path.suffix == ".json"]) == 2


def test_indexes_and_downloads_of_long_ago_are_let_go(world: World) -> None:
    world.run("run", "hello")
    cache = world.home / ".cache/devenv"
    old = [cache / "indexes/old.sqlite", cache / "downloads/ab/old"]
    for path in old:
        path.parent.mkdir(exist_ok=True)
        path.touch()
    kept = sorted((cache / "indexes").iterdir())
    age(cache / "pruned", *old)
    os.utime(old[1], (0, 0))
    world.run("run", "-p", "toolbox", "--", "saw")
    assert not any(path.exists() for path in old)
    assert set(kept) - set(old) <= set((cache / "indexes").iterdir())
