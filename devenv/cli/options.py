"""Options that commands share, and how a command gets them."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Concatenate, ParamSpec

import typer

from devenv.cli.option_values import Options
from devenv.errors import UsageError

__all__ = ["Options", "add_command", "given"]

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
ProjectOption = Annotated[
    Path | None,
    typer.Option(
        "--project",
        metavar="DIR",
        help="The project's folder; else the nearest devenv.toml upward.",
    ),
]
LockedOption = Annotated[
    bool, typer.Option("--locked", help="Fail if the lock is out of date.")
]
FrozenOption = Annotated[
    bool, typer.Option("--frozen", help="Take the lock as it is, without a look.")
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

_Shared = Mapping[str, tuple[object, object]]
"""Annotation and default of each option, by the field of `Options` it fills."""

TALK: _Shared = {
    "quiet": (QuietOption, False),
    "verbose": (VerboseOption, False),
    "no_color": (NoColorOption, False),
}
"""What every command has."""

ARCHIVE: _Shared = {
    "offline": (OfflineOption, False),
    "refresh": (RefreshOption, False),
    "allow_rollback": (RollbackOption, False),
}
"""What a command has that may look into an archive."""

PROJECT: _Shared = {"project": (ProjectOption, None)}
"""What a command has that may be about a project."""

LOCK: _Shared = {
    **PROJECT,
    "locked": (LockedOption, False),
    "frozen": (FrozenOption, False),
}
"""What a command has that needs the project's lock."""


Own = ParamSpec("Own")


def add_command(  # noqa: PLR0913 - what a command is, by name
    app: typer.Typer,
    name: str,
    function: Callable[Concatenate[Options, Own], int | None],
    *,
    shares: Sequence[_Shared] = (),
    examples: Sequence[str] = (),
    passes_through: bool = False,
    hidden: bool = False,
) -> None:
    """Add a command that is called with its shared options and its own.

    Args:
        app: the command line, or a group of it.
        name: the word it is called by.
        function: takes `Options` first; the other parameters are its own, as
            typer reads them. Its docstring is the help.
        shares: the groups of shared options it has, besides `TALK`.
        examples: command lines for the end of its help.
        passes_through: whether all after the first argument is some program's.
        hidden: keep it out of the list of commands.
    """
    shared = {key: value for group in (*shares, TALK) for key, value in group.items()}
    # Everything after the program's name is the program's.
    settings = (
        {"allow_interspersed_args": False, "ignore_unknown_options": False}
        if passes_through
        else None
    )
    app.command(
        name,
        epilog=_epilogue(examples) if examples else None,
        context_settings=settings,
        hidden=hidden,
    )(_with_options(function, shared))


def given(packages: Sequence[str] | None) -> list[str]:
    """Return a repeated option's values; none given is none."""
    return list(packages or ())


def _with_options(
    function: Callable[Concatenate[Options, Own], int | None], shared: _Shared
) -> Callable[..., int | None]:
    """Return what typer sees: one parameter for each option, shared ones last."""

    def command(**values: object) -> int | None:
        options = Options(**{key: values.pop(key) for key in shared})  # type: ignore[arg-type]
        if options.locked and options.frozen:
            raise UsageError(
                "--locked looks whether the lock is out of date, --frozen does not",
                hint="give one of the two",
            )
        return function(options, **values)  # type: ignore[call-arg, arg-type]

    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    parameters = [
        *own,
        *(
            inspect.Parameter(
                key,
                inspect.Parameter.KEYWORD_ONLY,
                default=default,
                annotation=annotation,
            )
            for key, (annotation, default) in shared.items()
        ),
    ]
    # What it raises is for those who call the function.
    command.__doc__ = inspect.cleandoc(function.__doc__ or "").partition("\nRaises:")[0]
    command.__name__ = function.__name__
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {item.name: item.annotation for item in parameters}
    return command


def _epilogue(lines: Sequence[str]) -> str:
    r"""Return an epilogue of examples; `\b` keeps its line breaks."""
    return "\b\n" + "\n".join(("Examples:", *(f"  {line}" for line in lines)))
