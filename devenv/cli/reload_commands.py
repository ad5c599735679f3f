"""`devenv reload`, `wait`, `log` and `status`: a project as the hooks have it."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from devenv.cli import operations
from devenv.cli.display import data_line
from devenv.cli.options import ARCHIVE, PROJECT, JsonOption, Options, add_command
from devenv.cli.quick_here import hook_text
from devenv.formats.printable import printable
from devenv.plan.next_step import advice
from devenv.values import replace

TIMEOUT_STATUS = 124
"""As timeout(1) has it."""


def register(app: typer.Typer) -> None:
    """Add the four commands."""
    add_command(
        app,
        "reload",
        reload,
        shares=[PROJECT, ARCHIVE],
        examples=["devenv reload", "devenv reload --background"],
    )
    add_command(
        app,
        "wait",
        wait,
        shares=[PROJECT],
        examples=["devenv wait && make", "devenv wait --timeout 60"],
    )
    add_command(app, "log", log, shares=[PROJECT], examples=["devenv log"])
    add_command(
        app,
        "status",
        status,
        shares=[PROJECT],
        examples=["devenv status", "devenv status --json"],
    )


def reload(
    options: Options,
    *,
    background: Annotated[
        bool,
        typer.Option("--background", help="Come back at once; devenv log tells more."),
    ] = False,
) -> int:
    """Look at an allowed project again, and bring what it is now into your shells.

    Exit status 1: it asks for something new, is not allowed, or failed.
    """
    held = None
    if background:
        held = _behind(options)
        if held is None:
            return 0
    doors = operations.open_doors(options)
    project = Path(operations.project_directory(doors, options.project))
    found = operations.reload_project(
        doors, project, held=held, keeps_log=not background
    )
    doors.display.note(found.sentence or found.word.value)
    if text := hook_text(doors.env) if sys.stderr.isatty() else "":
        doors.display.note(f"the hook is {text}")
    if background and doors.configuration.daemon.on_demand:
        operations.start_daemon(doors.env, doors.directories.state, doors.clock)
    return 0 if found.word.value == "allowed" else 1


def wait(
    options: Options,
    *,
    timeout: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="Give up after so long.", min=0.0),
    ] = None,
) -> int:
    """Wait until the project's environment is there as the project is now.

    Exit status 0: it is there; 1: it failed, or is not allowed; 124: it took longer
    than --timeout.
    """
    doors = operations.open_doors(options)
    project = Path(operations.project_directory(doors, options.project))
    began = doors.clock.monotonic()
    operations.wait_in_daemon(doors, str(project.resolve()), timeout_seconds=timeout)
    left = None
    if timeout is not None:
        left = max(0.0, timeout - (doors.clock.monotonic() - began))
    found = operations.wait_for_project(doors, project, timeout_seconds=left)
    if found is None:
        doors.display.note("it is still being built")
        return TIMEOUT_STATUS
    if found.is_ready:
        return 0
    doors.display.note(found.sentence or found.word)
    return 1


def log(options: Options) -> None:
    """Show what the last build said, and why it failed."""
    folder, state = operations.project_and_state(dict(os.environ), options.project)
    text = operations.read_log(state, folder)
    data_line(printable(text.rstrip("\n")) if text else "there is no log yet")


def status(
    options: Options,
    *,
    watched: Annotated[
        bool, typer.Option("--watched", help="Print the watched files, one a line.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Show how the project stands, what is watched, and why it will be rebuilt."""
    doors = operations.open_doors(options)
    project = Path(operations.project_directory(doors, options.project))
    found = replace(
        operations.project_status(doors, project),
        daemon=operations.state_in_daemon(doors, str(project.resolve())),
    )
    if json:
        data_line(operations.canonical_json(found.as_json()))
        return
    if watched:
        for file in found.watched:
            data_line(f"{found.project}/{file.path}")
        return
    for line in operations.status_lines(found):
        data_line(printable(line))
    if text := hook_text(doors.env):
        data_line(f"hook        {text}")
    if found.problem:
        data_line("next        devenv check: tells every mistake")
    elif found.state.value != "allowed":
        data_line(f"next        {advice(found.state.value)}")


def _behind(options: Options) -> int | None:
    """Go on behind the caller, and return the build lock; None where nothing is left.

    Before anything is open: what goes on behind must not share it.
    """
    env = dict(os.environ)
    folder, state = operations.project_and_state(env, options.project)
    held = operations.take_build_lock(state, folder)
    if held is None or not operations.go_on_behind(operations.log_file(state, folder)):
        return None
    return held
