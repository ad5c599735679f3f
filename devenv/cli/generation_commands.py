"""`devenv generations` and `rollback`: the environments that a project has had."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from devenv.cli import operations
from devenv.cli.display import data_line
from devenv.cli.options import PROJECT, JsonOption, Options, add_command
from devenv.errors import UsageError
from devenv.formats.columns import columns
from devenv.formats.printable import printable
from devenv.formats.quantities import size

if TYPE_CHECKING:
    from devenv.operations.doors import Doors
    from devenv.operations.generations import ListedGeneration
    from devenv.operations.roll_back import Rollback

_NUMBER, _SIZE = 1, 3


def register(app: typer.Typer) -> None:
    """Add the two commands."""
    add_command(
        app,
        "generations",
        generations,
        shares=[PROJECT],
        examples=["devenv generations", "devenv generations --json"],
    )
    add_command(
        app,
        "rollback",
        rollback,
        shares=[PROJECT],
        examples=["devenv rollback", "devenv rollback 3 --yes"],
    )


def generations(options: Options, *, json: JsonOption = False) -> None:
    """List the environments that the project has had, and what changed in each.

    Each environment that was built or entered has a number, and stays in the
    store until `devenv gc` lets it go. `*` marks the current one. `devenv diff 2 3`
    shows all that changed between two of them.
    """
    doors = operations.open_doors(options)
    directory = operations.project_directory(doors, options.project)
    listed = operations.list_generations(doors, directory)
    if json:
        rows = [one.as_json() for one in listed]
        found = {"project": directory, "generations": rows}
        data_line(operations.canonical_json(found))
        return
    if listed:
        rows_shown = [_row(one) for one in listed]
        for line in columns(rows_shown, right=frozenset({_NUMBER, _SIZE})):
            data_line(printable(line))
    else:
        doors.display.note("there is none yet: devenv build makes the first one")


def rollback(
    options: Options,
    number: Annotated[
        int | None,
        typer.Argument(metavar="[N]", help="A generation; else the one before."),
    ] = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Go back to an earlier environment of the project.

    The lock of that generation takes the place of devenv.lock.toml, after you saw
    the difference and agreed. What it needs is still in the store, so this works
    without a network; and to go forward again is the same command. Shells and
    programs that run keep what they have.

    devenv.toml stays as it is. Where it asks for something else than that lock, the
    next command would lock anew: so take it back from version control as well, or
    use the lock as it is, with --frozen.
    """
    doors = operations.open_doors(options)
    directory = operations.project_directory(doors, options.project)
    planned = operations.plan_rollback(doors, directory, number)
    if not planned.is_locked_so:
        lines = operations.diff_lines(planned.diff, systems=planned.system_count)
        for line in lines:
            data_line(printable(line))
        if not yes and not _agrees(planned):
            doors.display.note("nothing was changed")
            return
    with operations.keep_allowed(doors, directory):
        aside = operations.roll_back(doors, planned)
    if aside is not None:
        doors.display.note(
            f"the lock as it was belonged to no generation; it is kept in {aside}"
        )
    _tell(doors, planned)


def _row(listed: "ListedGeneration") -> tuple[str, ...]:
    made_at = listed.generation.made_at.astimezone()
    weight = "incomplete" if listed.size_bytes is None else size(listed.size_bytes)
    text = (
        operations.first_text(listed.packages)
        if listed.is_first
        else operations.changes_text(listed.diff)
    )
    mark = "*" if listed.is_current else ""
    number = str(listed.generation.number)
    return mark, number, f"{made_at:%Y-%m-%d %H:%M}", weight, text


def _agrees(planned: "Rollback") -> bool:
    """Ask on the terminal.

    Raises:
        UsageError: there is none.
    """
    if not sys.stdin.isatty():
        raise UsageError(
            "nobody is there to agree to this change of the lock",
            hint=f"devenv rollback {planned.generation.number} --yes",
        )
    sys.stdout.flush()
    question = f"go back to generation {planned.generation.number}?"
    return typer.confirm(question, err=True)


def _tell(doors: "Doors", planned: "Rollback") -> None:
    number = planned.generation.number
    doors.display.note(f"generation {number} is the current one")
    if planned.mismatch is None:
        return
    doors.display.warn(
        f"devenv.toml does not match its lock: {planned.mismatch}\n"
        "  take devenv.toml back from version control, too (git checkout REVISION --"
        " devenv.toml),\n"
        "  or use the lock as it is: devenv shell --frozen, devenv exec --frozen CMD;\n"
        "  the next command without --frozen locks anew, for devenv.toml as it is"
    )
