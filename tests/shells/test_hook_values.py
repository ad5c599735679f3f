"""Activation files: every value arrives, no part of a file does anything."""

import random
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from devenv.errors import FormatError
from devenv.model.activation import Activation
from devenv.model.environment import Environment
from devenv.model.spec import ShellText
from devenv.operations.activation_state import activation_folder
from devenv.operations.write_activation import write_activation
from devenv.shells.activation import HOOK_SHELLS, render_activation
from tests.fixtures.ad_hoc import Home
from tests.fixtures.hooked import (
    HOOKED,
    PLAIN,
    HookedProject,
    hook_file,
    ours_only,
    quoted,
    read_exported,
)
from tests.shells.terminal import required

pytestmark = pytest.mark.shell
every_shell = pytest.mark.parametrize("shell", HOOKED)

PROMPT = "_devenv_prompt"
SEED = 20261126


def run(
    user: Home, shell: str, script: str, cwd: Path, **env: str
) -> subprocess.CompletedProcess[str]:
    """Run a script in a shell that has loaded the hook; the prompt is a command."""
    load = f"source {quoted(shell, hook_file(user, shell))}"
    return subprocess.run(
        [required(shell), *PLAIN[shell], "-c", f"{load}\n{script}"],
        env={**user.env, **env},
        cwd=cwd,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        check=False,
    )


def exported_inside(
    user: Home, shell: str, project: HookedProject, **env: str
) -> dict[str, str]:
    file = user.path / f"inside.{shell}"
    script = f"{PROMPT}; /usr/bin/env -0 >{quoted(shell, file)}"
    done = run(user, shell, script, project.folder, **env)
    assert (done.returncode, done.stderr) == (0, "")
    return read_exported(file)


PIECES = (
    *(chr(0xDC00 + byte) if byte > 0x7F else chr(byte) for byte in range(1, 256)),
    *("'", '"', "\\", "\n", "''", "\\'", "$(id)", "`id`", "${HOME}", "$HOME", "!!"),
    *("é", "♀♂", "\u202e", "\U0001f600", "\r\n", "\n\n", " ", "~", "*", "{a,b}", ";"),
    *("#", "&&", "%s", "-n", "--", "\x1b[31m", "end\n", "}\n", "(", ")", "=", ":"),
)


def made_values(count: int) -> dict[str, str]:
    chance = random.Random(SEED)  # noqa: S311 - the same each time
    values = {f"V{n}": piece for n, piece in enumerate(PIECES)}
    while len(values) < count:
        pieces = chance.choices(PIECES, k=chance.randint(0, 12))
        values[f"V{len(values)}"] = "".join(pieces)
    return values


@every_shell
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_two_thousand_values_arrive_and_go(
    user: Home, tmp_path: Path, shell: str, locale: str
) -> None:
    project = HookedProject(user, tmp_path / "project")
    values = made_values(2000)
    project.allow(values=values)
    inside, outside = user.path / "inside", user.path / "outside"
    script = (
        f"{PROMPT}; /usr/bin/env -0 >{inside}; cd /; {PROMPT};"
        f" /usr/bin/env -0 >{outside}"
    )
    done = run(user, shell, script, project.folder, LC_ALL=locale)
    assert (done.returncode, done.stderr) == (0, "")
    found = read_exported(inside)
    wrong = {name for name, value in values.items() if found.get(name) != _read(value)}
    assert wrong == set()
    assert not {*values} & read_exported(outside).keys()


def _read(value: str) -> str:
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")


@every_shell
def test_values_are_exact_where_others_were_before(
    user: Home, tmp_path: Path, shell: str
) -> None:
    project = HookedProject(user, tmp_path / "project")
    values = made_values(400)
    project.allow(values=values)
    before = {name: f"{value}|old" for name, value in values.items()}
    file = user.path / "outside"
    script = f"{PROMPT}; cd /; {PROMPT}; /usr/bin/env -0 >{file}"
    # In the C locale, fish itself makes others of the bytes that it inherits.
    done = run(user, shell, script, project.folder, LC_ALL="C.UTF-8", **before)
    assert (done.returncode, done.stderr) == (0, "")
    found = read_exported(file)
    assert {name: found[name] for name in values} == {
        name: _read(value) for name, value in before.items()
    }


