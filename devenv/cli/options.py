"""Options that several commands share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

OfflineOption = Annotated[
    bool, typer.Option("--offline", help="Use what is here; open no socket.")
]
RefreshOption = Annotated[
    bool, typer.Option("--refresh", help="Look for newer indexes first.")
]
RollbackOption = Annotated[
    bool,
    typer.Option(
        "--allow-rollback",
        # Rare, and the error that it cures names it.
        hidden=True,
        help="Accept an index older than one seen before.",
    ),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Say less.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Say more.")]
NoColorOption = Annotated[bool, typer.Option("--no-color", help="Use no colours.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
PackagesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--package",
        "-p",
        metavar="PKG",
        help="A package: name, name@version or input:name. May be repeated.",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the shared options said."""

    offline: bool = False
    refresh: bool = False
    allow_rollback: bool = False
    quiet: bool = False
    verbose: bool = False
    no_color: bool = False


def examples(*lines: str) -> str:
    r"""Return an epilogue of examples; `\b` keeps its line breaks."""
    return "\b\n" + "\n".join(("Examples:", *(f"  {line}" for line in lines)))


def given(packages: Sequence[str] | None) -> list[str]:
    """Return a repeated option's values; none given is none."""
    return list(packages or ())
