"""`devenv cache`: archives for others, by their hashes."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from devenv.cli import operations
from devenv.cli.options import (
    ARCHIVE,
    LOCK,
    Options,
    PackagesOption,
    add_command,
    given,
)
from devenv.cli.streams import data_line
from devenv.errors import UsageError
from devenv.formats.quantities import counted, size

LISTEN = "127.0.0.1:8710"


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(
        no_args_is_help=True, help="Share archives: in a folder, or by HTTP."
    )
    add_command(
        group,
        "push",
        push,
        shares=[LOCK, ARCHIVE],
        examples=[
            "devenv cache push /mnt/team/devenv",
            "devenv cache push /mnt/team/devenv --all-systems",
            "devenv cache push /mnt/team/devenv -p gcc -p cmake",
        ],
    )
    add_command(
        group,
        "serve",
        serve,
        examples=[
            "devenv cache serve",
            "devenv cache serve /mnt/team/devenv --listen 0.0.0.0:8710",
        ],
    )
    app.add_typer(group, name="cache")


def push(
    options: Options,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The cache.")],
    packages: PackagesOption = None,
    *,
    all_systems: Annotated[
        bool,
        typer.Option(
            "--all-systems", help="Those of the other systems in the lock, too."
        ),
    ] = False,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Read what is there already; replace what is damaged."
        ),
    ] = False,
) -> None:
    """Copy the archives that the project is made of into a folder, by their hashes.

    What is there is not copied again. The folder can be served by any web server, or
    be on a network drive; who names it in `[cache] from` of their config.toml, or in
    DEVENV_CACHES, takes archives from there before any mirror is asked, and compares
    them with the lock. With -p, those of the packages instead of the project's.
    """
    # A path has lost the second slash of an address.
    if str(folder).startswith(("http:/", "https:/")):
        raise UsageError(
            "archives are pushed to a folder",
            where=str(folder),
            hint="push to one, and copy it there with rsync or the like",
        )
    if packages and all_systems:
        raise UsageError(
            "-p takes packages of this system alone", hint="leave out --all-systems"
        )
    doors = operations.open_doors(options)
    operations.prepare_cache_folder(folder)
    target = operations.CacheFolder(folder=folder, is_read=check)
    if packages:
        made = operations.make_ad_hoc(doors, given(packages))
        done = operations.push_packages(doors, made, target)
    else:
        project = operations.enter_project(
            doors, options.project, operations.lock_mode(options)
        )
        done = operations.push_project(doors, project, target, all_systems=all_systems)
    there = done.archive_count - done.copied_count
    doors.display.note(
        f"{counted(done.archive_count, 'archive')} in {folder}: {done.copied_count}"
        f" copied ({size(done.copied_bytes)}), {there} there before"
    )


def serve(
    options: Options,
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[DIR]", help="A cache; else your own downloads."),
    ] = None,
    *,
    listen: Annotated[
        str,
        typer.Option(
            "--listen",
            metavar="HOST:PORT",
            help="The address; 0.0.0.0:8710 is for other machines, too.",
        ),
    ] = LISTEN,
) -> None:
    """Serve archives by HTTP, read only, to whoever knows their hashes; ^C ends it.

    By default to programs of this machine alone. There is no list, no password and no
    encryption: what comes is compared with a lock, whoever sent it. The address stands
    on standard output; -v shows what is asked for.
    """
    doors = operations.open_doors(options)
    display = doors.display
    serving = operations.serve_archives(doors, folder, listen, display.detail)
    archives = counted(serving.archive_count, "archive")
    display.note(f"serving {serving.folder}: {archives}, {size(serving.archive_bytes)}")
    if serving.is_open:
        display.note("other machines can read them, if they know the hashes")
    display.note(f'for config.toml: [cache] from = ["{serving.address}"]')
    data_line(serving.address)
    sys.stdout.flush()
    with serving.server:
        try:
            serving.server.serve_forever()
        except KeyboardInterrupt:
            display.note("ended")
