"""The contract of every shell in the table, asked of the shells themselves."""

import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devenv.errors import FormatError
from devenv.model.environment import Environment
from devenv.operations.start_files import read_shell_hook
from devenv.shells import SHELLS
from devenv.shells.base import environment_lines
from devenv.shells.start import render_start_files
from tests.shells.terminal import required

pytestmark = pytest.mark.shell

COMMANDS = {
    "bash": ("bash", "--norc"),
    "dash": ("dash",),
    "busybox": ("busybox", "sh"),
    "fish": ("fish", "--no-config"),
    "zsh": ("zsh", "-f"),
}
IN_TABLE = {"dash": "sh", "busybox": "sh"}
NO_HOME = "/dev/null"
"""Nothing can be made below it, by root either (fish would)."""

EVERY_BYTE = bytes(range(1, 256)).decode("utf-8", "surrogateescape")

every_shell = pytest.mark.parametrize("command", COMMANDS)
texts = st.binary(max_size=60).map(
    lambda raw: raw.replace(b"\0", b"").decode("utf-8", "surrogateescape")
)


def run(command: str, script: str, **env: str) -> str:
    words = COMMANDS[command]
    done = subprocess.run(
        [required(words[0]), *words[1:], "-c", script],
        env={"PATH": "/usr/bin:/bin", "HOME": NO_HOME, **env},
        capture_output=True,
        check=False,
    )
    assert done.stderr == b""
    return done.stdout.decode("utf-8", "surrogateescape")


def with_functions(command: str, lines: str) -> str:
    """Return a script that applies lines as the start file of the shell does."""
    if command == "fish":
        text = read_shell_hook("shell.fish")
    elif command == "bash":
        text = read_shell_hook("shell.bash")
    elif command == "zsh":
        text = "ZDOTDIR=/nonexistent\n" + read_shell_hook("shell.zshenv")
    else:
        text = "@environment@\n"
    return text.replace("@environment@", lines)


@every_shell
def test_a_quoted_word_is_read_back_byte_by_byte(command: str) -> None:
    quote = SHELLS[IN_TABLE.get(command, command)].quote
    for text in (EVERY_BYTE, "", "'", "\\", "\\'", "'\\", "\n", "a\n", "-n", "~", "!x"):
        script = f"/usr/bin/printf %s {quote(text)}"
        assert run(command, script) == text


@every_shell
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(words=st.lists(texts, min_size=1, max_size=30))
def test_any_words_are_read_back_as_they_were(command: str, words: list[str]) -> None:
    quote = SHELLS[IN_TABLE.get(command, command)].quote
    script = "/usr/bin/printf '%s\\0' " + " ".join(map(quote, words))
    assert run(command, script) == "".join(f"{word}\0" for word in words)


@every_shell
def test_a_variable_is_set_for_children_and_removed(command: str) -> None:
    shell = SHELLS[IN_TABLE.get(command, command)]
    set_line = shell.set_variable("ODD", EVERY_BYTE)
    assert run(command, f"{set_line}\n/usr/bin/printenv ODD") == f"{EVERY_BYTE}\n"
    unset = f"{set_line}\n{shell.unset_variable('ODD')}\n/usr/bin/env"
    assert "ODD=" not in run(command, unset)


@every_shell
@pytest.mark.parametrize(
    ("ambient", "expected"),
    [
        (None, "/a b:/c'\n"),
        ("", "/a b:/c'\n"),
        ("/x", "/a b:/c'\n:/x"),
        ("/x::/y", "/a b:/c'\n:/x::/y"),
        ("/a b:/c'\n:/x", "/a b:/c'\n:/x"),
        ("/a b:/c'\n", "/a b:/c'\n"),
    ],
    ids=["unset", "empty", "one", "with-empty-entry", "already-in-front", "alone"],
)
@pytest.mark.parametrize("name", ["XDG_DATA_DIRS", "CMAKE_PREFIX_PATH"])
def test_entries_are_put_in_front_of_a_list(
    command: str, name: str, ambient: str | None, expected: str
) -> None:
    line = SHELLS[IN_TABLE.get(command, command)].prepend(name, ("/a b", "/c'\n"))
    env = {} if ambient is None else {name: ambient}
    script = with_functions(command, line) + f"/usr/bin/printenv {name}"
    assert run(command, script, **env) == f"{expected}\n"


