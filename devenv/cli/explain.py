"""`devenv search`, `info` and `which`: what there is, and where."""

from typing import Annotated

import typer

from devenv.cli import operations, search_output
from devenv.cli.options import (
    ARCHIVE,
    PROJECT,
    JsonOption,
    Options,
    PackagesOption,
    add_command,
    given,
)
from devenv.cli.streams import data_line
from devenv.errors import ProgramError
from devenv.formats.printable import fields
from devenv.formats.quantities import size

InputOption = Annotated[
    str | None, typer.Option("--input", metavar="INPUT", help="Where to look.")
]


def register(app: typer.Typer) -> None:
    """Add the three commands."""
    add_command(
        app,
        "search",
        search,
        shares=[ARCHIVE, PROJECT],
        examples=["devenv search json query", "devenv search --input sid zig"],
    )
    add_command(
        app,
        "info",
        info,
        shares=[ARCHIVE],
        examples=["devenv info ripgrep", "devenv info sid:golang-go"],
    )
    add_command(
        app, "which", which, shares=[ARCHIVE], examples=["devenv which gcc -p gcc"]
    )


def search(
    options: Options,
    terms: Annotated[list[str], typer.Argument(metavar="TERM...")],
    *,
    wanted_input: InputOption = None,
    limit: Annotated[int, typer.Option(min=1, help="How many to show.")] = 25,
    json: JsonOption = False,
) -> int:
    """Find packages by name and description; the best matches first."""
    doors = operations.open_doors(options)
    found = operations.search_packages(
        doors,
        terms,
        limit=limit,
        input_name=wanted_input,
        project=operations.project_around(doors, options.project),
    )
    if json:
        data_line(search_output.as_json(found.input_name, found.rows))
    elif not found.rows:
        doors.display.note(search_output.nothing_found(found.input_name, terms))
    else:
        for line in search_output.as_lines(found.rows):
            data_line(line)
    return 0 if found.rows else 1


def info(
    options: Options,
    package: Annotated[str, typer.Argument(metavar="PKG")],
    *,
    json: JsonOption = False,
) -> None:
    """Show what a package is, how large its environment is, what it needs."""
    doors = operations.open_doors(options)
    facts = operations.describe_package(doors, package)
    if json:
        data_line(operations.canonical_json(facts.as_json()))
        return
    shown: dict[str, object] = {
        "name": facts.package.name,
        "version": facts.package.version,
        "from": f"{facts.input_name} ({facts.package.pocket})",
        "about": facts.package.description,
        "section": facts.package.section,
        "download": size(facts.package.size),
        "with all it needs": (
            f"{len(facts.closure)} packages, {size(facts.closure_bytes)} to download,"
            f" {size(facts.installed_bytes)} unpacked"
        ),
        "needs": ", ".join(facts.direct) or "nothing",
    }
    data_line(fields(shown))


def which(
    options: Options,
    program: Annotated[str, typer.Argument(metavar="PROGRAM")],
    *,
    packages: PackagesOption = None,
) -> None:
    """Print the path of a program in an environment.

    Without -p it is the program that `devenv run PROGRAM` would run.
    """
    doors = operations.open_doors(options)
    wanted = given(packages)
    if not wanted:
        data_line(str(operations.make_for_program(doors, program)[1]))
        return
    made = operations.make_ad_hoc(doors, wanted)
    found = operations.find_program(made, program)
    if found is None:
        raise ProgramError(
            f"this environment has no program called {program}",
            hint=f"find its package: devenv search {program}",
        )
    data_line(str(found))
