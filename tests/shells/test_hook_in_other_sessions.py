"""The hook where a session goes on in another one: tmux, exec, su, sudo.

An inherited flag is never believed, nothing is doubled, nothing is stale.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fixtures.ad_hoc import Home
from tests.fixtures.hooked import (
    HOOKED,
    HookedProject,
    HookedShell,
    hooked_terminal,
    read_exported,
)
from tests.shells.terminal import TIMEOUT_SECONDS, Terminal, required

pytestmark = pytest.mark.shell
every_shell = pytest.mark.parametrize("shell", HOOKED)

USUAL = "/usr/bin:/bin"
OTHER_ID = 54321


def allowed_project(user: Home, folder: Path, value: str) -> HookedProject:
    project = HookedProject(user, folder)
    project.allow(values={"FOO": value}, prepend={"PATH": [f"/{value}"]})
    return project


def is_free(exported: dict[str, str]) -> bool:
    """Whether a shell has nothing of any project."""
    path = exported["PATH"].split(":")
    left = [name for name in exported if name.startswith("__DEVENV")]
    return "FOO" not in exported and not {"/old", "/new"} & {*path} and not left


@dataclass
class Multiplexer:
    """A tmux server; its panes are typed into and tell by files."""

    program: str
    folder: Path
    path: str = USUAL
    """The PATH of who asks for windows; tmux hands it on."""

    def command(self, *words: str) -> list[str]:
        socket, settings = self.folder / "socket", self.folder / "tmux.conf"
        return [self.program, "-S", str(socket), "-f", str(settings), *words]

    def run(self, *words: str) -> str:
        done = subprocess.run(
            self.command(*words),
            env={"PATH": self.path, "HOME": str(self.folder)},
            capture_output=True,
            text=True,
            check=True,
            timeout=TIMEOUT_SECONDS,
        )
        return done.stdout.strip()

    def exported(self, pane: str) -> dict[str, str]:
        """Return what a child of the shell in a pane sees."""
        file = self.folder / "exported"
        done = " ".join(self.command("wait-for", "-S", "done"))
        for line in ("true", f"/usr/bin/env -0 >{file}; {done}"):
            self.run("send-keys", "-t", pane, line, "Enter")
        self.run("wait-for", "done")
        return read_exported(file)


@pytest.fixture
def tmux() -> Iterator[Multiplexer]:
    # Paths of sockets are short.
    with tempfile.TemporaryDirectory() as folder:
        multiplexer = Multiplexer(required("tmux"), Path(folder))
        yield multiplexer
        subprocess.run(multiplexer.command("kill-server"), check=False)


@every_shell
def test_windows_and_panes_of_tmux_are_never_doubled_and_never_stale(
    user: Home, tmp_path: Path, tmux: Multiplexer, shell: str
) -> None:
    settings = f"set -g default-command '{required(shell)} -i'\n"
    (tmux.folder / "tmux.conf").write_text(settings)
    project = allowed_project(user, tmp_path / "project", "old")
    with hooked_terminal(user, shell, cwd=project.folder) as terminal:
        hooked = HookedShell(user, shell, terminal)
        assert hooked.value("FOO") == "old"
        # The server gets the project's variables, and each pane gets them from it.
        started = " ".join(
            tmux.command("new-session", "-d", "-P", "-F", '"#{pane_id}"')
        )
        first = hooked.ask(started).strip()
    tmux.path = f"/old:{USUAL}"
    inherited = tmux.run("show-environment", "-g", "FOO")
    assert inherited == "FOO=old"
    inside = tmux.exported(first)
    assert (inside["FOO"], inside["PATH"]) == ("old", f"/old:{USUAL}")

    project.allow(values={"FOO": "new"}, prepend={"PATH": ["/new"]})
    kinds = (("new-window",), ("split-window", "-t", first))
    for kind in kinds:
        shown = ("-P", "-F", "#{pane_id}", "-c")
        here = tmux.exported(tmux.run(*kind, *shown, str(project.folder)))
        assert (here["FOO"], here["PATH"]) == ("new", f"/new:{USUAL}")
        assert is_free(tmux.exported(tmux.run(*kind, *shown, "/")))
    inside = tmux.exported(first)
    assert (inside["FOO"], inside["PATH"]) == ("new", f"/new:{USUAL}")


PAIRS = [(one, other) for one in HOOKED for other in HOOKED if one != other]


@pytest.mark.parametrize(("shell", "other"), PAIRS)
def test_another_shell_in_its_place_takes_the_project_over(
    user: Home, tmp_path: Path, shell: str, other: str
) -> None:
    project = allowed_project(user, tmp_path / "project", "old")
    hooked_terminal(user, other)
    with hooked_terminal(user, shell) as terminal:
        hooked = HookedShell(user, shell, terminal)
        hooked.go(project.folder)
        assert hooked.value("FOO") == "old"
        terminal.child.sendline(f"exec {required(other)} -i")
        after = HookedShell(user, other, terminal)
        inside = after.exported()
        assert (inside["FOO"], inside["PATH"]) == ("old", f"/old:{USUAL}")
        after.go("/")
        outside = after.exported()
        assert is_free(outside)
        assert outside["PATH"] == USUAL


@pytest.mark.parametrize(("shell", "other"), [*PAIRS, *((one, one) for one in HOOKED)])
def test_a_stale_flag_is_not_believed_by_a_shell_of_another_kind(
    user: Home, tmp_path: Path, shell: str, other: str
) -> None:
    """It says that a project is active; PATH was made anew meanwhile."""
    project = allowed_project(user, tmp_path / "project", "old")
    hooked_terminal(user, other)
    with hooked_terminal(user, shell, cwd=project.folder) as terminal:
        inherited = HookedShell(user, shell, terminal).exported()
    inherited["PATH"] = USUAL
    with Terminal([required(other), "-i"], inherited, project.folder) as terminal:
        hooked = HookedShell(user, other, terminal)
        inside = hooked.exported()
        assert (inside["FOO"], inside["PATH"]) == ("old", f"/old:{USUAL}")
        hooked.go("/")
        assert is_free(hooked.exported())


@dataclass
class TwoUsers:
    """Root with a project, and an ordinary user of this test with the same hook."""

    root: Home
    other: Home
    accounts: Path

    def terminal(self, shell: str, cwd: Path) -> Terminal:
        """Return root's hooked shell, on a machine that knows the other user."""
        plain = hooked_terminal(self.root, shell, cwd=cwd)
        mount = 'mount --bind "$1" /etc/passwd; shift; exec "$@"'
        words = ["unshare", "--mount", "sh", "-ec", mount, "sh", str(self.accounts)]
        env = {**plain.env, "SHELL": required(shell)}
        return Terminal([required("unshare"), *words[1:], *plain.argv], env, plain.cwd)


