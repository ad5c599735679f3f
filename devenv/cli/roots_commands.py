"""`devenv roots`, `store du`, and `why` of a store path: what is kept, and for whom."""

import re
from typing import TYPE_CHECKING

from devenv.cli import operations
from devenv.cli.options import JsonOption, Options, add_command
from devenv.cli.streams import data_line
from devenv.formats.columns import columns
from devenv.formats.keeper_text import keeper_json, keeper_text, root_word
from devenv.formats.printable import printable
from devenv.formats.quantities import counted, size

if TYPE_CHECKING:
    from collections.abc import Mapping

    import typer

    from devenv.operations.list_roots import ListedRoot
    from devenv.store.usage import Usage

_STORE_PATH = re.compile(r"[a-z2-7]{32}-.+")


def register(app: "typer.Typer") -> None:
    """Add `roots`."""
    add_command(app, "roots", roots, examples=["devenv roots", "devenv roots --json"])


def register_du(group: "typer.Typer") -> None:
    """Add `du` to the group of the store's commands."""
    add_command(group, "du", du, examples=["devenv store du", "devenv store du --json"])


def roots(options: Options, *, json: JsonOption = False) -> None:
    """List what keeps store paths: projects, links, ad-hoc environments, programs."""
    doors = operations.open_doors(options)
    listed = operations.list_roots(doors)
    running = operations.list_running(doors)
    if json:
        found = {
            "roots": [_root_json(root) for root in listed],
            "running": [
                {**keeper_json(keeper), "paths": list(bases)}
                for keeper, bases in running.items()
            ],
        }
        data_line(operations.canonical_json(found))
        return
    rows = [
        [
            root_word(root.name),
            root.label or root.name,
            f"{root.last_used:%Y-%m-%d}",
            root.remark,
        ]
        for root in listed
    ]
    rows += [
        ["running", keeper_text(keeper), "now", counted(len(bases), "path")]
        for keeper, bases in running.items()
    ]
    for line in columns(rows) if rows else ():
        data_line(printable(line))
    if not rows:
        doors.display.note("nothing is kept: no project, no link, no program")


def du(options: Options, *, json: JsonOption = False) -> None:
    """Show what takes the disk's room: by who keeps it, and by package.

    `own` is what nobody else uses, and so what its going would give back.
    """
    doors = operations.open_doors(options)
    usage = operations.disk_usage(doors)
    if json:
        found = {
            "store_bytes": usage.store_bytes,
            "unused_bytes": usage.unused_bytes,
            "keepers": _usages_json(usage.keepers),
            "packages": _usages_json(usage.packages),
            "cache": [
                {"name": name, "bytes": count} for name, count in usage.cache.items()
            ],
        }
        data_line(operations.canonical_json(found))
        return
    rows = [["kept for", "size", "own", "shared"], *_usage_rows(usage.keepers)]
    rows += [["nothing (devenv gc)", size(usage.unused_bytes), "", ""]]
    rows += [["", "", "", ""], ["package", "size", "own", "shared"]]
    rows += _usage_rows(usage.packages)
    rows += [["", "", "", ""], ["cache", "size", "", ""]]
    rows += [[name, size(count), "", ""] for name, count in usage.cache.items()]
    for line in columns(rows, right=frozenset({1, 2, 3})):
        data_line(printable(line))
    doors.display.note(f"the store takes {size(usage.store_bytes)}")


def is_store_path(text: str) -> bool:
    """Tell whether `text` means a store path: by its name, or as a place."""
    return "/" in text or _STORE_PATH.fullmatch(text) is not None


def why_kept(options: Options, text: str, *, json: bool) -> None:
    """Say who keeps a store path, and by which references."""
    doors = operations.open_doors(options)
    base, reasons = operations.explain_path(doors, text)
    if json:
        found = {
            "path": base,
            "kept_by": [
                {**keeper_json(reason.keeper), "way": list(reason.way)}
                for reason in reasons
            ],
        }
        data_line(operations.canonical_json(found))
        return
    for reason in reasons:
        data_line(printable(keeper_text(reason.keeper)))
        for depth, name in enumerate(reason.way):
            data_line(printable(f"  {'  ' * depth}{name}"))
    if not reasons:
        doors.display.note("nothing keeps it: the next `devenv gc` removes it")


def _root_json(root: "ListedRoot") -> dict[str, object]:
    gone = root.gone_since
    return {
        "name": root.name,
        "purpose": root.purpose.value,
        "label": root.label,
        "paths": list(root.paths),
        "last_used": root.last_used.isoformat(timespec="seconds"),
        "generation": root.number or None,
        "is_current": root.is_current,
        "is_there": root.is_there,
        "gone_since": gone.isoformat(timespec="seconds") if gone else None,
    }


def _usages_json(usages: "Mapping[str, Usage]") -> list[dict[str, object]]:
    return [
        {
            "name": name,
            "bytes": usage.bytes,
            "own_bytes": usage.own_bytes,
            "shared_bytes": usage.shared_bytes,
        }
        for name, usage in usages.items()
    ]


def _usage_rows(usages: "Mapping[str, Usage]") -> list[list[str]]:
    largest = sorted(usages.items(), key=lambda item: (-item[1].bytes, item[0]))
    return [
        [name, size(usage.bytes), size(usage.own_bytes), size(usage.shared_bytes)]
        for name, usage in largest
    ]
