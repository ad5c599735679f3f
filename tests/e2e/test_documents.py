"""What the documentation shows is typed into a real shell, as a reader would.

A page's blocks belong together: they are run in their order, in one home. The
archive has small packages under the names that the pages use, and no way leads to
another archive.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from devenv.formats.ci_recipe import RECIPES, ci_recipe
from tests.fixtures.ad_hoc import LAUNCHER
from tests.fixtures.archive import Package
from tests.fixtures.documents import DOCUMENTS, PAGES, Block, blocks_of
from tests.fixtures.world import World
from tests.shells.terminal import Terminal, required

NOWHERE = "http://127.0.0.1:9"
OWN_ARCHIVE = "cp ~/.config/devenv/local.toml devenv.local.toml"
"""What is typed before `devenv init`: a project asks Debian, if nobody says else."""


RUN_PAGES = [
    pytest.param(page, id=str(page.relative_to(DOCUMENTS).with_suffix("")))
    for page in PAGES
    if any(block.mark == "run" for block in blocks_of(page))
]


def says(name: str, text: str, version: str = "1.0-1") -> Package:
    """Return a package with a program of its name, which does what `text` says."""
    files = {f"usr/bin/{name}": f"#!/bin/sh\n{text}\n".encode()}
    fields = {"Description": f"{name} for examples"}
    return Package(
        name=name, version=version, architecture="all", files=files, fields=fields
    )


def with_programs(name: str, version: str, *programs: str) -> Package:
    files = {f"usr/bin/{program}": b"#!/bin/sh\necho it\n" for program in programs}
    return Package(name=name, version=version, architecture="all", files=files)


ARCHIVE = (
    says("hello", 'echo "Hello, world!"', "2.10-3"),
    says("cowsay", 'echo "< $* >"', "3.03-1"),
    says("jq", "echo jq-1.7", "1.7.1-6"),
    says("python3", f'exec {sys.executable} "$@"', "3.13.5-1"),
    with_programs("ripgrep", "14.1.1-1", "rg"),
    with_programs("poppler-utils", "25.03.0-5", "pdftotext"),
    Package(
        name="libpoppler147",
        version="25.03.0-5",
        files={"usr/lib/x86_64-linux-gnu/libpoppler.so.147": b""},
    ),
)
NEWER = says("jq", "echo jq-1.8", "1.8.1-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody at a terminal, in a home whose projects have our archive."""

    world: World
    terminal: Terminal

    def follow(self, block: Block) -> None:
        """Do what a block shows, and compare what it says."""
        if block.mark == "file":
            path = self.world.home / block.what
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text)
        if block.mark != "run":
            return
        if block.what == "newer":
            self.world.publish(*ARCHIVE, NEWER)
        for command, shown in commands_of(block.text):
            before = f"{OWN_ARCHIVE}; " if "devenv init" in command else ""
            printed = self.terminal.ask(before + command)
            if not any("error" in line for line in shown):
                assert "error:" not in printed, f"$ {command}\n{printed}"
            check_output(command, shown, printed)


@pytest.fixture
def reader(world: World) -> Iterator[Reader]:
    """Yield somebody who can give a project the archive that they have."""
    world.publish(*ARCHIVE)
    own = world.home / ".config/devenv"
    inputs = (own / "config.toml").read_text().replace("own.pgp", f"{own}/own.pgp")
    (own / "local.toml").write_text(inputs)
    settings = {"user.name": "reader", "user.email": "reader@example.org"}
    git = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (name, value) in enumerate(settings.items()):
        git |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    env = world.environment(
        PATH=f"{LAUNCHER.parent}:/usr/bin:/bin",
        http_proxy=NOWHERE,
        https_proxy=NOWHERE,
        no_proxy="127.0.0.1",
        **git,
    )
    shell = [required("bash"), "--norc", "--noprofile"]
    with Terminal(shell, env, world.home) as terminal:
        yield Reader(world=world, terminal=terminal)


def commands_of(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each command of a block, with what it should print."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield re.sub(r"\s+# .*", "", command), output.splitlines()


DIFFERING = {
    r"\.\.\.": r"[^\n]*",
    r"/home/me": r"/\S*",
    r"\d{4}-\d\d-\d\d \d\d:\d\d": r"\d{4}-\d\d-\d\d \d\d:\d\d",
    r"[+-]?\d[\d.]* [kMG]?B": r"[+-]?\d[\d.]* [kMG]?B",
    r"\bdebian\b": "own",
    r"\s+": r"[ ]+",
}
"""What stands on a page for what nobody knows beforehand, and what that may be."""


def pattern(line: str) -> str:
    """Return a pattern of a line that is shown."""
    parts = re.split(f"({'|'.join(DIFFERING)})", line)
    return "".join(
        next(
            (found for known, found in DIFFERING.items() if re.fullmatch(known, part)),
            re.escape(part),
        )
        for part in parts
    )


def check_output(command: str, shown: list[str], printed: str) -> None:
    """Fail unless the last lines are those shown; dots alone stand for any lines."""
    if shown:
        lines = [
            r"(?:[^\n]*\n)*" if line == "..." else rf"{pattern(line)} *\n"
            for line in shown
        ]
        told = "".join(f"{line.rstrip()}\n" for line in printed.splitlines() if line)
        found = re.search(rf"^{''.join(lines)}\Z", told, re.MULTILINE)
        assert found, "\n".join([f"$ {command}", *shown, "is not how this ends:", told])


@pytest.mark.shell
@pytest.mark.parametrize("page", RUN_PAGES)
def test_what_a_page_shows_happens(page: Path, reader: Reader) -> None:
    for block in blocks_of(page):
        reader.follow(block)


@pytest.mark.parametrize(
    "page", [pytest.param(p, id=str(p.relative_to(DOCUMENTS))) for p in PAGES]
)
def test_every_terminal_on_a_page_is_run_or_says_why_not(page: Path) -> None:
    for block in blocks_of(page):
        if block.language == "console":
            assert block.mark == "run" or (block.mark == "not run" and block.what)


@pytest.mark.parametrize("service", RECIPES)
def test_the_recipes_shown_are_those_printed(service: str) -> None:
    page = DOCUMENTS / "howto/ci.md"
    shown = [b.text for b in blocks_of(page) if (b.mark, b.what) == ("recipe", service)]
    assert shown == [ci_recipe(service, "make test")]
