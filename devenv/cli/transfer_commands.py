"""`devenv store export` and `import`: a project's archives for another machine."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from devenv.cli import operations
from devenv.cli.options import ARCHIVE, LOCK, Options, add_command
from devenv.cli.streams import data_file
from devenv.errors import StoreError, UsageError
from devenv.formats.quantities import counted, size

if TYPE_CHECKING:
    from devenv.operations.export_project import Transferred


def register(group: typer.Typer) -> None:
    """Add the two commands to `devenv store`."""
    add_command(
        group,
        "export",
        export,
        shares=[LOCK, ARCHIVE],
        examples=["devenv store export -o project.tar"],
    )
    add_command(
        group,
        "import",
        import_,
        examples=["devenv store import project.tar"],
    )


def export(
    options: Options,
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Where to; else standard output."
        ),
    ] = None,
) -> None:
    """Write the project's lock and all archives it needs here into one file.

    With that file and the project's own folder, another user or a machine without a
    network makes the same environment: `devenv store import FILE` there. It is for
    this kind of machine only.
    """
    if output is None and sys.stdout.isatty():
        raise UsageError(
            "a terminal is no place for archives",
            hint="devenv store export -o FILE",
        )
    doors = operations.open_doors(options)
    made = operations.enter_project(
        doors, options.project, operations.lock_mode(options)
    )
    try:
        if output is None:
            with data_file() as file:
                done = operations.export_project(doors, made, file)
        else:
            with operations.staged_file(output) as file:
                done = operations.export_project(doors, made, file)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StoreError(
            f"the export cannot be written: {error.strerror}",
            where=str(output or "standard output"),
        ) from error
    doors.display.note(f"exported: {_told(done)}")


def import_(
    options: Options,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What was exported.")],
) -> None:
    """Take in what `devenv store export` wrote, and make the environment.

    Everything is compared with the lock in it first. Where the project is, `devenv
    shell` then needs no network. Without a project that uses it, it is kept for two
    weeks. Programs of the packages run while it is made: so take an export only from
    somebody whose programs you would run.
    """
    doors = operations.open_doors(options)
    done = operations.import_project(doors, file)
    doors.display.note(f"imported: {_told(done)}")


def _told(done: "Transferred") -> str:
    archives = counted(done.archive_count, "archive")
    return f"{archives}, {size(done.archive_bytes)}"
