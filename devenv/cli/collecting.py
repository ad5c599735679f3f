"""`devenv gc`, apart from typer: what collects garbage and says what that gave back."""

from typing import TYPE_CHECKING

from devenv.cli import operations
from devenv.cli.option_values import Options
from devenv.cli.streams import data_line
from devenv.formats.quantities import counted, size

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from devenv.operations.collect_garbage import Collected, Leftover
    from devenv.plan.expire_roots import Expiry
    from devenv.store.collect import Limits


def collect(
    options: Options, expiry: "Expiry", limits: "Limits", *, json: bool = False
) -> None:
    """Remove what nothing needs, and say how much that was.

    Raises:
        DevenvError: it cannot be told what must be kept, or the store is read-only.
    """
    doors = operations.open_doors(options)
    done = operations.collect_garbage(doors, expiry, limits)
    if json:
        data_line(operations.canonical_json(_collected_json(done)))
        return
    for name, reason in done.roots.items():
        doors.display.note(f"dropped {name}: {reason}")
    for item in done.leftovers:
        doors.display.note(f"removed {item.kind} ({len(item.paths)})")
    doors.display.note(
        f"{counted(done.path_count, 'path')} removed,"
        f" {size(done.freed_bytes)} given back"
    )


def collect_all(*, is_quiet: bool, is_now: bool) -> None:
    """Collect as `devenv gc` does when it is not told where to stop."""
    collect(
        Options(quiet=is_quiet), operations.Expiry(is_now=is_now), operations.Limits()
    )


def roots_json(roots: "Mapping[str, str]") -> list[dict[str, object]]:
    """Return roots that are dropped, as in docs/json."""
    return [{"name": name, "reason": reason} for name, reason in roots.items()]


def leftovers_json(leftovers: "Sequence[Leftover]") -> list[dict[str, object]]:
    """Return files beside the store, as in docs/json."""
    return [
        {"kind": item.kind, "files": len(item.paths), "freed_bytes": item.bytes}
        for item in leftovers
    ]


def _collected_json(done: "Collected") -> dict[str, object]:
    return {
        "dry_run": False,
        "roots": roots_json(done.roots),
        "paths": [],
        "path_count": done.path_count,
        "leftovers": leftovers_json(done.leftovers),
        "kept": [],
        "freed_bytes": done.freed_bytes,
    }
