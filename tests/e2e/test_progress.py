"""What is shown while packages are made, on a real terminal and without one."""

import random
import re
import time
from collections.abc import Mapping

import pexpect
import pytest

from tests.fixtures.archive import Package
from tests.fixtures.http_server import Exchange
from tests.fixtures.world import PACKAGES, World

PIECE_BYTES = 20_000
PIECE_SECONDS = 0.02
LARGE_BYTES = 300_000
NAMES = tuple(f"part-{letter}" for letter in "abcdefghij")
RETURN, HIDE, SHOW = "\r", "\x1b[?25l", "\x1b[?25h"
COLOUR = re.compile(r"\x1b\[[0-9;]*[1-9][0-9;]*m")
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")


def slowly(exchange: Exchange) -> None:
    """Answer in pieces, as a slow line does: what is waited for is the progress."""
    body = exchange.body
    exchange.head("200 OK", {"Content-Length": len(body)})
    for start in range(0, len(body), PIECE_BYTES):
        exchange.send(body[start : start + PIECE_BYTES])
        time.sleep(PIECE_SECONDS)


@pytest.fixture
def slow(world: World) -> World:
    """Return a world with a package of ten parts, that come slowly."""
    noise = random.Random(1).randbytes(LARGE_BYTES)  # noqa: S311 - the same each time
    parts = [
        Package(
            name=name,
            version="1",
            architecture="all",
            files={f"usr/share/{name}": noise[:: 1 + at // 4]},
        )
        for at, name in enumerate(NAMES)
    ]
    whole = Package(
        name="whole",
        version="1",
        architecture="all",
        depends=", ".join(NAMES),
        files={"usr/bin/whole": b"#!/bin/sh\necho all of it\n"},
    )
    world.publish(*PACKAGES, whole, *parts)
    pool = world.server.root / "debian"
    for deb in pool.rglob("part-*.deb"):
        world.server.faults[f"/debian/{deb.relative_to(pool)}"] = [slowly]
    return world


def on_terminal(
    world: World,
    *,
    columns: int = 100,
    words: tuple[str, ...] = ("run", "whole"),
    env: Mapping[str, str] | None = None,
) -> str:
    """Return everything that a terminal was sent."""
    program, *arguments = world.command(*words)
    child = pexpect.spawn(
        program,
        arguments,
        env={**world.environment(TERM="xterm-256color"), **(env or {})},
        cwd=str(world.home),
        dimensions=(24, columns),
        encoding="utf-8",
        timeout=60,
    )
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0, child.before
    return str(child.before)


def test_an_interruption_brings_the_cursor_back(slow: World) -> None:
    program, *arguments = slow.command("run", "whole")
    child = pexpect.spawn(
        program,
        arguments,
        env=slow.environment(TERM="xterm-256color"),
        cwd=str(slow.home),
        encoding="utf-8",
        timeout=60,
    )
    child.expect_exact(HIDE)
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()

    assert SHOW in str(child.before)
    assert child.exitstatus == 130


def plain_lines(shown: str) -> list[str]:
    text = CONTROL.sub("\n", shown)
    return [line.rstrip() for line in text.split("\n") if line.strip()]


def test_a_plan_then_bars_and_states_and_a_sentence_at_last(slow: World) -> None:
    shown = on_terminal(slow)
    lines = plain_lines(shown)

    assert re.match(
        r"11 packages to fetch and unpack \(.* from 127\.0\.0\.1\)", lines[0]
    )
    assert re.search(r"[0-9.]+/[0-9.]+ [kM]B", shown)
    assert re.search(r"[0-9.]+ [kM]B/s", shown)
    assert any(re.match(r"  downloading +part-[a-j] 1$", line) for line in lines)
    assert any(re.match(r"  [0-9]+ (waiting|downloading|done)", line) for line in lines)
    assert lines[-1] == "all of it"
    sentence = r"11 packages ready in [0-9.]+ s, [0-9.]+ [kM]B downloaded"
    assert re.fullmatch(sentence, lines[-2])
    # What was drawn is gone, and the cursor is back.
    assert shown.count(HIDE) == shown.count(SHOW)
    assert shown.rindex(SHOW) < shown.index("packages ready")


@pytest.mark.parametrize("columns", [40, 200])
def test_no_line_is_longer_than_the_terminal(slow: World, columns: int) -> None:
    shown = on_terminal(slow, columns=columns)
    drawn = shown[shown.index(HIDE) : shown.rindex(SHOW)]

    assert "downloading" in drawn
    assert max(map(len, plain_lines(drawn))) <= columns


def test_no_colour_is_sent_where_none_is_wanted(slow: World) -> None:
    assert COLOUR.search(on_terminal(slow, env={"NO_COLOR": "1"})) is None


@pytest.mark.parametrize("style", ["plain", "none"])
def test_a_terminal_gets_lines_if_that_is_wanted(slow: World, style: str) -> None:
    shown = on_terminal(slow, env={"DEVENV_PROGRESS": style})

    assert HIDE not in shown
    assert RETURN not in shown.replace("\r\n", "\n")
    assert "ready in" in shown


def test_the_configuration_may_say_so(slow: World) -> None:
    file = slow.home / ".config/devenv/config.toml"
    file.write_text(f'progress = "plain"\n{file.read_text()}')
    assert HIDE not in on_terminal(slow)
    told = slow.run("config").stdout
    assert re.search(r"progress +plain +\(.*config\.toml\)", told)
    told = slow.run("config", env={"DEVENV_PROGRESS": "none"}).stdout
    assert re.search(r"progress +none +\(DEVENV_PROGRESS\)", told)

    file.write_text(file.read_text().replace('"plain"', '"colourful"'))
    done = slow.run("run", "whole")
    assert 'expected one of "auto", "bars", "plain", "none"' in done.stderr


def test_without_a_terminal_there_are_few_lines(slow: World) -> None:
    done = slow.run("run", "whole")

    first, last = done.stderr.splitlines()
    assert first.startswith("11 packages to fetch and unpack (")
    assert last.startswith("11 packages ready in ")
    assert done.stdout == "all of it\n"
    assert "\r" not in done.stderr
    assert "\x1b" not in done.stderr


@pytest.mark.parametrize("is_terminal", [False, True])
def test_the_quiet_hear_nothing(slow: World, *, is_terminal: bool) -> None:
    words = ("run", "-q", "whole")
    if is_terminal:
        assert on_terminal(slow, words=words).replace("\r", "") == "all of it\n"
    else:
        assert slow.run(*words).stderr == ""


def test_what_was_fetched_before_is_said_to_be_here(slow: World) -> None:
    slow.run("run", "whole")
    assert slow.run("store", "delete", "--all", "--force").returncode == 0
    done = slow.run("run", "whole")

    assert "11 packages to unpack, fetched before\n" in done.stderr
    assert re.search(r"11 packages ready in [0-9.]+ s, 0 B downloaded", done.stderr)


def test_a_second_time_nothing_is_said(slow: World) -> None:
    slow.run("run", "whole")
    assert slow.run("run", "whole").stderr == ""
