"""`devenv shell`: the user's own shell, whatever its rc files do.

Each case runs twice: through the launcher with a record, and as Python plans it.
"""

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from devenv.operations.start_files import write_start_files
from devenv.shells.start import plan_shell
from tests.fixtures.ad_hoc import Home
from tests.shells.terminal import Terminal, required

pytestmark = pytest.mark.shell

SHELLS = ("bash", "zsh", "fish")
RC_FILES = {"bash": ".bashrc", "zsh": ".zshrc", "fish": ".config/fish/config.fish"}
BIN = "/usr/bin:/bin"

Opener = Callable[..., Terminal]


def write_rc(user: Home, path: str, text: str) -> None:
    (user.path / path).parent.mkdir(parents=True, exist_ok=True)
    (user.path / path).write_text(text, encoding="utf-8")


def by_launcher(user: Home, shell: str, **more: str) -> Terminal:
    user.remember_packages("hello")
    env = user.env | {"SHELL": required(shell)} | more
    return Terminal([str(user.launcher), "shell", "-p", "hello"], env, user.path)


def by_plan(user: Home, shell: str, **more: str) -> Terminal:
    start = plan_shell(
        shell,
        user.environment,
        program=required(shell),
        ambient=user.env | {"SHELL": required(shell)} | more,
        directory=str(write_start_files(user.state, user.environment)),
    )
    return Terminal(start.argv, start.env, user.path)


@pytest.fixture(params=[by_launcher, by_plan], ids=["launcher", "plan"])
def opened(request: pytest.FixtureRequest) -> Opener:
    opener: Opener = request.param
    return opener


def is_in_front(user: Home, terminal: Terminal) -> bool:
    search_path = terminal.value("PATH")
    front = ":".join(user.environment.prepend["PATH"])
    assert search_path.startswith(f"{front}:"), search_path
    assert search_path.count(str(user.programs)) == 1, search_path
    return "from-the-tree" in terminal.ask("hello")


HARMLESS_OR_NOT = {
    "none": ("bash", ""),
    "resets-path": ("bash", f"PATH={BIN}\n"),
    "prepends": ("bash", 'export PATH="/opt/mine/bin:$PATH"\n'),
    "nounset": ("bash", "set -u\n"),
    "errexit-free": ("bash", "set -o noclobber; set -f; IFS=/\n"),
    "nocasematch": ("bash", "shopt -s nocasematch nullglob failglob extglob\n"),
    "aliases": (
        "bash",
        "alias export=false cd=false unset=false builtin_=x local=false set=false\n",
    ),
    "functions": ("bash", "export() { echo mine; }; cd() { echo mine; }\n"),
    "returns": ("bash", "return 7\n"),
    "debug-trap": ("bash", "trap ':' DEBUG\n"),
    "prompt-command": ("bash", "PROMPT_COMMAND='true; false'\n"),
    "zsh-resets-path": ("zsh", "path=(/usr/bin /bin)\n"),
    "zsh-prepends": ("zsh", "path=(/opt/mine/bin $path)\n"),
    "zsh-unique": ("zsh", "typeset -U path PATH\npath=(/usr/bin /bin $path)\n"),
    "zsh-nounset": ("zsh", "setopt no_unset\n"),
    "zsh-odd-options": (
        "zsh",
        """setopt ksh_arrays sh_word_split glob_subst null_glob rc_quotes
        setopt posix_builtins ksh_typeset posix_identifiers all_export\n""",
    ),
    "zsh-aliases": (
        "zsh",
        "alias export=false cd=false source=false\nalias -g PATH=OOPS if=OOPS\n",
    ),
    "zsh-functions": ("zsh", "export() { echo mine }; cd() { echo mine }\n"),
    "zsh-precmd": ("zsh", "precmd_functions=()\n"),
    "zsh-returns": ("zsh", "return 7\n"),
    "fish-resets-path": ("fish", "set -gx PATH /usr/bin /bin\n"),
    "fish-prepends": ("fish", "set -gx PATH /opt/mine/bin $PATH\n"),
    "fish-add-path": ("fish", "fish_add_path --move /usr/sbin\n"),
    "fish-add-path-global": ("fish", "fish_add_path --global --path /usr/sbin\n"),
    "fish-aliases": ("fish", "alias export false; alias cd false; alias test false\n"),
}


@pytest.mark.parametrize(
    ("shell", "text"), HARMLESS_OR_NOT.values(), ids=HARMLESS_OR_NOT.keys()
)
def test_the_environment_is_in_front_after_the_users_own_rc_file(
    user: Home, opened: Opener, shell: str, text: str
) -> None:
    marked = "set -gx RC_WAS_READ yes\n" if shell == "fish" else "RC_WAS_READ=yes\n"
    write_rc(user, RC_FILES[shell], marked + text)
    with opened(user, shell) as terminal:
        assert is_in_front(user, terminal)
        assert "yes" in terminal.ask("echo $RC_WAS_READ")
        assert terminal.leave(7) == 7


