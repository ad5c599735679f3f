"""`devenv schema`: what a devenv.toml may say, for editors."""

import typer

from devenv.cli import operations
from devenv.cli.options import Options, add_command
from devenv.cli.streams import data_line


def register(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, "schema", schema, examples=["devenv schema >~/devenv.schema.json"])


def schema(options: Options) -> None:
    """Print a JSON Schema of devenv.toml, by which editors complete it."""
    del options
    data_line(operations.spec_schema_text())
