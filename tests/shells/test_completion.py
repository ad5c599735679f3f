"""Tab, pressed in real shells that loaded what `devenv hook` adds for completion."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from devenv.host.hook_text import HOOK_LINES, render_completion
from devenv.operations.package_names import keep_names
from devenv.store.generations import project_digest
from tests.fixtures.ad_hoc import CHECKOUT, Home
from tests.fixtures.hooked import HOOKED, RC_FILES
from tests.shells.terminal import Terminal, required

HOOKS = CHECKOUT / "shell-hooks"
NAMES = ("hello", "librsvg2-dev", "libxml2-dev", "python3-yaml", "r-base", "ripgrep")
SPEC = """\
packages = ["ripgrep", "sid:hello@2", # "left-out"
  "jq"]
[inputs.elsewhere]
[inputs]
other = { apt = "x" }
"""
LOCK = """\
[x86_64-linux.packages.debian.libpcre2-8-0]
[x86_64-linux.packages.debian."g++"]
"""
EVIL = ("$(touch pwned)", "`touch pwned`", "a b;touch pwned", "'\";touch pwned", "a\nb")
SHELLS = (*HOOKED, "bash with bash-completion")
COMPLAINT = re.compile(r"no such|not found|cannot|error|denied", re.IGNORECASE)
COMPLETED = [
    ("a command", "sh", "shell"),
    ("a command below another", "store ver", "store verify"),
    ("a command to be helped with", "help outd", "help outdated"),
    ("a flag", "list --sys", "list --system"),
    ("a flag's value", "list --system aar", "list --system aarch64-linux"),
    ("a value in one word", "list --system=aar", "list --system=aarch64-linux"),
    ("a format", "env --format git", "env --format github"),
    ("a shell", "hook zs", "hook zsh"),
    ("a package", "add ripg", "add ripgrep"),
    ("a second package", "add --offline hello ripg", "add --offline hello ripgrep"),
    ("a package of an input", "add bookworm:ripg", "add bookworm:ripgrep"),
    ("a package of the project's input", "add other:own", "add other:own-thing"),
    ("a library", "add librs", "add librsvg2-dev"),
    ("a library by few letters", "add libr", "add librsvg2-dev"),
    ("a package to run", "run ripg", "run ripgrep"),
    ("a program to run", "run javac", "run javac"),
    ("a package of an option", "shell -p ripg", "shell -p ripgrep"),
    ("a command with packages", "run -p jq -- zzpro", "run -p jq -- zzprogram"),
    ("a command of the project", "exec zzpro", "exec zzprogram"),
    ("a template", "init py", "init python"),
    ("a template of the user's", "template show mine-", "template show mine-own"),
    ("a generation", "rollback 1", "rollback 17"),
    ("an input", "search --input elsew", "search --input elsewhere"),
    ("a package that was asked for", "remove rip", "remove ripgrep"),
    ("a requirement with a colon", "remove sid:", "remove sid:hello@2"),
    ("an input to update", "update els", "update elsewhere"),
    ("a locked package", "why libp", "why libpcre2-8-0"),
    ("a locked package with signs", "tree g", "tree g++"),
    ("a folder", "allow some-f", "allow some-folder/"),
    ("a folder of an option", "check --project some-f", "check --project some-folder/"),
    ("a file", "store import arch", "store import archive.file"),
]


@pytest.fixture
def desk(user: Home) -> Path:
    """Return a project's folder; its user has names of packages, and a command."""
    folder = user.path / "project"
    (folder / "some-folder").mkdir(parents=True)
    (folder / "archive.file").touch()
    (folder / "devenv.toml").write_text(SPEC)
    (folder / "devenv.lock.toml").write_text(LOCK)
    cache = user.path / ".cache/devenv"
    for name, digest in (("debian", "d"), ("bookworm", "d"), ("other", "o")):
        names = NAMES if digest == "d" else ("own-thing",)
        keep_names(cache, input_name=name, digest=digest, names=lambda n=names: n)  # type: ignore[misc]
    generations = user.state / "generations" / project_digest(str(folder.resolve()))
    generations.mkdir(parents=True)
    for file in ("17.json", "17.lock.toml", "current.json", "4.json"):
        (generations / file).touch()
    add_template(user, "mine-own")
    for name, text in (
        ("zzprogram", ""),
        ("devenv", 'for each do printf "%s\\n" "$each"; done >asked; echo asked-for'),
    ):
        program = user.path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{text}\n")
        program.chmod(0o755)
    return folder


def add_template(user: Home, name: str) -> None:
    folder = user.path / ".config/devenv/templates" / name
    folder.mkdir(parents=True)
    (folder / "template.toml").touch()


def bash_completion() -> Path:
    """Return the file of the package bash-completion; skip without it."""
    file = Path("/usr/share/bash-completion/bash_completion")
    if not file.is_file():
        pytest.skip("bash-completion is not on this machine")
    return file


def start_lines(shell: str) -> tuple[str, str]:
    """Return the shell's program, and its rc file."""
    program = shell.split(maxsplit=1)[0]
    text = render_completion(program)
    if program == "zsh":
        # As those do it who call compinit in ~/.zshrc, before or after.
        return program, f"autoload -Uz compinit\ncompinit -u\n{text}"
    if shell != program:
        return program, f". {bash_completion()}\n{text}"
    return program, text


def terminal_of(user: Home, shell: str, cwd: Path) -> Terminal:
    program, text = start_lines(shell)
    file = user.path / RC_FILES[program]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    path = f"{user.path}/bin:/usr/bin:/bin"
    env = {**user.env, "LANG": "C.UTF-8", "PATH": path}
    return Terminal([required(program), "-i"], env, cwd)


