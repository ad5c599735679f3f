"""The hook beside whatever users have in their rc files, and in odd places."""

import shlex
from pathlib import Path

import pytest

from tests.fixtures.ad_hoc import Home
from tests.fixtures.hooked import (
    HOOKED,
    HookedProject,
    HookedShell,
    hooked_terminal,
    load_line,
    ours_only,
)
from tests.shells.terminal import Terminal, required

pytestmark = pytest.mark.shell
every_shell = pytest.mark.parametrize("shell", HOOKED)

FALSE_ALIASES = " ".join(
    f"{name}=false"
    for name in ("export", "unset", "local", "builtin", "return", "shopt", "typeset")
)

SETTINGS = {
    "bash none": ("bash", "", ""),
    "bash aliases": ("bash", f"alias {FALSE_ALIASES} cd2=cd", ""),
    "bash functions": (
        "bash",
        (
            "export() { echo mine; }; unset() { echo mine; }; local() { echo mine; }"
            "; source() { echo mine; }; printf2() { :; }; read() { echo mine; }"
        ),
        "unset -f export unset local source read 2>/dev/null; true",
    ),
    "bash nounset": ("bash", "set -u", "set -u"),
    "bash errexit": ("bash", "", "set -e"),
    "bash errexit before": ("bash", "set -e", ""),
    "bash noglob, noclobber, odd IFS": ("bash", "set -f; set -C; IFS=/:x", ""),
    "bash keyword": ("bash", "", "set -k"),
    "bash allexport": ("bash", "set -a", ""),
    "bash posix": ("bash", "", "set -o posix"),
    "bash physical": ("bash", "", "set -P"),
    "bash shopts": (
        "bash",
        "shopt -s nocasematch nullglob extglob localvar_inherit",
        "",
    ),
    "bash failglob": ("bash", "shopt -s failglob", ""),
    "bash PROMPT_COMMAND text": ("bash", "PROMPT_COMMAND='true; false'", ""),
    "bash PROMPT_COMMAND exported": ("bash", "export PROMPT_COMMAND='true'", ""),
    "bash PROMPT_COMMAND array": ("bash", "PROMPT_COMMAND=(true false)", ""),
    "bash PROMPT_COMMAND added": ("bash", "", "PROMPT_COMMAND+='; true'"),
    "bash traps": ("bash", "trap 'true' DEBUG; trap 'true' ERR; set -ET", ""),
    "zsh none": ("zsh", "", ""),
    "zsh aliases": (
        "zsh",
        f"alias {FALSE_ALIASES}; alias -g PATH=OOPS if=OOPS PWD=OOPS",
        "unalias -a",
    ),
    "zsh nounset": ("zsh", "setopt no_unset", ""),
    "zsh errexit": ("zsh", "", "setopt err_exit"),
    "zsh err_return": ("zsh", "setopt err_return", ""),
    "zsh odd options": (
        "zsh",
        (
            "setopt ksh_arrays sh_word_split glob_subst null_glob rc_quotes ksh_typeset"
            " posix_builtins posix_identifiers warn_create_global warn_nested_var"
        ),
        "",
    ),
    "zsh all_export": ("zsh", "setopt all_export", ""),
    "zsh IFS": ("zsh", "IFS=/:x", ""),
    "zsh emulate sh": ("zsh", "", "emulate sh"),
    "zsh unique": ("zsh", "typeset -U path PATH fpath", ""),
    "zsh lists of hooks": (
        "zsh",
        (
            "autoload -Uz add-zsh-hook; one() { false }; add-zsh-hook precmd one;"
            " add-zsh-hook chpwd one"
        ),
        "add-zsh-hook precmd one",
    ),
    "fish none": ("fish", "", ""),
    "fish functions": (
        "fish",
        (
            "function contains; false; end; function pwd; builtin echo mine; end"
            "; function functions; false; end; function math; builtin echo 0; end"
        ),
        "builtin functions -e functions; function source; false; end",
    ),
    "fish handlers": (
        "fish",
        (
            "function mine --on-event fish_prompt; false; end"
            "; function mine2 --on-variable PWD; false; end"
        ),
        "",
    ),
    "fish abbreviations": ("fish", "alias set2 set; alias ll 'ls -l'", ""),
}


