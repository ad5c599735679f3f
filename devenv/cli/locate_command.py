"""`devenv locate`: which package holds a file."""

from typing import TYPE_CHECKING, Annotated

import typer

from devenv.cli import operations
from devenv.cli.options import ARCHIVE, PROJECT, JsonOption, Options, add_command
from devenv.cli.streams import data_line
from devenv.formats.columns import columns
from devenv.formats.printable import printable

if TYPE_CHECKING:
    from devenv.operations.locate_file import Located, LocatedFile


def register(app: typer.Typer) -> None:
    """Add the command."""
    add_command(
        app,
        "locate",
        locate,
        shares=[ARCHIVE, PROJECT],
        examples=[
            "devenv locate zlib.h",
            "devenv locate bin/rg",
            "devenv locate /usr/include/zlib.h",
            "devenv locate 'libGL.so*'",
            "devenv locate --regex 'python3\\.[0-9]+/typing\\.py$'",
        ],
    )


def locate(
    options: Options,
    file: Annotated[str, typer.Argument(metavar="FILE")],
    *,
    regex: Annotated[
        bool,
        typer.Option(
            "--regex", help="FILE is a regular expression, looked for in whole paths."
        ),
    ] = False,
    wanted_input: Annotated[
        str | None, typer.Option("--input", metavar="INPUT", help="Where to look.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many to show.")] = 25,
    json: JsonOption = False,
) -> int:
    """Find the packages that hold a file; the best matches first.

    A bare name is the last part of a path, one with a slash in it the last parts, each
    whole; one that begins with a slash is the whole path. `*`, `?` and `[...]` stand
    for what they do in a shell, within a part.
    """
    parse = operations.parse_path_expression if regex else operations.parse_path_pattern
    pattern = parse(file)
    doors = operations.open_doors(options)
    project = operations.project_around(doors, options.project)
    found = operations.locate_file(
        doors, pattern, limit=limit, input_name=wanted_input, project=project
    )
    if json:
        data_line(operations.canonical_json(found.as_json()))
    elif not found.files:
        raise operations.no_such_file(found, pattern)
    else:
        _show(found)
        for line in _what_next(found, in_project=project is not None):
            doors.display.note(line)
    return 0 if found.files else 1


def _show(found: "Located") -> None:
    rows = [
        [file.requirement, file.path, "in this project" if file.is_here else ""]
        for file in found.files
    ]
    for line in columns(rows):
        data_line(printable(line))


def _what_next(found: "Located", *, in_project: bool) -> list[str]:
    """Return what there is to know of the answer, and to do about its first line."""
    lines = []
    if found.has_more:
        lines.append(f"these are the best {len(found.files)}; --limit shows more")
    first = found.files[0]
    if first.is_here:
        return lines
    verb = "add it: devenv add" if in_project else "try it: devenv shell -p"
    lines.append(f"{verb} {first.requirement}")
    if operations.is_shared_library(first.path):
        lines.append(_library_line(first))
    return lines


def _library_line(file: "LocatedFile") -> str:
    return (
        "for programs that devenv did not supply, in devenv.toml:"
        f' libraries = ["{file.package}"]'
    )