@pytest.mark.parametrize("command", ["bash", "zsh", "fish"])
def test_entries_move_to_the_front_from_wherever_they_are(command: str) -> None:
    line = SHELLS[command].prepend("XDG_DATA_DIRS", ("/a", "/b"))
    script = with_functions(command, line) + "/usr/bin/printenv XDG_DATA_DIRS"
    found = run(command, script, XDG_DATA_DIRS="/A:/b:/x:/a:/ab:/a")
    assert found == "/a:/b:/A:/x:/ab\n"


@every_shell
@pytest.mark.parametrize(
    ("ambient", "expected"),
    [
        (None, "/a b:/c'\n"),
        ("", "/a b:/c'\n"),
        ("/x", "/x:/a b:/c'\n"),
        ("/A b:/x", "/A b:/x:/a b:/c'\n"),
        ("/c'\n:/x", "/c'\n:/x:/a b"),
        ("/a b:/c'\n", "/a b:/c'\n"),
    ],
    ids=["unset", "empty", "one", "by-case", "one-is-there", "all-are-there"],
)
def test_entries_are_put_behind_a_list_once(
    command: str, ambient: str | None, expected: str
) -> None:
    line = SHELLS[IN_TABLE.get(command, command)].append(
        "XDG_DATA_DIRS", ("/a b", "/c'\n")
    )
    env = {} if ambient is None else {"XDG_DATA_DIRS": ambient}
    script = with_functions(command, line) + "/usr/bin/printenv XDG_DATA_DIRS"
    assert run(command, script, **env) == f"{expected}\n"


def test_bash_tells_entries_apart_by_case_whatever_is_set() -> None:
    line = "shopt -s nocasematch\n" + SHELLS["bash"].prepend("XDG_DATA_DIRS", ("/a",))
    script = with_functions("bash", line) + "/usr/bin/printenv XDG_DATA_DIRS"
    assert run("bash", script, XDG_DATA_DIRS="/A:/a") == "/a:/A\n"


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "name", ["", "1A", "A B", "A=B", "A;id", "A\n", "caf\xe9", "$(id)", "A" * 257]
)
def test_what_is_no_name_never_gets_into_shell_text(shell: str, name: str) -> None:
    with pytest.raises(FormatError):
        SHELLS[shell].set_variable(name, "x")
    with pytest.raises(FormatError):
        SHELLS[shell].unset_variable(name)
    with pytest.raises(FormatError):
        SHELLS[shell].prepend(name, ("/x",))
    with pytest.raises(FormatError):
        SHELLS[shell].append(name, ("/x",))


@pytest.mark.parametrize("shell", SHELLS)
def test_what_a_shell_cannot_hold_is_refused(shell: str) -> None:
    with pytest.raises(FormatError):
        SHELLS[shell].quote("a\0b")
    with pytest.raises(FormatError):
        SHELLS[shell].prepend("PATH", ("/a:b",))
    with pytest.raises(FormatError):
        SHELLS[shell].prepend("PATH", ("",))


def test_the_lines_of_an_environment_have_one_order_and_name_the_trees() -> None:
    environment = Environment(
        trees=("/t", "/u"),
        prepend={"PATH": ("/t/bin",), "A": ()},
        append={"PATH": ("/z",)},
        values={"Z": "1", "B": "2"},
        unset=("Y", "C"),
    )
    lines = environment_lines(SHELLS["bash"], environment)
    assert lines == [
        "builtin export B='2'",
        "builtin export DEVENV_ENVIRONMENT='/t:/u'",
        "builtin export Z='1'",
        "builtin unset -v C",
        "builtin unset -v Y",
        "_devenv_put_in_front PATH '/t/bin'",
        "_devenv_put_behind PATH '/z'",
    ]


def test_the_start_files_are_whole_shell_text() -> None:
    environment = Environment(
        trees=("/t",), prepend={"PATH": ("/t/bin",)}, values={"ODD": EVERY_BYTE}
    )
    files = render_start_files(environment, read_template=read_shell_hook)
    assert set(files) == {"start.bash", "start.fish", "zsh/.zshenv", "zsh/.zshrc"}
    for path, text in files.items():
        command = "zsh" if path.startswith("zsh") else path.removeprefix("start.")
        checked = subprocess.run(
            [required(command), "-n"],
            input=text.encode("utf-8", "surrogateescape"),
            capture_output=True,
            check=False,
        )
        assert (checked.returncode, checked.stderr) == (0, b""), path
        assert "@environment@" not in text


@pytest.mark.parametrize("name", ["devenv", "shell.bash"])
def test_shellcheck_finds_nothing(name: str) -> None:
    done = subprocess.run(
        [required("shellcheck"), "-"],
        input=read_shell_hook(name),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""