@pytest.mark.parametrize(
    ("shell", "before", "after"), SETTINGS.values(), ids=SETTINGS.keys()
)
def test_an_rc_file_changes_nothing(
    user: Home, tmp_path: Path, shell: str, before: str, after: str
) -> None:
    project = HookedProject(user, tmp_path / "a project")
    project.allow(
        values={"FOO": "it's  two\nlines"}, prepend={"PATH": ["/p"]}, unset=["TAKEN"]
    )
    terminal = hooked_terminal(
        user, shell, before=before, after=after, TAKEN="1", OTHER="a  b"
    )
    with terminal:
        hooked = HookedShell(user, shell, terminal)
        outside = hooked.exported()
        for _ in range(2):
            hooked.ask(f"cd {shlex.quote(str(project.folder))}")
            inside = hooked.exported()
            assert inside["FOO"] == "it's  two\nlines"
            assert inside["PATH"] == f"/p:{outside['PATH']}"
            assert "TAKEN" not in inside
            hooked.ask("cd /")
            again = hooked.exported()
            ours = {name for name in again if name.startswith("_devenv")}
            for each in (outside, again):
                for name in {*ours, "PWD", "OLDPWD", "_"}:
                    each.pop(name, None)
            kept = {
                name: value
                for name, value in outside.items()
                if not name.startswith("_devenv")
            }
            assert again == kept


@every_shell
def test_loaded_twice_is_loaded_once(user: Home, tmp_path: Path, shell: str) -> None:
    project = HookedProject(user, tmp_path / "project")
    project.allow(values={"FOO": "1"}, prepend={"PATH": ["/p"]})
    with hooked_terminal(user, shell, after=load_line(user, shell)) as terminal:
        hooked = HookedShell(user, shell, terminal)
        hooked.go(project.folder)
        first = hooked.exported()
        hooked.ask(load_line(user, shell))
        assert hooked.exported() == first
        hooked.go("/")
        assert hooked.value("FOO") is None
        assert hooked.value("PATH") == "/usr/bin:/bin"


@every_shell
@pytest.mark.parametrize("how", ["exec", "login", "no hook between"])
def test_a_shell_that_inherits_is_in_the_project_once(
    user: Home, tmp_path: Path, shell: str, how: str
) -> None:
    project = HookedProject(user, tmp_path / "project")
    project.allow(values={"FOO": "1"}, prepend={"PATH": ["/p"]})
    (user.path / ".bash_profile").write_text(". ~/.bashrc\n")
    with hooked_terminal(user, shell) as terminal:
        hooked = HookedShell(user, shell, terminal)
        hooked.go(project.folder)
        before = hooked.value("PATH")
        next_shell = {
            "exec": f"exec {shell}",
            "login": f"exec {shell} -l",
            "no hook between": f"/bin/sh -c 'exec {shell} -i'",
        }[how]
        terminal.child.sendline(next_shell)
        inside = str(hooked.value("PATH"))
        # The rc files of the machine make PATH anew for a login.
        assert how == "login" or inside == before
        assert inside.startswith("/p:")
        assert inside.count("/p:") == 1
        assert hooked.value("FOO") == "1"
        hooked.go("/")
        assert hooked.value("PATH") == inside.removeprefix("/p:")
        assert hooked.value("FOO") is None


@every_shell
def test_an_older_terminal_multiplexer_does_no_harm(
    user: Home, tmp_path: Path, shell: str
) -> None:
    """What a server of long ago hands down: variables of a project that changed."""
    project = HookedProject(user, tmp_path / "project")
    project.allow(values={"FOO": "old"}, prepend={"PATH": ["/old"]})
    with hooked_terminal(user, shell, cwd=project.folder) as terminal:
        inherited = HookedShell(user, shell, terminal).exported()
    project.allow(values={"FOO": "new"}, prepend={"PATH": ["/new"]})
    inherited["PATH"] = f"/mine:{inherited['PATH']}"
    program = required(shell)
    with Terminal([program, "-i"], inherited, project.folder) as terminal:
        hooked = HookedShell(user, shell, terminal)
        assert hooked.value("FOO") == "new"
        assert hooked.value("PATH") == "/new:/mine:/usr/bin:/bin"
        hooked.go("/")
        assert hooked.value("PATH") == "/mine:/usr/bin:/bin"


