"""`devenv lock`, apart from typer: what locks the project and shows what changed."""

from typing import TYPE_CHECKING

from devenv.cli import operations
from devenv.cli.option_values import Options
from devenv.cli.streams import data_line
from devenv.formats.printable import printable

if TYPE_CHECKING:
    from devenv.operations.change_lock import LockChange


def lock_project(options: Options, *, check: bool = False, json: bool = False) -> None:
    """Bring the lock up to date, or only look whether it is.

    Raises:
        DevenvError: it cannot be made; or, with `check`, it is out of date.
    """
    doors = operations.open_doors(options)
    project = operations.open_project(doors, options.project)
    if check:
        operations.ensure_lock(doors, project, operations.LockMode.LOCKED)
        doors.display.note("the lock is up to date")
        return
    change = operations.lock_now(doors, project)
    show_change(change, json=json, is_whole=options.verbose)
    if not json and not change.is_written:
        doors.display.note("the lock is up to date")


def show_change(change: "LockChange", *, json: bool, is_whole: bool) -> None:
    """Print what a lock has that the one before had not, and the other way round."""
    if json:
        data_line(operations.canonical_json(change.diff.as_json()))
        return
    systems = len(change.after.systems)
    for line in operations.diff_lines(change.diff, systems=systems, is_whole=is_whole):
        data_line(printable(line))
