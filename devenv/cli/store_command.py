"""`devenv store`: look after the store."""

from typing import TYPE_CHECKING, Annotated

import typer

from devenv.cli import operations, roots_commands, transfer_commands
from devenv.cli.options import ARCHIVE, JsonOption, Options, add_command
from devenv.cli.streams import data_line
from devenv.errors import UsageError
from devenv.formats.printable import fields, printable
from devenv.formats.quantities import counted, size

if TYPE_CHECKING:
    from devenv.operations.describe_store import PathDescription, StoreSummary

PathsArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="[PATH]...", help="Store paths; else all."),
]


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(no_args_is_help=True, help="Look after the store.")
    add_command(
        group,
        "verify",
        verify,
        examples=["devenv store verify", "devenv store verify --content"],
    )
    add_command(
        group, "repair", repair, shares=[ARCHIVE], examples=["devenv store repair"]
    )
    roots_commands.register_du(group)
    add_command(group, "optimise", optimise, examples=["devenv store optimise"])
    add_command(
        group,
        "info",
        info,
        examples=["devenv store info", 'devenv store info "$(devenv build)"'],
    )
    add_command(
        group,
        "delete",
        delete,
        examples=["devenv store delete PATH", "devenv store delete --all"],
    )
    add_command(group, "rebuild", rebuild, examples=["devenv store rebuild"])
    transfer_commands.register(group)
    app.add_typer(group, name="store")


def verify(
    options: Options,
    paths: PathsArgument = None,
    *,
    content: Annotated[
        bool, typer.Option("--content", help="Read every file, however long it takes.")
    ] = False,
    json: JsonOption = False,
) -> int:
    """Compare store paths with their records; exit status 1 on a difference.

    A quick look sees what is missing, added, of another size or written later, which
    is what people and programs do. What a failing disk changes only shows to
    `--content`.
    """
    doors = operations.open_doors(options)
    named = operations.named_paths(doors, paths or ())
    differences = operations.look_at_store(doors, named, is_whole=content)
    if json:
        rows = [
            {
                "path": item.path.base,
                "fault": item.fault.name.lower(),
                "message": item.fault.value,
                "detail": item.detail,
            }
            for item in differences
        ]
        data_line(operations.canonical_json({"differences": rows}))
    else:
        for item in differences:
            detail = f" ({item.detail})" if item.detail else ""
            data_line(printable(f"{item.path.base}: {item.fault.value}{detail}"))
    if differences:
        doors.display.note("devenv store repair makes them again where it can")
    else:
        count = len(named) or len(doors.store.infos())
        how = "read" if content else "looked at"
        doors.display.note(f"{counted(count, 'path')} {how}, nothing has changed")
    return 1 if differences else 0


def repair(
    options: Options, paths: PathsArgument = None, *, json: JsonOption = False
) -> int:
    """Make damaged store paths again; exit status 1 if one stays damaged.

    Every file is read first. Packages are unpacked again from their archives, which
    are taken from the cache or fetched; trees and what else is made here is made
    again from its parts. What cannot be had is listed, and stays as it is.
    """
    doors = operations.open_doors(options)
    named = operations.named_paths(doors, paths or ())
    repaired = operations.repair_store(doors, named or None)
    if json:
        left = [{"path": base, "reason": why} for base, why in repaired.left.items()]
        found = {"mended": list(repaired.mended), "left": left}
        data_line(operations.canonical_json(found))
    else:
        for base in repaired.mended:
            data_line(f"{base}: mended")
        for base, why in repaired.left.items():
            data_line(printable(f"{base}: still damaged: {why}"))
    if not (repaired.mended or repaired.left):
        doors.display.note("nothing is damaged")
    return 1 if repaired.left else 0


def optimise(options: Options) -> None:
    """Let equal files share their space on the disk.

    Files are equal if nothing can tell them apart: content, mode and time.
    """
    doors = operations.open_doors(options)
    saved = operations.optimise_store(doors)
    doors.display.note(
        f"{counted(saved.joined_count, 'file')} joined to others like it,"
        f" {size(saved.freed_bytes)} saved"
    )


def info(
    options: Options,
    path: Annotated[
        str | None, typer.Argument(metavar="[PATH]", help="A store path; else all.")
    ] = None,
    *,
    json: JsonOption = False,
) -> None:
    """Tell what is known of the store, or of one path and why it is kept."""
    doors = operations.open_doors(options)
    summary = operations.describe_store(doors)
    if path is None:
        if json:
            data_line(operations.canonical_json(summary.as_json()))
        else:
            _show_store(summary)
        return
    (named,) = operations.named_paths(doors, [path])
    described = operations.describe_path(doors, named)
    if json:
        found = {**summary.as_json(), "path": described.as_json()}
        data_line(operations.canonical_json(found))
    else:
        _show_path(described)


def delete(
    options: Options,
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH]...", help="Store paths.")
    ] = None,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Delete every store path.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Even under running programs.")
    ] = False,
) -> None:
    """Delete store paths that nothing needs, or the whole store.

    What is needed is not deleted, and it is said by what. Downloads and indexes
    stay.
    """
    if everything == bool(paths) or (force and not everything):
        raise UsageError(
            "say what to delete: store paths, or everything (with --force, if"
            " programs still run)",
            hint="devenv store delete PATH..., or devenv store delete --all [--force]",
        )
    doors = operations.open_doors(options)
    if everything:
        removed = operations.delete_store(doors, is_forced=force)
    else:
        named = operations.named_paths(doors, paths or ())
        removed = operations.delete_named(doors, named)
    doors.display.note(
        f"{counted(removed.path_count, 'path')} deleted,"
        f" {size(removed.freed_bytes)} given back"
    )


def rebuild(options: Options) -> None:
    """Make the store's database anew from the records beside the paths.

    It happens by itself when the database is damaged. Every file is read; a path
    that is not as recorded is left out, and made again when it is needed.
    """
    doors = operations.open_doors(options)
    rebuilt = doors.store.rebuild_database()
    for base in rebuilt.left_out:
        data_line(f"{base}: left out")
    doors.display.note(f"{counted(len(rebuilt.registered), 'path')} registered")


def _show_store(summary: "StoreSummary") -> None:
    kinds = [f"{count} {kind}" for kind, count in summary.counts.items() if count]
    rows = {
        "store": summary.directory,
        "paths": ", ".join(kinds) or "none",
        "size": size(summary.size_bytes),
        "free": size(summary.free_bytes),
        "roots": str(summary.root_count),
    }
    data_line(fields(rows))


def _show_path(described: "PathDescription") -> None:
    found = described.info
    rows = {
        "path": described.place,
        "kind": found.kind.value,
        "size": size(found.size_bytes),
        "entries": str(found.file_count),
        "made": f"{described.made_at.astimezone():%Y-%m-%d %H:%M}",
        "content": found.content_hash,
        "kept": described.why or "by nothing: devenv gc deletes it",
    }
    data_line(fields(rows))
    for title, names in (
        ("refers to", found.references),
        ("referred to by", described.referrers),
    ):
        if names:
            data_line(f"{title}:")
        for name in names:
            data_line(f"  {name}")
