"""`devenv gc`: give back what nothing needs."""

from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from devenv.cli import operations
from devenv.cli.collecting import collect, leftovers_json, roots_json
from devenv.cli.options import JsonOption, Options, add_command
from devenv.cli.streams import data_line
from devenv.errors import FormatError, UsageError
from devenv.formats.columns import columns
from devenv.formats.keeper_text import keeper_json, keeper_text
from devenv.formats.printable import printable
from devenv.formats.quantities import counted, parse_age, parse_size, size

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from devenv.operations.collect_garbage import Plan
    from devenv.plan.expire_roots import Expiry
    from devenv.store.collect import Limits

Value = TypeVar("Value")

DryRunOption = Annotated[
    bool, typer.Option("--dry-run", "-n", help="Say what would go, and remove nothing.")
]
OlderThanOption = Annotated[
    str | None,
    typer.Option(
        "--older-than",
        metavar="AGE",
        help="Drop generations not entered for so long: 30d, 2w.",
    ),
]
KeepOption = Annotated[
    int | None,
    typer.Option(
        "--keep", metavar="N", min=1, help="Keep the N newest of each project."
    ),
]
MaxOption = Annotated[
    str | None,
    typer.Option("--max", metavar="SIZE", help="Stop when so much is given back: 5G."),
]
MinFreeOption = Annotated[
    str | None,
    typer.Option("--min-free", metavar="SIZE", help="Stop when so much is free: 20G."),
]
NowOption = Annotated[
    bool,
    typer.Option("--now", help="No grace: also what was just made, projects gone."),
]


def register(app: typer.Typer) -> None:
    """Add the command, and its name in Nix."""
    examples = [
        "devenv gc --dry-run -v",
        "devenv gc --older-than 30d --keep 3",
        "devenv gc --min-free 20G",
    ]
    add_command(app, "gc", gc, examples=examples)
    add_command(app, "collect-garbage", gc, hidden=True)


def gc(  # noqa: PLR0913 - one parameter an option
    options: Options,
    *,
    dry_run: DryRunOption = False,
    older_than: OlderThanOption = None,
    keep: KeepOption = None,
    most: MaxOption = None,
    min_free: MinFreeOption = None,
    now: NowOption = False,
    json: JsonOption = False,
) -> None:
    """Remove what nothing needs: store paths, old downloads, indexes and records.

    What a project, a link of `devenv build`, an ad-hoc environment of the last 14
    days or a running program needs stays, and what was made in the last 10 minutes.
    The newest and the current generation of a project always stay; others go when
    --older-than or --keep says so. A project whose folder is gone is kept for 30 days.
    """
    expiry = operations.Expiry(
        older_than=_read(parse_age, older_than, "--older-than"), keep=keep, is_now=now
    )
    limits = operations.Limits(
        max_bytes=_read(parse_size, most, "--max"),
        min_free_bytes=_read(parse_size, min_free, "--min-free"),
    )
    if dry_run:
        _plan(options, expiry, limits, json=json)
    else:
        collect(options, expiry, limits, json=json)


def _plan(options: Options, expiry: "Expiry", limits: "Limits", *, json: bool) -> None:
    doors = operations.open_doors(options)
    plan = operations.plan_collection(doors, expiry, limits, explains=options.verbose)
    if json:
        data_line(operations.canonical_json(_plan_json(plan)))
        return
    for line in _plan_lines(plan):
        data_line(printable(line))
    paths = counted(len(plan.dead), "path")
    doors.display.note(f"{paths} and {size(plan.bytes)} would be given back")


def _read(
    parse: "Callable[[str], Value]", text: str | None, option: str
) -> "Value | None":
    if text is None:
        return None
    try:
        return parse(text)
    except FormatError as error:
        raise UsageError(f"{option}: {error.what}", hint=error.hint) from error


def _plan_lines(plan: "Plan") -> "Sequence[str]":
    rows = [["drop", "", f"{name}: {reason}"] for name, reason in plan.roots.items()]
    rows += [["remove", size(count), base] for base, count in plan.dead.items()]
    rows += [
        ["remove", size(item.bytes), f"{item.kind} ({len(item.paths)})"]
        for item in plan.leftovers
    ]
    rows += [
        ["keep", "", f"{base}: {keeper_text(keeper)}"]
        for base, (keeper, _) in plan.kept.items()
    ]
    return columns(rows, right=frozenset({1})) if rows else []


def _plan_json(plan: "Plan") -> dict[str, object]:
    return {
        "dry_run": True,
        "roots": roots_json(plan.roots),
        "paths": [
            {"path": base, "freed_bytes": count} for base, count in plan.dead.items()
        ],
        "path_count": len(plan.dead),
        "leftovers": leftovers_json(plan.leftovers),
        "kept": [
            {"path": base, "steps": steps, **keeper_json(keeper)}
            for base, (keeper, steps) in plan.kept.items()
        ],
        "freed_bytes": plan.bytes,
    }
