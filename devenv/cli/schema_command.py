"""`devenv schema`: what devenv's files may say, for editors."""

from typing import Annotated

import typer

from devenv.cli import operations
from devenv.cli.options import Options, add_command
from devenv.cli.streams import data_line


def register(app: typer.Typer) -> None:
    """Add the command."""
    examples = ["devenv schema >~/devenv.schema.json", "devenv schema config.toml"]
    add_command(app, "schema", schema, examples=examples)


def schema(
    options: Options,
    file: Annotated[
        str,
        typer.Argument(
            metavar="[FILE]",
            help="devenv.toml, config.toml, template.toml or devenv.lock.toml.",
        ),
    ] = "devenv.toml",
) -> None:
    """Print a JSON Schema of devenv.toml, by which editors complete it."""
    del options
    data_line(operations.file_schema_text(file))