@pytest.mark.parametrize("shell", SHELLS)
def test_every_value_arrives_byte_by_byte(
    user: Home, opened: Opener, shell: str
) -> None:
    value = "'\"`$(id)\\ \\' $x !! é \udcff\x01\x7f\n\tline two\n"
    user.values["ODD"] = value
    target = user.path / "seen"
    with opened(user, shell) as terminal:
        terminal.ask(f"/usr/bin/printenv 'ODD' > {target}")
    assert target.read_bytes() == value.encode("utf-8", "surrogateescape") + b"\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_nothing_but_the_environment_is_exported(
    user: Home, opened: Opener, shell: str
) -> None:
    with opened(user, shell) as terminal:
        names = {
            line.partition("=")[0] for line in terminal.ask("/usr/bin/env").split("\n")
        }
        assert {name for name in names if "devenv" in name.lower()} == {
            "DEVENV_ENVIRONMENT"
        }
        assert "ZDOTDIR" not in names


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_no_function_of_ours_is_left(user: Home, opened: Opener, shell: str) -> None:
    with opened(user, shell) as terminal:
        assert "_devenv" not in terminal.ask("typeset -f; typeset | cut -c1-9")


def test_no_function_of_ours_is_left_in_fish(user: Home, opened: Opener) -> None:
    with opened(user, "fish") as terminal:
        assert "_devenv" not in terminal.ask("functions -a; set -n")


def test_a_zdotdir_that_zshenv_sets_is_the_one_that_counts(
    user: Home, opened: Opener
) -> None:
    write_rc(user, ".zshenv", "export ZDOTDIR=~/dots\nZSHENV=yes\n")
    write_rc(user, "dots/.zshrc", f"PATH={BIN}\nWHERE=dots\n")
    write_rc(user, ".zshrc", "WHERE=home\n")
    with opened(user, "zsh") as terminal:
        assert is_in_front(user, terminal)
        assert "yes dots" in terminal.ask("echo $ZSHENV $WHERE")
        assert terminal.value("ZDOTDIR") == str(user.path / "dots")


def test_a_zdotdir_from_outside_is_given_back(user: Home, opened: Opener) -> None:
    write_rc(user, "my dots/.zshenv", "ZSHENV=yes\n")
    write_rc(user, "my dots/.zshrc", f"PATH={BIN}\nWHERE=$ZDOTDIR\n")
    dots = str(user.path / "my dots")
    with opened(user, "zsh", ZDOTDIR=dots) as terminal:
        assert is_in_front(user, terminal)
        assert f"yes {dots}" in terminal.ask("echo $ZSHENV $WHERE")
        assert terminal.value("ZDOTDIR") == dots


def test_the_history_of_zsh_stays_where_it_was(user: Home, opened: Opener) -> None:
    write_rc(user, ".zshrc", "HISTFILE=${ZDOTDIR:-$HOME}/.zsh_history\n")
    with opened(user, "zsh") as terminal:
        assert f"{user.path}/.zsh_history" in terminal.ask("echo $HISTFILE")


@pytest.mark.parametrize("option", ["rcs", "globalrcs"])
def test_zsh_options_that_stop_rc_files_are_kept(
    user: Home, opened: Opener, option: str
) -> None:
    write_rc(user, ".zshenv", f"unsetopt {option}\nPATH={BIN}\n")
    with opened(user, "zsh") as terminal:
        assert is_in_front(user, terminal)
        answer = terminal.ask(f"[[ -o {option} ]] && echo o''n || echo o''ff")
        assert "off" in answer


def test_a_universal_path_of_fish_stays_behind(user: Home, opened: Opener) -> None:
    with opened(user, "fish") as terminal:
        terminal.ask("fish_add_path --universal /usr/sbin")
    with opened(user, "fish") as terminal:
        assert is_in_front(user, terminal)
        assert "/usr/sbin" in terminal.value("PATH")


@pytest.mark.parametrize("shell", SHELLS)
def test_shells_nest(user: Home, opened: Opener, shell: str) -> None:
    write_rc(user, RC_FILES[shell], "")
    status = "$status" if shell == "fish" else "$?"
    user.remember_packages("hello")
    with opened(user, shell) as terminal:
        terminal.child.sendline(
            f"{user.launcher} shell -p hello; echo left-with-{status}"
        )
        assert is_in_front(user, terminal)
        terminal.child.sendline("exit 4")
        terminal.child.expect_exact("left-with-4")
        assert is_in_front(user, terminal)


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "name", ["a b", "it's", 'say "hi"', "two\nlines", "$(id)", "a:b", "-x", "caf\xe9"]
)
def test_a_home_of_any_name_will_do(tmp_path: Path, shell: str, name: str) -> None:
    user = Home(tmp_path / name, store_elsewhere=tmp_path / "store")
    user.add_program("hello", "#!/bin/sh\necho from-the-tree\n")
    write_rc(user, RC_FILES[shell], "")
    with by_launcher(user, shell) as terminal:
        assert is_in_front(user, terminal)


