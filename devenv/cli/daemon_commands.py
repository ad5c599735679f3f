"""`devenv daemon`, `watch` and `events`: what rebuilds projects when they change."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from devenv.cli import operations
from devenv.cli.display import data_line
from devenv.cli.options import PROJECT, JsonOption, Options, add_command
from devenv.errors import DevenvError
from devenv.formats.printable import printable

NOT_RUNNING_STATUS = 1


def register(app: typer.Typer) -> None:
    """Add the commands, and the group of the daemon."""
    group = typer.Typer(
        no_args_is_help=True, help="Rebuild allowed projects when they change."
    )
    app.add_typer(group, name="daemon")
    for name, function, examples in (
        ("start", start, ["devenv daemon start"]),
        ("stop", stop, ["devenv daemon stop"]),
        ("restart", restart, ["devenv daemon restart"]),
        ("run", run, ["devenv daemon run"]),
        ("install", install, ["devenv daemon install"]),
    ):
        add_command(group, name, function, examples=examples)
    add_command(
        group,
        "status",
        daemon_status,
        examples=["devenv daemon status", "devenv daemon status --json"],
    )
    add_command(
        app,
        "watch",
        watch,
        shares=[PROJECT],
        examples=["devenv watch", "devenv watch --once"],
    )
    add_command(
        app, "events", events, examples=["devenv events", "devenv events --json"]
    )


def start(options: Options) -> None:
    """Start the daemon; it goes on behind."""
    doors = operations.open_doors(options)
    found = operations.start_daemon(dict(os.environ), _state(), doors.clock)
    doors.display.note(f"the daemon runs: process {found['pid']}")


def stop(options: Options) -> None:
    """Stop the daemon. Shells keep what they have, and ask for themselves again."""
    display = operations.open_doors(options).display
    was_there = operations.stop_daemon(dict(os.environ), _state())
    display.note("the daemon has ended" if was_there else "no daemon was running")


def restart(options: Options) -> None:
    """Stop the daemon, and start it anew."""
    operations.stop_daemon(dict(os.environ), _state())
    start(options)


def run(_options: Options) -> None:
    """Be the daemon, in the foreground: for a session manager, or to look on."""
    sys.stdout.flush()
    command = operations.daemon_command()
    operations.replace_self(command, program=Path(command[0]), env=dict(os.environ))


def install(options: Options) -> None:
    """Write what has your session start the daemon, and show it."""
    doors = operations.open_doors(options)
    file, text, then = operations.install_daemon(doors.env, doors.directories.config)
    data_line(printable(text.rstrip("\n")))
    doors.display.note(f"written to {file}; now: {then}")


def daemon_status(options: Options, *, json: JsonOption = False) -> int:
    """Show whether the daemon runs, and how each project stands with it.

    Exit status 1: it does not run.
    """
    found = operations.ask(dict(os.environ), _state(), operations.Request(do="status"))
    if json:
        data_line(
            operations.canonical_json({"running": found is not None, **(found or {})})
        )
        return 0 if found else NOT_RUNNING_STATUS
    if found is None:
        operations.open_doors(options).display.note(
            "no daemon is running: devenv daemon start"
        )
        return NOT_RUNNING_STATUS
    for line in operations.daemon_lines(found):
        data_line(printable(line))
    return 0


def watch(
    options: Options,
    *,
    once: Annotated[
        bool, typer.Option("--once", help="End when it is built as it is now.")
    ] = False,
) -> int:
    """Rebuild one project when it changes, here in the foreground.

    With --once, exit status 1 says that it failed, or is not allowed.
    """
    doors = operations.open_doors(options)
    project = Path(operations.project_directory(doors, options.project)).resolve()

    def say(state: str, sentence: str) -> None:
        doors.display.note(": ".join(filter(None, (state, sentence))))

    return operations.watch_here(str(project), say, is_once=once)


def events(_options: Options, *, json: JsonOption = False) -> None:
    """Print how all projects stand, and then every change, one a line.

    Raises:
        DevenvError: no daemon is running.
    """
    is_running = False
    for reply in operations.follow(dict(os.environ), _state()):
        is_running = True
        if json:
            data_line(operations.canonical_json(reply))
        else:
            for line in operations.event_lines(reply):
                data_line(printable(line))
        sys.stdout.flush()
    if not is_running:
        raise DevenvError("no daemon is running", hint="devenv daemon start")


def _state() -> Path:
    return operations.Directories.from_environment(dict(os.environ)).state