def test_bash_keeps_the_status_and_the_pipe_for_other_prompts(
    user: Home, tmp_path: Path
) -> None:
    project = HookedProject(user, tmp_path / "project")
    project.allow(values={"FOO": "1"})
    theirs = 'starship() { seen="$? ${PIPESTATUS[*]}"; }; PROMPT_COMMAND=starship'
    with hooked_terminal(user, "bash", before=theirs) as terminal:
        terminal.child.sendline(f"cd {project.folder}; true | (exit 3) | (exit 4)")
        assert terminal.ask("echo $seen") == "4 0 3 4\n"


def test_zsh_keeps_the_status_and_the_pipe_for_other_prompts(
    user: Home, tmp_path: Path
) -> None:
    project = HookedProject(user, tmp_path / "project")
    project.allow(values={"FOO": "1"})
    theirs = 'starship() { seen="$? $pipestatus" }; precmd_functions=(starship)'
    with hooked_terminal(user, "zsh", before=theirs) as terminal:
        terminal.child.sendline(f"cd {project.folder}; true | (exit 3) | (exit 4)")
        assert terminal.ask("echo $seen") == "4 0 3 4\n"


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_traps_and_options_are_the_users(
    user: Home, tmp_path: Path, shell: str
) -> None:
    project = HookedProject(user, tmp_path / "project")
    project.allow(values={"FOO": "1"})
    with hooked_terminal(user, shell, after="trap 'echo caught' INT") as terminal:
        hooked = HookedShell(user, shell, terminal)
        show = "trap; set +o; echo $-" if shell == "bash" else "trap; setopt; echo $-"
        before = hooked.ask(show)
        hooked.go(project.folder)
        hooked.go("/")
        assert hooked.ask(show) == before
        assert "caught" in before


INTERRUPTED = {
    "bash": 'eval "real_$(declare -f {name})"; {name}() {{ if [ -z $stopped ]; then'
    ' stopped=1; kill -INT $$; return 1; fi; real_{name} "$@"; }}; stopped=',
    "zsh": "functions -c {name} real_{name}; {name}() {{ if [ -z $stopped ]; then"
    ' stopped=1; kill -INT $$; return 1; fi; real_{name} "$@"; }}; stopped=',
    "fish": "functions -c {name} real_{name}; functions -e {name}; function {name};"
    " if test -z $stopped; set -g stopped 1; kill -INT $fish_pid; return 1; end;"
    " real_{name} $argv; end; set -g stopped",
}
"""Puts something in the place of a function that is interrupted once, as by ^C."""


@every_shell
@pytest.mark.parametrize(
    "name", ["_devenv_note", "_devenv_set_lists", "_devenv_put_back", "_devenv_start"]
)
def test_what_is_interrupted_is_completed_or_taken_back(
    user: Home, tmp_path: Path, shell: str, name: str
) -> None:
    project = HookedProject(user, tmp_path / "project")
    values = {f"V{number}": "x" for number in range(20)}
    project.allow(values=values, prepend={"PATH": ["/p"], "MANPATH": ["/m"]})
    with hooked_terminal(user, shell, V3="old", V4="") as terminal:
        hooked = HookedShell(user, shell, terminal)
        before = ours_only(hooked.exported())
        terminal.child.sendline(INTERRUPTED[shell].format(name=name))
        # What an interruption ends is the whole line.
        terminal.child.sendline(f"cd {project.folder}")
        hooked.said()
        inside = hooked.exported()
        assert {each: inside[each] for each in values} == values
        assert inside["PATH"] == f"/p:{before['PATH']}"
        assert inside["MANPATH"] == "/m"
        terminal.child.sendline("cd /")
        hooked.said()
        assert hooked.ask("echo $stopped") == "1\n"
        assert ours_only(hooked.exported()) == before