def test_a_shell_in_tmux_is_in_the_environment(user: Home) -> None:
    tmux = required("tmux")
    user.remember_packages("hello")
    write_rc(user, ".bashrc", f"PATH={BIN}\n")
    env = user.env | {"SHELL": required("bash"), "TERM": "xterm"}
    socket = str(user.path / "socket")
    argv = [tmux, "-S", socket, "-f", "/dev/null", "new-session"]
    inside = [*argv, f"exec '{user.launcher}' shell -p hello"]
    with Terminal(inside, env, user.path) as terminal:
        terminal.child.sendline(f"hello > {user.path}/out; exit 5")
        terminal.child.expect("exited")
    assert (user.path / "out").read_text() == "from-the-tree\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_what_is_piped_in_runs_in_the_environment(user: Home, shell: str) -> None:
    user.remember_packages("hello")
    done = user.run(
        *("shell", "-p", "hello"),
        env=user.env | {"SHELL": required(shell)},
        typed="hello\nexit 6\n",
    )
    assert (done.returncode, done.stdout) == (6, "from-the-tree\n")


def planned(
    user: Home, shell: str, command: str, *, more: Mapping[str, str], pure: bool = False
) -> subprocess.CompletedProcess[str]:
    start = plan_shell(
        shell,
        user.environment,
        program=required(shell),
        ambient={**user.env, **more},
        directory=str(write_start_files(user.state, user.environment)),
        pure=pure,
        command=command,
    )
    return subprocess.run(
        start.argv,
        env=start.env,
        executable=start.program,
        capture_output=True,
        text=True,
        check=False,
    )


COMMAND_FILES = {
    "bash": (".bash_env", f"PATH={BIN}\n"),
    "fish": (RC_FILES["fish"], "set -gx PATH /usr/bin /bin\n"),
    "sh": (".profile", ""),
    "zsh": (".zshenv", f"PATH={BIN}\n"),
}


@pytest.mark.parametrize("shell", COMMAND_FILES)
def test_a_command_runs_in_the_environment_whatever_is_read_before(
    user: Home, shell: str
) -> None:
    path, text = COMMAND_FILES[shell]
    write_rc(user, path, text)
    more = {"BASH_ENV": str(user.path / path)} if shell == "bash" else {}
    done = planned(user, shell, "hello; exit 9", more=more)
    assert (done.returncode, done.stdout) == (9, "from-the-tree\n"), done.stderr


@pytest.mark.parametrize("shell", COMMAND_FILES)
def test_a_pure_shell_has_what_is_listed_and_reads_no_rc_file(
    user: Home, shell: str
) -> None:
    path, _ = COMMAND_FILES[shell]
    for rc_file in {path, *RC_FILES.values()} - {".zshenv"}:
        write_rc(user, rc_file, "echo an rc file was read\n")
    more = {"LC_TIME": "C", "BASH_ENV": str(user.path / path), "HOSTS_OWN": "x"}
    done = planned(user, shell, "/usr/bin/env; hello", more=more, pure=True)
    lines = done.stdout.splitlines()
    names = {line.partition("=")[0] for line in lines[:-1]}
    front = ":".join(user.environment.prepend["PATH"])
    assert lines[-1] == "from-the-tree", done.stderr
    set_by_shells = {"_", "PWD", "OLDPWD", "SHLVL", "USER", "LOGNAME"}
    assert names - set_by_shells == {
        *("HOME", "TERM", "LC_TIME"),
        *("PATH", "ACLOCAL_PATH", "DEVENV_ENVIRONMENT"),
    }
    assert f"PATH={front}:/usr/bin:/bin" in lines


@pytest.mark.parametrize("shell", SHELLS)
def test_an_interactive_pure_shell_reads_no_rc_file(user: Home, shell: str) -> None:
    for rc_file in RC_FILES.values():
        write_rc(user, rc_file, "READ=yes\n")
    start = plan_shell(
        shell,
        user.environment,
        program=required(shell),
        ambient=user.env,
        directory="",
        pure=True,
    )
    with Terminal(start.argv, start.env, user.path) as terminal:
        assert is_in_front(user, terminal)
        assert "yes" not in terminal.ask("echo $READ")
