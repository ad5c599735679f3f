"""`devenv search`, `info`, `versions` and `which`: what there is, and where."""

from typing import TYPE_CHECKING, Annotated

import typer

from devenv.cli import operations, search_output
from devenv.cli.lock_views import chain_text
from devenv.cli.options import (
    ARCHIVE,
    LOCK,
    PROJECT,
    JsonOption,
    Options,
    PackagesOption,
    add_command,
    given,
)
from devenv.cli.reach_output import reach_fields
from devenv.cli.streams import data_line
from devenv.errors import ProgramError
from devenv.formats.columns import columns
from devenv.formats.printable import fields, printable
from devenv.formats.quantities import size

if TYPE_CHECKING:
    from pathlib import Path

    from devenv.model.lock import LockedPackage
    from devenv.operations.doors import Doors

_SHOWN_WAYS = 3

InputOption = Annotated[
    str | None, typer.Option("--input", metavar="INPUT", help="Where to look.")
]


def register(app: typer.Typer) -> None:
    """Add the four commands."""
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
        shares=[ARCHIVE, PROJECT],
        examples=["devenv info ripgrep", "devenv info sid:golang-go"],
    )
    add_command(
        app,
        "versions",
        versions,
        shares=[ARCHIVE, PROJECT],
        examples=["devenv versions nodejs", "devenv versions python3@3.11"],
    )
    add_command(
        app,
        "which",
        which,
        shares=[LOCK, ARCHIVE],
        examples=["devenv which gcc", "devenv which gcc -p gcc"],
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
    project = operations.project_around(doors, options.project)
    facts = operations.describe_package(doors, package, project=project)
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
    shown |= reach_fields(facts.programs)
    for item in facts.locked:
        of = f"{item.package.input}{', libraries' if item.is_library else ''}"
        ways = [chain_text(chain) for chain in item.chains]
        more = f" and {len(ways) - _SHOWN_WAYS} more ways" * (len(ways) > _SHOWN_WAYS)
        shown[f"in this project ({of})"] = (
            f"{item.package.version}; {'; '.join(ways[:_SHOWN_WAYS])}{more}"
        )
    data_line(fields(shown))


def versions(
    options: Options,
    package: Annotated[str, typer.Argument(metavar="PKG")],
    *,
    json: JsonOption = False,
) -> None:
    """Show every version of a package, of all inputs."""
    doors = operations.open_doors(options)
    project = operations.project_around(doors, options.project)
    found = operations.package_versions(doors, package, project=project)
    if json:
        rows = [
            {
                "name": row.package.name,
                "version": row.package.version,
                "inputs": list(row.inputs),
                "pocket": row.package.pocket,
                "architecture": row.package.architecture,
                "download_bytes": row.package.size,
                "unpacked_bytes": row.package.installed_size_kib * 1024,
            }
            for row in found
        ]
        data_line(operations.canonical_json({"versions": rows}))
        return
    table = [
        [
            row.package.name,
            row.package.version,
            ", ".join(row.inputs),
            row.package.pocket,
            size(row.package.size),
        ]
        for row in found
    ]
    for line in columns(table):
        data_line(printable(line))


def which(
    options: Options,
    program: Annotated[str, typer.Argument(metavar="PROGRAM")],
    *,
    packages: PackagesOption = None,
    json: JsonOption = False,
) -> None:
    """Print the path of a program in an environment.

    That is the project's, or the one that -p asks for. Outside of a project it is
    the program that `devenv run PROGRAM` would run.
    """
    doors = operations.open_doors(options)
    wanted = given(packages)
    package = None
    if wanted:
        path = _in_ad_hoc(doors, wanted, program)
    elif options.project or operations.project_folder(doors):
        made = operations.enter_project(
            doors, options.project, operations.lock_mode(options)
        )
        outer = doors.env.get("PATH", "")
        own = operations.which_in_project(made, program, outer=outer)
        path, package = own.path, own.package
    else:
        path = operations.make_for_program(doors, program)[1]
    if json:
        data_line(operations.canonical_json(_which_json(path, package)))
        return
    data_line(printable(str(path)))
    if package is not None:
        doors.display.note(f"of {package.name} {package.version}, {package.input}")


def _in_ad_hoc(doors: "Doors", wanted: list[str], program: str) -> "Path":
    made = operations.make_ad_hoc(doors, wanted)
    found = operations.find_program(made.environment, program)
    if found is None:
        raise ProgramError(
            f"this environment has no program called {program}",
            hint=f"find its package: devenv locate bin/{program}",
        )
    return found


def _which_json(path: "Path", package: "LockedPackage | None") -> dict[str, object]:
    return {
        "path": str(path),
        "package": None
        if package is None
        else {
            "input": package.input,
            "name": package.name,
            "version": package.version,
        },
    }
