"""`devenv lock`, `update`, `outdated`, `diff`, `add` and `remove`."""

from typing import Annotated

import typer

from devenv.cli import operations
from devenv.cli.display import data_line
from devenv.cli.locking import change_packages, lock_project, show_change
from devenv.cli.options import ARCHIVE, PROJECT, JsonOption, Options, add_command
from devenv.errors import UsageError
from devenv.formats.printable import printable

PackagesArgument = Annotated[
    list[str],
    typer.Argument(metavar="PKG...", help="name, name@version or input:name"),
]


def register(app: typer.Typer) -> None:
    """Add the six commands."""
    shares = [PROJECT, ARCHIVE]
    add_command(
        app,
        "add",
        add,
        shares=shares,
        examples=["devenv add ripgrep nodejs@20", "devenv add bookworm:ruby"],
    )
    add_command(app, "remove", remove, shares=shares, examples=["devenv remove jq"])
    add_command(
        app,
        "lock",
        lock,
        shares=shares,
        examples=["devenv lock", "devenv lock --check"],
    )
    add_command(
        app,
        "update",
        update,
        shares=shares,
        examples=["devenv update", "devenv update --dry-run bookworm nodejs"],
    )
    add_command(
        app, "outdated", outdated, shares=shares, examples=["devenv outdated --json"]
    )
    add_command(
        app,
        "diff",
        diff,
        shares=[PROJECT],
        examples=[
            "devenv diff",
            "devenv diff main",
            "devenv diff 2 3",
            "devenv diff old.toml new.toml",
        ],
    )


def add(
    options: Options, packages: PackagesArgument, *, json: JsonOption = False
) -> None:
    """Add packages to devenv.toml and to the lock, or change neither."""
    change_packages(options, "add", packages, json=json)


def remove(
    options: Options, packages: PackagesArgument, *, json: JsonOption = False
) -> None:
    """Take packages out of devenv.toml and out of the lock."""
    change_packages(options, "remove", packages, json=json)


def lock(
    options: Options,
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail if it is out of date.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Bring devenv.lock.toml up to date; what is locked stays where it can.

    A merge conflict in it is solved anew from both sides.
    """
    lock_project(options, check=check, json=json)


def update(
    options: Options,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Inputs or packages; else all."),
    ] = None,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="Show what would change.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Lock the newest versions that the spec allows, and show what changes."""
    doors = operations.open_doors(options)
    project = operations.open_project(doors, options.project)
    with operations.keep_allowed(doors, project.directory):
        change = operations.update_lock(doors, project, names or [], is_trial=dry_run)
    show_change(change, json=json, is_whole=options.verbose)
    if not json and change.diff.is_empty:
        doors.display.note("everything is the newest already")
    elif not json and dry_run:
        doors.display.note("nothing was written")


def outdated(options: Options, *, json: JsonOption = False) -> None:
    """Show what is newer than the lock, without changing it."""
    doors = operations.open_doors(options)
    project = operations.open_project(doors, options.project)
    found = operations.outdated(doors, project)
    if json:
        rows = [item.as_json() for item in found]
        data_line(operations.canonical_json({"packages": rows}))
        return
    for line in operations.outdated_lines(
        [
            (item.name, item.input, item.locked, item.updated, item.newest)
            for item in found
        ]
    ):
        data_line(printable(line))
    if not found:
        doors.display.note("everything is the newest")


def diff(
    options: Options,
    locks: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[LOCK] [LOCK]",
            help="Generations, files, or revisions of the git repository.",
        ),
    ] = None,
    *,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="As a comment for a review.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Show what differs between two locks: by default, since the last commit.

    A number is a generation of the project, `./3` a file of that name. With one,
    it is compared with devenv.lock.toml as it is.
    """
    if json and markdown:
        raise UsageError("--json and --markdown are two forms", hint="give one of them")
    doors = operations.open_doors(options)
    project = operations.project_around(doors, options.project)
    change = operations.compare_locks(doors, project, locks or [])
    if markdown:
        lines = operations.diff_markdown(change.diff, systems=len(change.after.systems))
        for line in lines:
            data_line(printable(line))
        return
    show_change(change, json=json, is_whole=options.verbose)
    if not json and change.diff.is_empty:
        doors.display.note("the locks are the same")
