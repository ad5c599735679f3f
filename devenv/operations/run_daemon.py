"""Starting, stopping and installing the daemon, from outside of it."""

import sys
from collections.abc import Mapping
from pathlib import Path

import devenv
from devenv.errors import DevenvError
from devenv.formats.daemon_messages import Request
from devenv.formats.session_files import launchd_agent, systemd_unit
from devenv.host.clock import Clock
from devenv.host.detach import start_behind
from devenv.host.exclusive import is_locked, wait_until_free
from devenv.host.files import make_private_directory, write_whole
from devenv.host.own_socket import runtime_directory
from devenv.operations.ask_daemon import Reply, ask
from devenv.own_imports import whole_path

START_SECONDS = 10.0
STOP_SECONDS = 10.0
_STEP_SECONDS = 0.02
UNIT = "devenv.service"
AGENT = "devenv.daemon.plist"

_PROGRAM = (
    "import sys; sys.path += sys.argv[1:];"
    "from devenv.host.lean_memory import take_memory_by_the_page as take; take();"
    "from devenv.host import lean;"
    "lean.go_without(); lean.import_pathlib(); lean.import_datetime();"
    "from devenv.cli.daemon_process import main; sys.exit(main())"
)


def daemon_command() -> list[str]:
    """Return the command line whose process is the daemon, in the foreground.

    Without site packages, which only builds need (devenv.cli.daemon_process).
    """
    folder = str(Path(devenv.__file__).parent.parent)
    places = [folder, *(place for place in whole_path() if place.startswith("/"))]
    program = ["-I", "-S", "-X", "utf8", "-c", _PROGRAM]
    return [sys.executable, *program, *dict.fromkeys(places)]


def ping(env: Mapping[str, str], state: Path) -> Reply | None:
    """Return what the daemon says of itself; None if there is none."""
    return ask(env, state, Request(do="ping"))


def start_daemon(env: Mapping[str, str], state: Path, clock: Clock) -> Reply:
    """Start the daemon if there is none, or one of another devenv; return who it is.

    Raises:
        DevenvError: it does not answer.
    """
    found = ping(env, state)
    if found is not None and found.get("version") == devenv.__version__:
        return found
    if found is not None:
        stop_daemon(env, state)
    log = state / "daemon.log"
    make_private_directory(state)
    script = 'log=$1; shift; "$@" </dev/null >"$log" 2>&1 &'
    words = ["/bin/sh", "-c", script, "sh", str(log), *daemon_command()]
    start_behind(words, env=env, folder=Path("/"))
    until = clock.monotonic() + START_SECONDS
    while clock.monotonic() < until:
        found = ping(env, state)
        if found is not None:
            return found
        clock.wait(_STEP_SECONDS)
    raise DevenvError(
        "the daemon was started, and does not answer",
        where=str(log),
        hint="devenv daemon run shows what it says",
    )


def stop_daemon(env: Mapping[str, str], state: Path) -> bool:
    """Stop the daemon, and wait until it is gone; tell whether there was one.

    Raises:
        DevenvError: it does not end.
    """
    lock = runtime_directory(env, state) / "daemon.lock"
    if not lock.exists() or not is_locked(lock):
        return False
    ask(env, state, Request(do="stop"))
    if not wait_until_free(lock, timeout_seconds=STOP_SECONDS):
        raise DevenvError(
            "the daemon does not end",
            where=str(lock),
            hint=f"fuser -k {lock}",
        )
    return True


def install_daemon(env: Mapping[str, str], config: Path) -> tuple[Path, str, str]:
    """Write what has the session start the daemon.

    Returns:
        The file, its text, and the command that makes it count.

    Raises:
        OSError: it cannot be written.
    """
    command = daemon_command()
    if sys.platform == "darwin":
        file = Path(env["HOME"]) / "Library/LaunchAgents" / AGENT
        text = launchd_agent(command)
        then = f"launchctl load {file}"
    else:
        file = config.parent / "systemd/user" / UNIT
        text = systemd_unit(command)
        then = f"systemctl --user daemon-reload && systemctl --user enable --now {UNIT}"
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, text.encode())
    return file, text, then