def press_tab(terminal: Terminal, folder: Path, line: str) -> list[str]:
    """Type a line, Tab and Return; return the words that the command is given."""
    asked = folder / "asked"
    asked.unlink(missing_ok=True)
    terminal.ask("true")
    terminal.child.send(f"devenv {line}\t")
    terminal.child.send("\r")
    terminal.child.expect("asked-for\r")
    return asked.read_text().splitlines()


@pytest.mark.parametrize("shell", SHELLS)
def test_tab_completes(user: Home, desk: Path, shell: str) -> None:
    wrong = []
    with terminal_of(user, shell, desk) as terminal:
        for what, typed, expected in COMPLETED:
            words = press_tab(terminal, desk, typed)
            # zsh takes the slash off a folder once the word is over.
            if [word.rstrip("/") for word in words] != expected.rstrip("/").split():
                wrong.append((what, typed, words))
    assert wrong == []


@pytest.mark.parametrize("shell", SHELLS)
def test_what_is_hostile_is_never_run(user: Home, desk: Path, shell: str) -> None:
    for name in EVIL:
        add_template(user, name)
    names = user.path / ".cache/devenv/names/debian/e"
    names.write_text("evil$(touch pwned)\nevil`touch pwned`\nevil;touch pwned\n")
    spec = 'packages = ["$(touch pwned)", "x"]\n[inputs]\n"$(touch pwned)" = 1\n'
    (desk / "devenv.toml").write_text(spec)
    with terminal_of(user, shell, desk) as terminal:
        assert press_tab(terminal, desk, "init '$(touch pwned)'")[1:]
        for typed in ("init \\$", "init \\`", "init a", "add evil", "remove ", "init "):
            terminal.ask("true")
            terminal.child.send(f"devenv {typed}\t\t")
            # The line is taken back: an interruption would flush what comes next.
            terminal.child.send("\x15")
        terminal.ask("true")
        words = press_tab(terminal, desk, "add evil\\;")
    assert not list(user.path.rglob("pwned")), words


@pytest.mark.parametrize("shell", SHELLS)
def test_several_are_shown(user: Home, desk: Path, shell: str) -> None:
    with terminal_of(user, shell, desk) as terminal:
        terminal.ask("true")
        terminal.child.send("devenv rollback \t\t")
        # On a plain terminal fish puts one after the other into the line.
        terminal.child.expect("rollback 4" if shell == "fish" else r"17\D")
        terminal.child.send("\x03")


@pytest.mark.parametrize("shell", HOOKED)
def test_without_a_cache_and_outside_of_a_project_nothing_is_said(
    user: Home, desk: Path, shell: str
) -> None:
    shutil.rmtree(user.path / ".cache")
    (desk / "devenv.toml").unlink()
    with terminal_of(user, shell, desk) as terminal:
        for typed in ("add ripg", "add sid:x", "remove x", "rollback x", "why x"):
            assert press_tab(terminal, desk, typed) == typed.split()
            # The prompt, the line, and no complaint.
            shown = terminal.child.before or ""
            assert not COMPLAINT.search(shown), shown


def test_zsh_finds_it_when_compinit_comes_later(user: Home, desk: Path) -> None:
    terminal = terminal_of(user, "zsh", desk)
    rc_file = user.path / RC_FILES["zsh"]
    rc_file.write_text(
        f"{render_completion('zsh')}\nautoload -Uz compinit\ncompinit -u\n"
    )
    with terminal:
        assert press_tab(terminal, desk, "add ripg") == ["add", "ripgrep"]


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_options_of_the_user_change_nothing(user: Home, desk: Path, shell: str) -> None:
    options = {
        "bash": "set -u; shopt -s failglob nocasematch; IFS=:; alias builtin=false",
        "zsh": "setopt ksh_arrays sh_word_split no_unset no_nomatch; IFS=:",
    }[shell]
    terminal = terminal_of(user, shell, desk)
    with (user.path / RC_FILES[shell]).open("a") as rc_file:
        rc_file.write(f"{options}\n")
    with terminal:
        assert press_tab(terminal, desk, "add ripg") == ["add", "ripgrep"]
        assert press_tab(terminal, desk, "add other:o") == ["add", "other:own-thing"]


@pytest.mark.parametrize(
    ("tool", "file"),
    [
        (["zsh", "-n"], "zsh-functions/_devenv"),
        (["zsh", "-n"], "completion-start.zsh"),
        (["fish", "--no-execute"], "completion.fish"),
        (["fish", "--no-execute"], "completion-start.fish"),
        (["shellcheck"], "completion.bash"),
        (["shellcheck"], "completion-start.bash"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_the_scripts_are_read_without_a_complaint(tool: list[str], file: str) -> None:
    done = subprocess.run(
        [required(tool[0]), *tool[1:], str(HOOKS / file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("shell", HOOKED)
def test_the_hook_brings_it(user: Home, desk: Path, shell: str) -> None:
    terminal = terminal_of(user, shell, desk)
    line = HOOK_LINES[shell].replace("devenv", str(CHECKOUT / "shell-hooks/devenv"))
    before = "autoload -Uz compinit\ncompinit -u\n" if shell == "zsh" else ""
    (user.path / RC_FILES[shell]).write_text(f"{before}{line}\n")
    with terminal:
        terminal.ask("true")
        # Then to the start of the line, for another command. Behind its echo comes a
        # newline, and perhaps a sequence that ends with an l.
        terminal.child.send("devenv add ripg\t\x01echo shown \r")
        terminal.child.expect(r"[\nl]\r?shown devenv add ripgrep")
