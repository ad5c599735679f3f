"""`devenv search`: the long way, and the quick one that must equal it."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.fixtures.ad_hoc import CHECKOUT
from tests.fixtures.archive import Package
from tests.fixtures.world import PACKAGES, World

LONG_WAY = "--no-color"
"""An option that the quick way does not know."""


def search(
    world: World, *words: str, cwd: Path | None = None
) -> "subprocess.CompletedProcess[str]":
    """Search, and tell on standard error which modules it took."""
    main = str(CHECKOUT / "devenv/__main__.py")
    return subprocess.run(
        [sys.executable, "-I", "-X", "importtime", main, "search", *words],
        env=world.environment(),
        cwd=cwd or world.home,
        capture_output=True,
        text=True,
        check=False,
    )


def was_quick(done: "subprocess.CompletedProcess[str]") -> bool:
    return "typer" not in done.stderr


def said(done: "subprocess.CompletedProcess[str]") -> list[str]:
    lines = done.stderr.splitlines()
    return [line for line in lines if not line.startswith("import time:")]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["hello"], id="a name"),
        pytest.param(["says", "HELLO"], id="two terms"),
        pytest.param(["hello", "--limit", "1"], id="a limit"),
        pytest.param(["--json", "--limit=1", "hello"], id="JSON"),
        pytest.param(["hello", "--input", "own"], id="an input"),
        pytest.param(["no-such-thing"], id="nothing"),
        pytest.param(["no-such-thing", "-q"], id="nothing, quietly"),
        pytest.param(["no-such-thing", "--json"], id="nothing, as JSON"),
    ],
)
def test_both_ways_say_the_same(world: World, words: Sequence[str]) -> None:
    first = search(world, *words)
    asked = len(world.server.requests)
    second = search(world, *words)
    long_way = search(world, *words, LONG_WAY)

    assert [was_quick(done) for done in (first, second, long_way)] == [
        False,
        True,
        False,
    ]
    assert second.stdout == long_way.stdout == first.stdout
    assert said(second) == said(long_way)
    assert second.returncode == long_way.returncode
    assert len(world.server.requests) == asked


def test_newer_packages_are_found_once_the_index_is_asked_again(world: World) -> None:
    search(world, "hello")
    newer = Package(name="hello-again", version="1", architecture="all")
    world.publish(*PACKAGES, newer)
    assert "hello-again" not in search(world, "hello").stdout
    world.run("info", "--refresh", "hello")
    assert "hello-again" in search(world, "hello").stdout
    assert "hello-again" in search(world, "hello").stdout


def test_other_settings_are_heard(world: World) -> None:
    search(world, "hello")
    configuration = world.home / ".config/devenv/config.toml"
    configuration.write_text(configuration.read_text().replace("default_", "defaul_"))
    done = search(world, "hello")
    assert done.returncode == 1
    assert "there is no key 'defaul_input'" in done.stderr


def test_a_damaged_file_is_made_anew(world: World) -> None:
    before = search(world, "hello").stdout
    (file,) = (world.home / ".cache/devenv/indexes").glob("*.search")
    file.write_bytes(file.read_bytes()[:100])
    assert search(world, "hello").stdout == before
    assert was_quick(search(world, "hello"))


def test_somebody_elses_record_is_not_read(world: World) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    search(world, "hello")
    os.chown(world.home / ".cache/devenv/search/user/+record", 1, 1)
    assert not was_quick(search(world, "hello"))


def test_offline_says_how_old_the_lists_are_each_time(world: World) -> None:
    search(world, "hello")
    for _ in range(2):
        done = search(world, "hello", "--offline")
        assert "offline: using the package lists of" in done.stderr


def test_a_reader_who_has_enough_is_no_error(world: World) -> None:
    search(world, "hello")
    main = str(CHECKOUT / "devenv/__main__.py")
    done = world.run(
        "search",
        through=[
            "/bin/sh",
            "-c",
            f'"$0" -I "{main}" search hello >/dev/full',
            sys.executable,
        ],
    )
    assert done.returncode == 1
    assert "the output cannot be written: No space left on device" in done.stderr


def project(world: World, text: str) -> Path:
    """Write a project with the archive as its own input; return a folder in it."""
    folder = world.home / "project"
    (folder / "below").mkdir(parents=True)
    key = world.home / ".config/devenv/own.pgp"
    (folder / "devenv.toml").write_text(
        f'{text}\n[inputs]\nits = {{ apt = "{world.server.url("/debian")}",'
        f' suite = "stable", key = "{key}" }}\n'
    )
    return folder / "below"


def test_a_projects_default_input_is_searched_from_below(world: World) -> None:
    below = project(world, 'default_input = "its"')
    first = search(world, "hello", "--json", cwd=below)
    second = search(world, "hello", "--json", cwd=below)
    assert json.loads(first.stdout)["input"] == "its"
    assert second.stdout == first.stdout
    assert was_quick(second)
    named = search(world, "hello", "--json", "--project", str(below.parent))
    assert named.stdout == first.stdout
    assert json.loads(search(world, "hello", "--json").stdout)["input"] == "own"


def test_a_changed_spec_is_heard(world: World) -> None:
    below = project(world, 'default_input = "its"')
    search(world, "hello", cwd=below)
    (below.parent / "devenv.local.toml").write_text('default_input = "nowhere"\n')
    done = search(world, "hello", "--json", cwd=below)
    assert json.loads(done.stdout)["input"] == "own"
    assert "is left aside: there is no input 'nowhere'" in done.stderr


def test_a_wrong_spec_is_said_and_left_aside(world: World) -> None:
    below = project(world, "pakages = []")
    for _ in range(2):
        done = search(world, "hello", "--input", "own", cwd=below)
        assert done.returncode == 0
        assert "is left aside" in done.stderr
