"""The generated reference has everything that can be typed or written."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, cast

import pytest
import typer

from devenv.cli.main import command_line
from devenv.formats.file_schemas import SCHEMAS
from docs.generate.__main__ import MAN
from docs.generate.command_facts import all_facts
from docs.generate.key_facts import all_keys
from docs.generate.pages import markdown_pages, write_pages
from docs.generate.places import VARIABLES
from docs.generate.roff import escaped, man_pages
from tests.fixtures.ad_hoc import CHECKOUT
from tests.shells.terminal import required

PAGES = markdown_pages()
MAN_PAGES = man_pages(all_facts(), all_keys())
NOT_FOR_USERS = {"DEVENV_END", "DEVENV_KILL_POINT", "DEVENV_STATE_TEXT"}
"""Words of the hooks, of tests, and of the texts of activations."""


class Parameter(Protocol):
    opts: list[str]
    help: str | None


class Command(Protocol):
    help: str | None
    hidden: bool
    params: list[Parameter]


def commands() -> Iterator[tuple[str, Command]]:
    """Yield every command that help shows, as typer has it."""

    def below(command: object, words: str) -> Iterator[tuple[str, Command]]:
        for name, part in getattr(command, "commands", {}).items():
            if not part.hidden:
                yield f"{words}-{name}", cast("Command", part)
                yield from below(part, f"{words}-{name}")

    return below(typer.main.get_command(command_line()), "devenv")


@pytest.mark.parametrize(("name", "command"), tuple(commands()))
def test_every_option_stands_on_the_page_of_its_command_and_on_its_man_page(
    name: str, command: Command
) -> None:
    page, man = PAGES[f"commands/{name}.md"], MAN_PAGES[f"man1/{name}.1"]
    for parameter in command.params:
        for written in parameter.opts:
            if written.startswith("-") and not written.startswith("--help"):
                assert f"`{written}" in page
                assert f"{escaped(written)}" in man


def test_no_command_tells_its_users_what_its_function_raises() -> None:
    assert not [name for name, found in commands() if "Raises:" in (found.help or "")]


def test_the_list_of_commands_has_each() -> None:
    index = PAGES["commands/index.md"]
    for name, command in commands():
        if not hasattr(command, "commands"):
            assert f"({name}.md)" in index


def keys(schema: object) -> set[str]:
    """Return every name that a schema has a key for."""
    if isinstance(schema, list):
        return {key for part in schema for key in keys(part)}
    if not isinstance(schema, dict):
        return set()
    found = set(schema.get("properties", ()))
    return found.union(*(keys(part) for part in schema.values()))


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_key_stands_on_the_page_of_its_file(name: str) -> None:
    rows = re.findall(r"^\| `([^`]+)` \|", PAGES[f"files/{name}.md"], re.MULTILINE)
    assert {part for row in rows for part in row.split(".")} >= keys(SCHEMAS[name]())


def test_every_variable_of_ours_is_explained() -> None:
    found = {
        word
        for folder in ("devenv", "shell-hooks")
        for path in (CHECKOUT / folder).rglob("*")
        if path.suffix in {".py", ".bash", ".zsh", ".fish", ""} and path.is_file()
        for word in re.findall(
            r"\bDEVENV_[A-Z_]*[A-Z]\b", path.read_text(errors="replace")
        )
        if not word.endswith("_H")
    }
    unexplained = found - NOT_FOR_USERS - {"DEVENV_USER_ZDOTDIR"}
    page = PAGES["commands/environment.md"]
    assert unexplained
    assert not {name for name in unexplained if f"`{name}`" not in page}
    assert not [name for name in VARIABLES if f"`{name}`" not in page]


def test_the_man_pages_are_those_of_this_command_line() -> None:
    """If not: `python -m docs.generate`."""
    present = {str(path.relative_to(MAN)): path.read_text() for path in MAN.glob("*/*")}
    assert present.keys() == MAN_PAGES.keys()
    assert [name for name in MAN_PAGES if present[name] != MAN_PAGES[name]] == []


def test_no_man_page_makes_the_formatter_complain() -> None:
    groff = required("groff")
    for page in sorted(MAN.glob("*/*")):
        done = subprocess.run(
            [groff, "-man", "-Tutf8", "-ww", "-z", page],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stderr == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param(".SH x", r"\&.SH x", id="a request"),
        pytest.param("'x", r"\(aqx", id="a quote"),
        pytest.param("a-b", r"a\-b", id="a dash"),
        pytest.param("\\n ~ ^ `", r"\en \(ti \(ha \(ga", id="signs"),
        pytest.param("…", r"\[u2026]", id="not ASCII"),
    ],
)
def test_text_is_no_markup_of_a_man_page(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_a_page_that_is_gone_is_taken_away_and_others_stay(tmp_path: Path) -> None:
    write_pages(tmp_path, {"a/x.md": "x", "a/y.md": "y"})
    before = (tmp_path / "a/x.md").stat().st_mtime_ns
    write_pages(tmp_path, {"a/x.md": "x"})
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["x.md"]
    assert (tmp_path / "a/x.md").stat().st_mtime_ns == before