@every_shell
def test_entries_of_lists_arrive(user: Home, tmp_path: Path, shell: str) -> None:
    project = HookedProject(user, tmp_path / "project")
    entries = ["/a b", "/it's", "/$(id)", "/two\nlines\n", "/\udcff", "/é", "/*", "/~"]
    project.allow(
        prepend={"PATH": entries, "LISTED": entries}, append={"PATH": ["/end\n"]}
    )
    inside = exported_inside(user, shell, project, LISTED="/was")
    front = ":".join(map(_read, entries))
    assert inside["PATH"] == f"{front}:/usr/bin:/bin:/end\n"
    assert inside["LISTED"] == f"{front}:/was"


@every_shell
def test_every_truncation_changes_nothing(
    user: Home, tmp_path: Path, shell: str
) -> None:
    project = HookedProject(user, tmp_path / "project")
    text = ShellText(enter="export ENTERED=1; touch hijacked", leave="touch hijacked")
    project.allow(
        values={"FOO": "it's\n}\nend\n$(touch hijacked)"},
        prepend={"PATH": ["/p"]},
        unset=["TAKEN"],
        aliases={"ll": "touch hijacked"},
        texts={"": text},
    )
    folder = activation_folder(user.state, project.activation.project)
    file = folder / (folder / f"current.{shell}").readlink()
    whole = file.read_bytes()
    parts = tmp_path / "parts"
    parts.mkdir()
    # Only the newline at the very end may be missing.
    for length in range(len(whole) - 1):
        (parts / f"{length:06}").write_bytes(whole[:length])
    link = quoted(shell, folder / f"current.{shell}")
    swap = f"/bin/ln -sfn $part {link}; {PROMPT} 2>/dev/null; {CHECKS[shell]}"
    # Each is read; some all the way through the hook.
    script = f"{LOOPS[shell](f'{parts}/*', READS[shell])}\n" + LOOPS[shell](
        f"{parts}/*[05]0", swap
    )
    done = run(user, shell, script, project.folder, TAKEN="yes")
    assert (done.returncode, done.stdout) == (0, "")
    assert not (project.folder / "hijacked").exists()
    (folder / f"current.{shell}").unlink()
    (folder / f"current.{shell}").symlink_to(file.name)
    assert exported_inside(user, shell, project)["FOO"].startswith("it's")


def _posix_loop(pattern: str, body: str) -> str:
    return f"for part in {pattern}; do {body}; done"


def _fish_loop(pattern: str, body: str) -> str:
    either = pattern.replace("[05]0", "00") + " " + pattern.replace("[05]0", "50")
    return f"for part in {either}; {body}; end"


LOOPS = {"bash": _posix_loop, "zsh": _posix_loop, "fish": _fish_loop}
_CHECK = '[ "${FOO-}$TAKEN$PATH" = yes/usr/bin:/bin ] || echo $part'
CHECKS = {
    "bash": _CHECK,
    "zsh": _CHECK,
    "fish": 'test "$FOO$TAKEN$PATH" = yes/usr/bin:/bin; or echo $part',
}
_READ = "source $part 2>/dev/null; [ -z ${_devenv_new_project+x} ] || echo $part"
READS = {
    "bash": _READ,
    "zsh": _READ,
    "fish": "source $part 2>/dev/null; set -q _devenv_new_project; and echo $part",
}