@pytest.fixture
def two_users() -> Iterator[TwoUsers]:
    if os.geteuid() != 0:
        pytest.skip("only root becomes another user unasked")
    # Not below pytest's own folder, which is root's alone.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        home, accounts = folder / "home", folder / "passwd"
        (home / ".local/share/fish/generated_completions").mkdir(parents=True)
        line = f"other-user:*:{OTHER_ID}:{OTHER_ID}::{home}:/bin/sh\n"
        accounts.write_text(Path("/etc/passwd").read_text() + line)
        root = Home(folder / "root")
        (root.path / ".local/share/fish/generated_completions").mkdir(parents=True)
        yield TwoUsers(root=root, other=Home(home), accounts=accounts)


def give(folder: Path, user_id: int) -> None:
    for place in (folder, *folder.rglob("*")):
        os.chown(place, user_id, user_id, follow_symlinks=False)


WAYS = {
    "su": "su other-user -s {shell}",
    "su as a login": "su - other-user -s {shell}",
    "su with everything": "su -m other-user -s {shell}",
    "sudo -s": "sudo -u other-user -s",
    "sudo -s with everything": "sudo -E -u other-user -s",
    "sudo -i": "sudo -u other-user {shell} -l -i",
}


@every_shell
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_another_user_has_nothing_of_the_project(
    two_users: TwoUsers, shell: str, way: str
) -> None:
    required(way.split(maxsplit=1)[0])
    project = allowed_project(two_users.root, two_users.root.path / "project", "old")
    hooked_terminal(two_users.other, shell)
    (two_users.other.path / ".bash_profile").write_text(". ~/.bashrc\n")
    give(two_users.other.path, OTHER_ID)
    with two_users.terminal(shell, project.folder) as terminal:
        hooked = HookedShell(two_users.root, shell, terminal)
        before = hooked.exported()
        assert (before["FOO"], before["PATH"]) == ("old", f"/old:{USUAL}")
        # sudo forgets what is typed ahead when it ends.
        line = way.format(shell=required(shell))
        terminal.child.sendline(f"{line}; printf '%s%s' 'is ' 'back'")
        assert hooked.ask("id -u").strip() == str(OTHER_ID)
        shown = hooked.ask("/usr/bin/env -0 | od -An -v -tx1 | tr -d ' \\n'")
        inside = bytes.fromhex(shown.strip()).decode().split("\0")
        assert is_free(dict(each.split("=", 1) for each in inside if each)), inside
        terminal.child.sendline("exit")
        terminal.child.expect_exact("is back")
        assert hooked.exported() == before
        assert terminal.leave(0) == 0


