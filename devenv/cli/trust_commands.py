"""`devenv allow`, `deny`, `revoke` and `trust list`: whom the user trusts."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from devenv.cli import operations
from devenv.cli.display import data_line
from devenv.cli.options import ARCHIVE, PROJECT, JsonOption, Options, add_command
from devenv.errors import UsageError
from devenv.formats.printable import printable

if TYPE_CHECKING:
    from devenv.operations.allow_project import AllowProposal

DirectoryArgument = Annotated[
    Path | None,
    typer.Argument(metavar="[DIR]", help="The project; else the nearest one upward."),
]


def register(app: typer.Typer) -> None:
    """Add the commands, and the group of `trust list`."""
    add_command(
        app,
        "allow",
        allow,
        shares=[PROJECT, ARCHIVE],
        examples=["devenv allow", "devenv allow ~/src/app --yes"],
    )
    add_command(app, "deny", deny, shares=[PROJECT], examples=["devenv deny ~/x"])
    add_command(app, "revoke", revoke, shares=[PROJECT], examples=["devenv revoke"])
    trust = typer.Typer(no_args_is_help=True, help="Look at what you have allowed.")
    app.add_typer(trust, name="trust")
    add_command(
        trust, "list", list_decisions, examples=["devenv trust list", "… --json"]
    )


def allow(
    options: Options,
    directory: DirectoryArgument = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    background: Annotated[
        bool, typer.Option("--background", help="Do not wait until it is built.")
    ] = False,
) -> None:
    """Let a project take effect when you cd into it, after showing what it does.

    It holds for what the project does now. Another version of a package from the
    same signed archives, and what goes away, is told; anything else that is new
    asks for this command again.
    """
    doors = operations.open_doors(options)
    folder = Path(operations.project_directory(doors, _named(options, directory)))
    proposal = operations.propose_allowing(doors, folder)
    _show(proposal)
    if not yes and not _agrees(str(folder)):
        doors.display.note("nothing was allowed")
        raise typer.Exit(1)
    operations.accept(doors, proposal)
    if background:
        operations.reload_behind(doors, folder)
        doors.display.note("it is being built: devenv wait tells when it is there")
        return
    found = operations.reload_project(doors, folder)
    if found.word.value != "allowed":
        # Somebody has changed it since it was shown.
        doors.display.warn(found.sentence)
        raise typer.Exit(1)
    for command, provider in operations.programs_of(doors, folder).items():
        doors.display.note(f"{command} of {provider} stands in front of the host's")
    doors.display.note(f"{folder} is allowed, and ready")


def deny(options: Options, directory: DirectoryArgument = None) -> None:
    """Never let a project take effect on cd, whatever it says, until allowed again."""
    doors = operations.open_doors(options)
    named = _named(options, directory)
    folder = named or Path(operations.project_directory(doors, None))
    operations.deny_project(doors, folder)
    doors.display.note(f"{folder.resolve()} is denied")


def revoke(options: Options, directory: DirectoryArgument = None) -> None:
    """Forget what was allowed or denied: the project is unknown again."""
    doors = operations.open_doors(options)
    named = _named(options, directory)
    folder = named or Path(operations.project_directory(doors, None))
    if operations.revoke_decision(doors, folder):
        doors.display.note(f"nothing is decided about {folder.resolve()} any more")
    else:
        doors.display.note(f"nothing was decided about {folder.resolve()}")


def list_decisions(options: Options, *, json: JsonOption = False) -> None:
    """List what you have allowed and denied, by folder."""
    doors = operations.open_doors(options)
    rows = operations.list_trust(doors)
    if json:
        found = {"decisions": [row.as_json() for row in rows]}
        data_line(operations.canonical_json(found))
        return
    for row in rows:
        moment = row.record.decided_at.astimezone()
        data_line(
            printable(f"{row.word:<8} {moment:%Y-%m-%d %H:%M}  {row.record.path}")
        )
    if not rows:
        doors.display.note("nothing is allowed or denied yet")


def _named(options: Options, directory: Path | None) -> Path | None:
    if directory is not None and options.project is not None:
        raise UsageError("the project is named twice", hint="give DIR or --project")
    return directory or options.project


def _show(proposal: "AllowProposal") -> None:
    """Print what is new since the last time, and all that the project does."""
    data_line(printable(proposal.reading.directory))
    if proposal.decision is not None:
        needed = [operations.new_text(new) for new in proposal.decision.needed]
        for title, lines in (("new", needed), ("changed", proposal.decision.told)):
            for line in lines:
                data_line(printable(f"  {title}: {line}"))
        if proposal.decision.is_same:
            data_line("  as it was allowed before")
    for line in operations.effects_lines(proposal.effects, proposal.requested):
        data_line(printable(f"  {line}"))


def _agrees(project: str) -> bool:
    """Ask on the terminal.

    Raises:
        UsageError: there is none.
    """
    sys.stdout.flush()
    if not sys.stdin.isatty():
        raise UsageError(
            "nobody is there to agree to this",
            hint="read it, then: devenv allow --yes",
        )
    return typer.confirm(printable(f"allow {project}?"), err=True)
