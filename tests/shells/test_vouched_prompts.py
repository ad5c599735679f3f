"""A living watcher vouches for files: hooks look at one, and at all when it does not.

Where the watcher says nothing though a file changed, a hook that takes its word finds
nothing stale, and one that looks at the file does. zsh looks at every file in one go,
and takes nobody's word.
"""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from devenv.operations.state_stamp import VOUCHED, WATCHER
from tests.fixtures.ad_hoc import CHECKOUT, Home
from tests.fixtures.hooked import (
    HOOKED,
    HookedProject,
    HookedShell,
    hooked_terminal,
)
from tests.fixtures.project_world import ProjectWorld
from tests.fixtures.watching import Daemon, a_daemon, make_free, spec_text, until, write
from tests.shells.test_trust_at_the_prompt import SHELLS, at_prompt, terminal

pytestmark = pytest.mark.shell

VOUCHES = """
import sys
from pathlib import Path
from devenv.daemon.vouching import Voucher
from devenv.daemon.watched_project import State, WatchedProject
state, project, *folders = sys.argv[1:]
voucher = Voucher(Path(state))
watched = WatchedProject(number=1, project=project, state=State.READY)
voucher.tell(watched, tuple(folders))
print("vouched", flush=True)
for line in sys.stdin:
    voucher.withdraw(1) if line == "withdraw\\n" else voucher.tell(watched, folders)
    print("done", flush=True)
"""