REFUSED = (
    *("BASH_ENV", "ENV", "ZDOTDIR", "PROMPT_COMMAND", "PS0", "PS1", "PS2", "PS4"),
    *("PROMPT", "RPROMPT", "PROMPT4", "SHELLOPTS", "BASHOPTS", "BASH_FUNC_x"),
    *("BASH_LOADABLES_PATH", "BASH_XTRACEFD", "IFS", "GLOBIGNORE", "EXECIGNORE"),
    *("FIGNORE", "HISTFILE", "HISTCONTROL", "READNULLCMD", "NULLCMD", "TMOUT"),
    *("FCEDIT", "KEYTIMEOUT", "PWD", "OLDPWD", "SHLVL", "HOME", "USER", "LOGNAME"),
    *("SHELL", "TERM", "_", "UID", "EUID", "GID", "EGID", "PPID", "DEVENV_STORE_DIR"),
    *("DEVENV_CEILING", "SSH_AUTH_SOCK", "SSH_ASKPASS", "GIT_ASKPASS", "SUDO_UID"),
    *("XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "RANDOM", "SECONDS"),
    *("LINENO", "HISTCMD", "COLUMNS", "LINES", "OPTIND", "status", "argv", "path"),
    *("cdpath", "fpath", "manpath", "module_path", "pipestatus", "TTYIDLE", "ERRNO"),
    *("HISTSIZE", "SAVEHIST", "ARGC", "signals", "options", "commands", "functions"),
    *("aliases", "parameters", "history", "MAILCHECK", "BASH_VERSINFO", "FUNCNAME"),
    *("GROUPS", "DIRSTACK", "BASH_ALIASES", "BASH_CMDS", "umask", "fish_pid"),
    *("fish_kill_signal", "hostname", "version"),
)
NO_NAMES = [
    "",
    "a b",
    "a-b",
    "1A",
    "A=B",
    "é",
    "A\n",
    "$(id)",
    "A" * 257,
    "A;id",
    "a.b",
]
HOW: Mapping[str, object] = {
    "values": lambda name: {"values": {name: "1"}},
    "prepend": lambda name: {"prepend": {name: ("/x",)}},
    "append": lambda name: {"append": {name: ("/x",)}},
    "unset": lambda name: {"unset": (name,)},
}


def activation(**parts: object) -> Activation:
    empty = Environment(trees=(), prepend={}, values={})
    environment = replace(empty, **parts)  # type: ignore[arg-type]
    return Activation(project="/p", environment=environment)


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("name", [*REFUSED, *NO_NAMES])
def test_a_name_that_no_project_may_set_reaches_no_shell(how: str, name: str) -> None:
    make = HOW[how]
    assert callable(make)
    with pytest.raises(FormatError):
        render_activation(activation(**make(name)), "/state")


@pytest.mark.parametrize("shell", HOOK_SHELLS)
def test_names_that_only_one_shell_treats_in_a_special_way_are_refused_for_all(
    shell: str,
) -> None:
    rendered = render_activation(activation(values={"FINE": "1"}), "/state")
    assert "FINE" in rendered.files[shell]


WRONG: Mapping[str, Activation] = {
    "a value with NUL": activation(values={"A": "a\0b"}),
    "an entry with a colon": activation(prepend={"A": ("/a:/b",)}),
    "an empty entry": activation(append={"A": ("",)}),
    "a managed list that is set": activation(values={"PATH": "/x"}),
    "a managed list that is taken away": activation(unset=("MANPATH",)),
    "an alias that is no word": replace(activation(), aliases={"a b": "x"}),
    "an alias of code": replace(activation(), aliases={"a;id": "x"}),
    "an option for an alias": replace(activation(), aliases={"-g": "x"}),
    "a project that is relative": replace(activation(), project="p"),
    "a text with NUL": replace(activation(), texts={"": ShellText(enter="\0")}),
    "an outer variable that is no name": replace(activation(), outer={"a b": None}),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_what_no_shell_can_hold_is_refused(wrong: Activation, user: Home) -> None:
    with pytest.raises(FormatError):
        write_activation(user.state, wrong)
    assert not activation_folder(user.state, "/p").exists()


@every_shell
def test_readonly_variables_and_arrays_are_left_alone_with_a_word(
    user: Home, tmp_path: Path, shell: str
) -> None:
    if shell == "fish":
        pytest.skip("fish has no readonly variables of the user's")
    project = HookedProject(user, tmp_path / "project")
    project.allow(
        values={"FIXED": "ours", "ARRAY": "ours", "FREE": "ours"},
        prepend={"FIXED_LIST": ["/x"]},
        unset=["FIXED_TOO"],
    )
    show = 'echo "$FIXED $FIXED_LIST $FIXED_TOO ${ARRAY[1]} ${FREE-none}"'
    script = (
        "readonly FIXED=1 FIXED_LIST=2 FIXED_TOO=3; ARRAY=(4 4 4);"
        f"{PROMPT}; {show}; cd /; {PROMPT}; {show}"
    )
    done = run(user, shell, script, project.folder)
    assert done.stdout == "1 2 3 4 ours\n1 2 3 4 none\n"
    line = "devenv: readonly or arrays here, and left as they are:"
    assert done.stderr.startswith(line)
    assert {*done.stderr.removeprefix(line).split()} == {
        *("FIXED", "FIXED_LIST", "FIXED_TOO", "ARRAY")
    }


@every_shell
def test_attributes_of_variables_are_kept(
    user: Home, tmp_path: Path, shell: str
) -> None:
    if shell == "fish":
        pytest.skip("fish has none")
    project = HookedProject(user, tmp_path / "project")
    project.allow(values={"NUMBER": "5+1", "UPPER": "loud"}, prepend={"PATH": ["/bin"]})
    unique = "typeset -U path PATH;" if shell == "zsh" else ""
    show = 'echo "$NUMBER $UPPER $PATH"'
    script = (
        f"typeset -i NUMBER=3; typeset -u UPPER=was; {unique}"
        f"{PROMPT}; {show}; cd /; {PROMPT}; {show}; NUMBER=2+2; {show}"
    )
    done = run(user, shell, script, project.folder)
    inside = "/bin:/usr/bin" if unique else "/bin:/usr/bin:/bin"
    assert done.stdout == (
        f"6 LOUD {inside}\n3 WAS /usr/bin:/bin\n4 WAS /usr/bin:/bin\n"
    )


@every_shell
def test_nothing_is_left_in_the_shell_but_names_of_ours(
    user: Home, tmp_path: Path, shell: str
) -> None:
    project = HookedProject(user, tmp_path / "project")
    project.allow(values={"FOO": "1"}, prepend={"PATH": ["/p"]}, aliases={"ll": "ls"})
    names = {
        "bash": "compgen -v; compgen -A function; compgen -a",
        "zsh": "print -l ${(k)parameters} ${(k)functions} ${(k)aliases}",
        "fish": "set -n; functions -an",
    }[shell]
    plain = subprocess.run(
        [required(shell), *PLAIN[shell], "-c", names.replace("; ", "\n")],
        env=user.env,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    known = {*plain.replace(", ", "\n").split("\n")}
    script = f"{PROMPT}; cd /; {PROMPT}\n{names}"
    done = run(user, shell, script, project.folder)
    found = {*done.stdout.replace(", ", "\n").split("\n")} - known
    others = {name for name in found if not name.startswith("_devenv")}
    # Where hooks are listed, and what shells set themselves where a folder is left.
    assert others <= {
        *("", "devenv", "PROMPT_COMMAND", "precmd_functions", "chpwd_functions"),
        *("OLDPWD", "dirprev", "dirnext", "__fish_cd_direction", "PIPESTATUS"),
    }


@every_shell
def test_exports_are_as_before_after_a_second_of_projects(
    user: Home, tmp_path: Path, shell: str
) -> None:
    for name in ("one", "two"):
        project = HookedProject(user, tmp_path / name)
        project.allow(
            values={"BOTH": name, name.upper(): "1"},
            prepend={"PATH": [f"/{name}"], "BOTH_LIST": [f"/{name}"]},
            unset=["TAKEN"],
        )
    tour = "; ".join(
        f"cd {tmp_path}/{name}; {PROMPT}" for name in ("one", "two", "one") * 10
    )
    before, after = user.path / "before", user.path / "after"
    script = (
        f"/usr/bin/env -0 >{before}; {tour}; cd /; {PROMPT}; /usr/bin/env -0 >{after}"
    )
    done = run(user, shell, script, tmp_path, TAKEN="old", BOTH="was", BOTH_LIST="/l")
    assert (done.returncode, done.stderr) == (0, "")
    assert ours_only(read_exported(after)) == ours_only(read_exported(before))


@every_shell
def test_a_locale_that_is_not_here_is_not_complained_of(
    user: Home, tmp_path: Path, shell: str
) -> None:
    project = HookedProject(user, tmp_path / "project")
    project.allow(values={"FOO": "1"})
    script = f"{PROMPT}; /usr/bin/printenv FOO"
    plain = run(user, shell, "", project.folder, LC_ALL="xx_YY")
    done = run(user, shell, script, project.folder, LC_ALL="xx_YY")
    assert (done.stdout, done.stderr) == ("1\n", plain.stderr)