@every_shell
def test_a_login_of_ones_own_has_the_project_once(
    user: Home, tmp_path: Path, shell: str
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may become itself unasked")
    project = allowed_project(user, tmp_path / "project", "old")
    with hooked_terminal(user, shell, SHELL=required(shell)) as terminal:
        hooked = HookedShell(user, shell, terminal)
        hooked.go(project.folder)
        # Root's shell for root: HOME stays, and with it the state.
        terminal.child.sendline(f"su -m -s {required(shell)}")
        assert hooked.ask("echo $HOME").strip() == str(user.path)
        inside = hooked.exported()
        assert inside["FOO"] == "old"
        assert inside["PATH"].count("/old") == 1
        hooked.go("/")
        assert is_free(hooked.exported())
        terminal.child.sendline("exit")
        assert hooked.value("FOO") == "old"


@every_shell
def test_the_hook_never_undoes_the_shell_it_is_in(
    user: Home, tmp_path: Path, shell: str
) -> None:
    """`devenv shell` is a base layer: projects come and go on top of it."""
    user.remember_packages("hello")
    project = allowed_project(user, tmp_path / "project", "old")
    rc_terminal = hooked_terminal(user, shell)
    env = {**rc_terminal.env, "SHELL": required(shell)}
    argv = [str(user.launcher), "shell", "-p", "hello"]
    with Terminal(argv, env, user.path) as terminal:
        hooked = HookedShell(user, shell, terminal)
        base = hooked.exported()
        assert base["PATH"].startswith(f"{user.programs}:")
        for _ in range(2):
            hooked.go(project.folder)
            inside = hooked.exported()
            assert (inside["FOO"], inside["PATH"]) == ("old", f"/old:{base['PATH']}")
            hooked.go("/")
            assert is_free(hooked.exported())
            assert hooked.value("PATH") == base["PATH"]
        assert "from-the-tree" in hooked.ask("hello")


@every_shell
@pytest.mark.parametrize("times", [1, 2])
def test_a_shell_opened_in_a_project_keeps_its_base_outside(
    user: Home, tmp_path: Path, shell: str, times: int
) -> None:
    user.remember_packages("hello")
    project = allowed_project(user, tmp_path / "project", "old")
    with hooked_terminal(user, shell, SHELL=required(shell)) as terminal:
        hooked = HookedShell(user, shell, terminal)
        hooked.go(project.folder)
        before = hooked.exported()
        for _ in range(times):
            terminal.child.sendline(f"{user.launcher} shell -p hello")
            inside = hooked.exported()
            assert inside["FOO"] == "old"
            path = inside["PATH"].split(":")
            assert path.count("/old") == 1
            assert path.count(str(user.programs)) == 1
        hooked.go("/")
        outside = hooked.exported()
        assert is_free(outside)
        assert outside["PATH"].split(":").count(str(user.programs)) == 1
        assert "from-the-tree" in hooked.ask("hello")
        hooked.go(project.folder)
        assert hooked.value("FOO") == "old"
        for _ in range(times):
            terminal.child.sendline("exit")
        after = hooked.exported()
        assert (after["FOO"], after["PATH"]) == ("old", before["PATH"])


@every_shell
def test_a_base_layer_in_tmux_stays(
    user: Home, tmp_path: Path, tmux: Multiplexer, shell: str
) -> None:
    user.remember_packages("hello")
    settings = f"set -g default-command '{required(shell)} -i'\n"
    (tmux.folder / "tmux.conf").write_text(settings)
    project = allowed_project(user, tmp_path / "project", "old")
    rc_terminal = hooked_terminal(user, shell)
    env = {**rc_terminal.env, "SHELL": required(shell)}
    argv = [str(user.launcher), "shell", "-p", "hello"]
    with Terminal(argv, env, project.folder) as terminal:
        hooked = HookedShell(user, shell, terminal)
        base = f"{user.programs}:{user.tree}/usr/sbin:{USUAL}"
        assert hooked.value("PATH") == f"/old:{base}"
        started = " ".join(
            tmux.command("new-session", "-d", "-P", "-F", '"#{pane_id}"')
        )
        first = hooked.ask(started).strip()
    assert tmux.exported(first)["PATH"] == f"/old:{base}"
    tmux.path = f"/old:{base}"
    outside = tmux.run("new-window", "-P", "-F", "#{pane_id}", "-c", "/")
    assert tmux.exported(outside)["PATH"] == base
