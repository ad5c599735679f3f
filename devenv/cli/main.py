"""The command line: reads the arguments, calls one operation, prints, exits."""

import gc
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import cast

import typer

from devenv.cli.commands import modules_for
from devenv.cli.outcome import INTERRUPTED_STATUS, status_of
from devenv.cli.streams import flush_data, open_closed_streams
from devenv.typed import Protocol

USAGE_STATUS = 2
_VERSION = (["--version"], ["-V"])
"""How other tools are asked for it."""

ALLOCATIONS_UNTIL_COLLECTION = 500_000
"""A tree is made of some 100,000 objects that live to its end: to look through
them after every 700 new ones, as Python does, took a fifth of the time."""


class _CommandLineError(Protocol):
    """A complaint of typer's about a command line, which can show itself."""

    def show(self) -> None: ...


def _complaint(error: Exception) -> _CommandLineError | None:
    # typer has brought its own click since 0.27: so its complaints are found
    # by what they are, not by where they come from (BadParameter is a
    # UsageError is a ClickException).
    if isinstance(error, typer.BadParameter.mro()[2]):
        return cast("_CommandLineError", error)
    return None


def command_line(argv: Sequence[str] = ()) -> typer.Typer:
    """Return the command line, with those commands that `argv` may mean.

    By default with all; a command that is not built is not in it.
    """
    app = typer.Typer(
        name="devenv",
        help="Tools for a project, from signed package archives, in your own shell.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    # With a callback, one command alone is still called by its name.
    app.callback()(_nothing)
    for name in modules_for(argv):
        import_module(f"devenv.cli.{name}").register(app)
    return app


def _nothing() -> None:
    """Do nothing before a command."""


def main(argv: Sequence[str]) -> int:
    """Run one command line (without the program's name); return its exit status.

    0 for success, 1 for an expected failure, 2 for usage, 3 for a bug of
    devenv's, 130 when interrupted. A program that was started replaces this
    process, so its own status passes through.

    Raises:
        ModuleNotFoundError: a library that devenv needs is not installed.
    """
    gc.set_threshold(ALLOCATIONS_UNTIL_COLLECTION)
    open_closed_streams()
    if list(argv) in _VERSION:
        argv = ["version"]
    try:
        app = command_line(argv)
        result = app(args=list(argv), prog_name="devenv", standalone_mode=False)
        flush_data()
    except Exception as error:  # noqa: BLE001 - the one place that may
        return _status_of(error, argv)
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return INTERRUPTED_STATUS
    return result if isinstance(result, int) else 0


def _status_of(error: Exception, argv: Sequence[str]) -> int:
    """Say what went wrong, and return the exit status it stands for."""
    match error:
        case typer.Exit():
            return error.exit_code
        case typer.Abort():
            return INTERRUPTED_STATUS
        case _:
            complaint = _complaint(error)
            if complaint is None:
                return status_of(error, argv)
            return _usage_status(complaint, error, argv)


def _usage_status(
    complaint: _CommandLineError, error: Exception, argv: Sequence[str]
) -> int:
    from devenv.cli.complaints import in_our_words  # noqa: PLC0415 - only to fail

    context = getattr(error, "ctx", None)
    known = list(getattr(getattr(context, "command", None), "commands", ()))
    ours = in_our_words(error, argv, known)
    if ours is None:
        complaint.show()
        return USAGE_STATUS
    return status_of(ours, argv)
