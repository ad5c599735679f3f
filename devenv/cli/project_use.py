"""`devenv exec`, `build` and `env`: a project's environment, put to use."""

from pathlib import Path
from typing import Annotated

import typer

from devenv.cli import operations
from devenv.cli.display import data_line
from devenv.cli.options import ARCHIVE, LOCK, JsonOption, Options, add_command
from devenv.errors import UsageError
from devenv.formats.printable import printable
from devenv.plan.nearest import meant


def register(app: typer.Typer) -> None:
    """Add the three commands."""
    add_command(
        app,
        "exec",
        execute,
        shares=[LOCK, ARCHIVE],
        passes_through=True,
        examples=["devenv exec make test", "devenv exec -- python3 -m http.server"],
    )
    add_command(
        app,
        "build",
        build,
        shares=[LOCK, ARCHIVE],
        examples=["devenv build", "devenv build -o result"],
    )
    add_command(
        app,
        "env",
        env,
        shares=[LOCK, ARCHIVE],
        examples=[
            'eval "$(devenv env --format bash)"',
            "devenv env --format fish | source",
            'devenv env --format github >>"$GITHUB_ENV"',
        ],
    )


def execute(
    options: Options,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="CMD [ARGS]...", show_default=False),
    ] = None,
) -> None:
    """Run a command in the project's environment."""
    if not words:
        raise UsageError(
            "there is nothing to run", hint="devenv exec CMD [ARGS...], or devenv shell"
        )
    from devenv.cli.enter import execute_in_project  # noqa: PLC0415 - as operations

    execute_in_project(options, words)


def build(
    options: Options,
    *,
    link: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="LINK",
            help="Make a link to the tree, which keeps it.",
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Make the project's environment, and print the paths of its trees."""
    doors = operations.open_doors(options)
    made = operations.enter_project(
        doors, options.project, operations.lock_mode(options)
    )
    links = [] if link is None else operations.link_trees(doors, made, link)
    if json:
        trees = [
            {"input": tree.input, "path": str(tree.path)}
            for tree in made.realised.trees
        ]
        found = {
            "project": made.project.directory,
            "trees": trees,
            "links": [str(each) for each in links],
        }
        data_line(operations.canonical_json(found))
        return
    for tree in made.realised.trees:
        data_line(printable(str(tree.path)))
    if not made.realised.trees:
        doors.display.note("the environment has no packages, and so no tree")


def env(
    options: Options,
    *,
    wanted: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="bash, zsh, fish, json, dotenv or github.",
        ),
    ] = "bash",
    json: JsonOption = False,
) -> None:
    """Print what the project's environment changes of these variables."""
    kinds = [*operations.FORMATS, "json"]
    if wanted not in kinds:
        raise UsageError(
            f"there is no format {wanted!r}",
            hint=meant(wanted, kinds) or f"choose one of {', '.join(kinds)}",
        )
    doors = operations.open_doors(options)
    made = operations.enter_project(
        doors, options.project, operations.lock_mode(options)
    )
    changed = operations.changes(doors.env, made.environment.applied_to(doors.env))
    if json or wanted == "json":
        found = {
            "project": made.project.directory,
            "trees": list(made.environment.trees),
            "variables": changed,
        }
        data_line(operations.canonical_json(found))
    elif changed:
        # Not made printable: it is text for programs, byte by byte.
        data_line(operations.FORMATS[wanted](changed))
