"""`devenv config` and `version`: what this devenv is, and what is set."""

import sys

import typer

from devenv import __version__
from devenv.cli import operations
from devenv.cli.options import PROJECT, JsonOption, Options, add_command
from devenv.cli.streams import data_line
from devenv.formats.columns import columns
from devenv.formats.printable import printable


def register(app: typer.Typer) -> None:
    """Add the two commands."""
    add_command(
        app,
        "config",
        config,
        shares=[PROJECT],
        examples=["devenv config", "devenv config --json"],
    )
    add_command(app, "version", version, examples=["devenv version --json"])


def config(options: Options, *, json: JsonOption = False) -> None:
    """Show every setting, and where it comes from."""
    doors = operations.open_doors(options)
    project = operations.project_around(doors, options.project)
    settings = operations.show_settings(doors, project)
    if json:
        rows = [
            {"name": item.name, "value": item.value, "source": item.source}
            for item in settings
        ]
        directory = None if project is None else project.directory
        data_line(operations.canonical_json({"project": directory, "settings": rows}))
        return
    lines = columns([[item.name, item.value, f"({item.source})"] for item in settings])
    for line in lines:
        data_line(printable(line))


def version(options: Options, *, json: JsonOption = False) -> None:
    """Print devenv's version."""
    del options
    if not json:
        data_line(f"devenv {__version__}")
        return
    python = ".".join(str(part) for part in sys.version_info[:3])
    system = operations.this_system().name
    data_line(
        operations.canonical_json(
            {"version": __version__, "python": python, "system": system}
        )
    )
