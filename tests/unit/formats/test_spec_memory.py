"""What is remembered of a spec is what it says, whatever line of it changes."""

import random
from pathlib import Path

import pytest

from devenv.errors import Complaint, SpecError
from devenv.formats.spec_memory import MAX_CHARACTERS, MAX_FILES, SpecMemory
from devenv.formats.spec_toml import parse_spec
from devenv.model.spec import SpecFile
from devenv.operations.read_project import SpecParser

FILE = "/p/devenv.toml"
GOLDEN = Path(__file__).parents[2] / "golden/specs"

WHOLE = '''\
default_input = "own"
packages = ["jq"]
oldest_c_library = "2.36"
dotenv = [".env"]

[env]
A = "first"
B.prepend = ["x"]
C = """
D = "no"
"""
D = "yes"
inputs = "a"

[alias]
ll = "ls -l"

[shell]
enter = \'\'\'
A = "first"
\'\'\'
[shell.bash]
enter = "true"
[system.x86_64-linux.env]
A = "other"
[inputs]
own = { apt = "http://example.org", suite = "s", key = "k.asc" }
'''

LINES = (
    'A = "second"',
    "A = 'third' # said",
    "A = 5",
    "A = false",
    "A = { file = 'a' }",
    'A = "it\\u0027s"',
    'A = """x"""',
    'A = """',
    'A = "x',
    "A.b = 'x'",
    'A b = "x"',
    'A. = "x"',
    'A = "x\ty\x7f"',
    'A = "x" "y"',
    'A = "é" ',
    'B.prepend = "y"',
    '"A" = "x"',
    'PATH = "/x"',
    'default_input = "other"',
    'default_input = "Not One"',
    "oldest_c_library = 'x'",
    'll = "ls"',
    "[env]",
    "# nothing",
    "",
    'packages = ["yq"]',
    "key = 'k2.asc'",
    "enter = 'false'",
)


def outcome(parse: SpecParser, text: str) -> SpecFile | tuple[Complaint, ...]:
    try:
        return parse(text, file=FILE, home="/h")
    except SpecError as error:
        return tuple(error.complaints)


def said(text: str, memory: SpecMemory) -> object:
    """Return what a memory says of a text, having seen that it is what is so."""
    found = outcome(memory.parse, text)
    assert found == outcome(parse_spec, text)
    return found


def specs() -> list[str]:
    files = sorted(GOLDEN.glob("*/devenv.toml"))
    return [WHOLE, *(file.read_text("utf-8", "replace") for file in files)]


def test_any_line_of_any_spec_may_become_any_other() -> None:
    dice = random.Random(7)  # noqa: S311 - not a secret
    memory, seen = SpecMemory(), set()
    for text in specs():
        lines = text.split("\n")
        for _ in range(25):
            changed = list(lines)
            changed[dice.randrange(len(lines))] = dice.choice(LINES)
            for each in (text, "\n".join(changed), text):
                seen.add(type(said(each, memory)))
    assert seen == {SpecFile, tuple}


@pytest.mark.parametrize("line", LINES)
def test_each_line_of_a_spec_may_become_this(line: str) -> None:
    memory = SpecMemory()
    lines = WHOLE.split("\n")
    for number in range(len(lines)):
        changed = [*lines[:number], line, *lines[number + 1 :]]
        said(WHOLE, memory)
        said("\n".join(changed), memory)


def test_one_value_that_changes_leaves_the_rest_as_it_was() -> None:
    memory = SpecMemory()
    before = memory.parse(WHOLE, file=FILE)
    after = memory.parse(WHOLE.replace("first", "second", 1), file=FILE)
    # The very same: so the rest was not read again.
    assert after.common.inputs is before.common.inputs
    assert after.common.env != before.common.env


def test_what_lies_in_a_text_only_looks_like_a_key() -> None:
    memory = SpecMemory()
    text = '[env]\nA = """\nA = "v"\n"""\n'
    for value in ("v", "w", "v"):
        said(text.replace('"v"', f'"{value}"'), memory)


def test_it_remembers_few_files_and_no_large_ones() -> None:
    memory = SpecMemory()
    first = memory.parse(WHOLE, file="/0")
    for number in range(MAX_FILES):
        memory.parse(WHOLE, file=f"/{number + 1}")
    again = memory.parse(WHOLE.replace("first", "2", 1), file="/0")
    assert again.common.inputs is not first.common.inputs
    large = WHOLE + "#" * MAX_CHARACTERS
    before = memory.parse(large, file="/large")
    after = memory.parse(large.replace("first", "2", 1), file="/large")
    assert after.common.inputs is not before.common.inputs


def test_another_home_is_another_spec() -> None:
    memory = SpecMemory()
    for home in ("/a", "/b"):
        found = memory.parse('dotenv = ["~/x"]', file=FILE, home=home)
        assert found.common.dotenv[0].path == f"{home}/x"