@contextmanager
def a_voucher(
    project: HookedProject, *folders: str
) -> Iterator["subprocess.Popen[str]"]:
    """Run a process that vouches for a project; it withdraws when it is told to."""
    words = [str(project.user.state), str(project.folder.resolve())]
    with subprocess.Popen(
        [sys.executable, "-c", VOUCHES, *words, *(folders or words[1:])],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as voucher:
        assert voucher.stdout is not None
        assert voucher.stdout.readline() == "vouched\n"
        try:
            yield voucher
        finally:
            voucher.kill()


def tell(voucher: "subprocess.Popen[str]", word: str) -> None:
    assert voucher.stdin is not None
    assert voucher.stdout is not None
    voucher.stdin.write(f"{word}\n")
    voucher.stdin.flush()
    assert voucher.stdout.readline() == "done\n"


def killed(voucher: "subprocess.Popen[str]", _state: Path) -> None:
    voucher.kill()
    voucher.wait()


def withdrawn(voucher: "subprocess.Popen[str]", _state: Path) -> None:
    tell(voucher, "withdraw")


def its_number_is_taken(voucher: "subprocess.Popen[str]", state: Path) -> None:
    """As if another process had the number, and the descriptor, of a dead one."""
    killed(voucher, state)
    link = state / "t" / WATCHER
    link.unlink()
    link.symlink_to("/proc/self/fd/0")


def all_is_gone(voucher: "subprocess.Popen[str]", state: Path) -> None:
    killed(voucher, state)
    for file in (state / "t").iterdir():
        if file.name == WATCHER or file.name.endswith(VOUCHED):
            file.unlink()


@pytest.mark.parametrize("place", [".", "below"])
@pytest.mark.parametrize(
    "end",
    [killed, withdrawn, its_number_is_taken, all_is_gone],
    ids=lambda e: e.__name__,
)
@pytest.mark.parametrize("shell", ["bash", "fish"])
def test_a_word_counts_while_who_gave_it_lives(
    user: Home,
    tmp_path: Path,
    shell: str,
    end: Callable[["subprocess.Popen[str]", Path], None],
    place: str,
) -> None:
    project = HookedProject(user, tmp_path / "project")
    project.allow(values={"FOO": "bar"})
    (project.folder / "below").mkdir()
    with a_voucher(project) as voucher, hooked_terminal(user, shell) as opened:
        hooked = HookedShell(user, shell, opened)
        hooked.go(project.folder / place)
        assert hooked.value("FOO") == "bar"
        # What the spec says is looked at all the same; this is the second file.
        project.write("devenv.lock.toml", "# changed\n", at_seconds=1_800_000_000)
        hooked.said()
        assert hooked.shown("_devenv_stale") == ""
        end(voucher, user.state)
        hooked.said()
        until(lambda: hooked.asked)  # in the background
        assert hooked.asked == [f"reload --background --project {project.folder}"]


@pytest.mark.parametrize("shell", HOOKED)
def test_the_spec_is_looked_at_whoever_vouches(
    user: Home, tmp_path: Path, shell: str
) -> None:
    project = HookedProject(user, tmp_path / "project")
    project.allow(values={"FOO": "bar"})
    with a_voucher(project), hooked_terminal(user, shell) as opened:
        hooked = HookedShell(user, shell, opened)
        hooked.go(project.folder)
        project.write("devenv.toml", "# changed\n", at_seconds=1_800_000_000)
        hooked.said()
        until(lambda: hooked.asked)  # in the background
        assert hooked.asked == [f"reload --background --project {project.folder}"]


@pytest.mark.parametrize("shell", ["bash", "fish"])
def test_a_word_for_one_activation_is_none_for_the_next(
    user: Home, tmp_path: Path, shell: str
) -> None:
    project = HookedProject(user, tmp_path / "project")
    project.allow(values={"FOO": "bar"})
    with a_voucher(project) as voucher, hooked_terminal(user, shell) as opened:
        hooked = HookedShell(user, shell, opened)
        hooked.go(project.folder)
        project.allow(values={"FOO": "other"})
        project.write("devenv.lock.toml", "# changed\n", at_seconds=1_800_000_000)
        hooked.said()
        assert hooked.value("FOO") == "other"
        until(lambda: hooked.asked)
        tell(voucher, "vouch again")
        hooked.said()
        assert len(hooked.asked) == 1


def test_what_the_kernel_does_not_tell_is_not_vouched_for(
    user: Home, tmp_path: Path
) -> None:
    project = HookedProject(user, tmp_path / "project")
    project.allow(values={"FOO": "bar"})
    with a_voucher(project, str(tmp_path), "/proc"):
        assert not vouched(user.state)
    with a_voucher(project, str(tmp_path)):
        assert len(vouched(user.state)) == 1
    # A killed one left it there; the next one is not taken at the word of the dead.
    assert len(vouched(user.state)) == 1
    with a_voucher(project, "/proc"):
        assert not vouched(user.state)


def vouched(state: Path) -> list[Path]:
    return [file for file in (state / "t").iterdir() if file.name.endswith(VOUCHED)]


def times_of_words(state: Path) -> list[int]:
    """Return when each word was given; it may be taken back at any time."""
    times = []
    for file in vouched(state):
        with suppress(FileNotFoundError):
            times.append(file.stat().st_ctime_ns)
    return times


def is_vouched_for(daemon: Daemon) -> bool:
    """Tell whether hooks would take the daemon's word for the project."""
    state = (daemon.hooks(daemon.home.folder) / "state").readlink().name
    file = daemon.state / "t" / f"{state.removeprefix('state.')}{VOUCHED}"
    try:
        return file.samefile(daemon.state / "t" / WATCHER)
    except FileNotFoundError:
        return False


@pytest.fixture
def daemon(project: ProjectWorld) -> Iterator[Daemon]:
    make_free(project)
    spec_text(project, "first")
    assert project.run("allow", "--yes").returncode == 0
    with a_daemon(project) as daemon:
        daemon.settled(project.folder)
        until(lambda: is_vouched_for(daemon))
        yield daemon


@pytest.mark.parametrize("shell", SHELLS)
def test_a_change_is_seen_with_a_daemon_after_its_death_and_with_the_next_one(
    daemon: Daemon, shell: str
) -> None:
    project = daemon.home
    text = project.spec_path.read_text()
    local = project.folder / "devenv.local.toml"
    with terminal(project, shell) as found:
        at_prompt(found, f"cd {project.folder}")
        assert found.value("A") == "first"

        write(local, '[env]\nA = "second"\n')
        until(lambda: "second" in daemon.current(project.folder))
        at_prompt(found, "true")
        assert found.value("A") == "second"
        until(lambda: is_vouched_for(daemon))

        daemon.kill()
        assert not is_vouched_for(daemon)
        write(local, '[env]\nA = "third"\n')
        at_prompt(found, "true")
        until(lambda: "third" in daemon.current(project.folder))
        at_prompt(found, "true")
        assert found.value("A") == "third"

        daemon.start()
        daemon.settled(project.folder)
        until(lambda: is_vouched_for(daemon))
        write(local, '[env]\nA = "fourth"\n')
        until(lambda: "fourth" in daemon.current(project.folder))
        at_prompt(found, "true")
        assert found.value("A") == "fourth"
    assert project.spec_path.read_text() == text


def test_every_file_that_hooks_would_look_at_ends_the_word(daemon: Daemon) -> None:
    """Though nothing in it changed, and though what would be there is not."""
    text = daemon.current(daemon.home.folder, "zsh")
    listed = text.partition("_devenv_new_watched=(")[2].partition(")")[0]
    files = [Path(word.strip("'")) for word in listed.split()]
    assert len(files) > 1
    for file in files:
        before = is_vouched_for(daemon)
        given = times_of_words(daemon.state)
        if file.exists():
            file.touch()
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("")
        assert before
        until(lambda given=given: times_of_words(daemon.state) != given)
        if not file.stat().st_size and file.suffix == ".toml":
            file.unlink()
        until(lambda: is_vouched_for(daemon))


def test_where_the_kernel_lost_news_the_word_is_given_anew(daemon: Daemon) -> None:
    """Nothing that is read changed, and the daemon cannot know."""
    most = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    before = vouched(daemon.state)[0].stat().st_ctime_ns
    one, other = daemon.home.folder / "one", daemon.home.folder / "other"
    one.touch()
    daemon.process.send_signal(signal.SIGSTOP)
    for _ in range(most // 4 + 100):
        one.rename(other)
        other.rename(one)
    daemon.process.send_signal(signal.SIGCONT)
    until(
        lambda: (
            is_vouched_for(daemon)
            and vouched(daemon.state)[0].stat().st_ctime_ns != before
        )
    )
