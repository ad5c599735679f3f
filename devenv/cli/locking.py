"""`devenv lock`, `add` and `remove`, apart from typer: change it, and show what did."""

from collections.abc import Sequence

from devenv.cli import operations
from devenv.cli.option_values import Options
from devenv.cli.streams import data_line
from devenv.formats.printable import printable

TYPE_CHECKING = False
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


def change_packages(
    options: Options, verb: str, packages: Sequence[str], *, json: bool = False
) -> None:
    """Add packages to the project's spec and lock, or remove them.

    Raises:
        DevenvError: it cannot be done; nothing was written.
    """
    doors = operations.open_doors(options)
    project = operations.open_project(doors, options.project)
    change_spec = (
        operations.add_packages if verb == "add" else operations.remove_packages
    )
    with operations.keep_allowed(doors, project.directory):
        change = change_spec(doors, project, packages)
    show_change(change.lock, json=json, is_whole=options.verbose)
    if not json and not change.is_changed and not change.lock.is_written:
        doors.display.note(f"{change.path.name} says so already")


def show_change(change: "LockChange", *, json: bool, is_whole: bool) -> None:
    """Print what a lock has that the one before had not, and the other way round."""
    if json:
        data_line(operations.canonical_json(change.diff.as_json()))
        return
    systems = len(change.after.systems)
    for line in operations.diff_lines(change.diff, systems=systems, is_whole=is_whole):
        data_line(printable(line))
