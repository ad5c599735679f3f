"""The changes of a lock as text: for a terminal, and for a review comment."""

from collections.abc import Iterator, Sequence

from devenv.formats.quantities import counted, size
from devenv.model.lock_diff import LockDiff, PackageChange, PocketChange

_SIGNS = {"added": "+", "removed": "-", "changed": "~"}
_KIB = 1024
_MOST_IN_PASSING = 10


def diff_lines(
    diff: LockDiff, *, systems: int, is_whole: bool = False
) -> Iterator[str]:
    """Yield lines for a terminal; nothing for no change.

    `systems` is how many there are: a change on all of them names none. What
    came or went because something else needs it is counted only where it would
    fill the screen, unless `is_whole`.
    """
    for pocket in diff.pockets:
        yield f"  {pocket.pocket} of {pocket.input}: {_dates(pocket)}"
    if diff.rules_changed:
        yield "  the rules by which store paths are made are those of this devenv"
    in_passing = [] if is_whole else [c for c in diff.packages if _is_in_passing(c)]
    shown: Sequence[PackageChange] = diff.packages
    if len(in_passing) > _MOST_IN_PASSING:
        shown = [change for change in diff.packages if not _is_in_passing(change)]
    else:
        in_passing = []
    yield from _aligned([_cells(change, systems) for change in shown])
    yield from _counted(in_passing)
    if diff.packages:
        yield summary(diff)


def summary(diff: LockDiff) -> str:
    """Return how many packages changed in which way, and what that weighs."""
    counts = [
        f"{count} {kind}"
        for kind in ("added", "changed", "removed")
        if (count := sum(change.kind == kind for change in diff.packages))
    ]
    fetched = sum(change.after.size for change in diff.packages if change.after)
    grown = sum(change.grown_unpacked_kib for change in diff.packages) * _KIB
    parts = [", ".join(counts) or "no package changed"]
    if fetched:
        parts.append(f"{size(fetched)} to download")
    if grown:
        parts.append(f"{signed_size(grown)} on disk")
    return "; ".join(parts)


def diff_markdown(diff: LockDiff, *, systems: int) -> Iterator[str]:
    """Yield the lines of a comment for who reviews a change."""
    yield f"**devenv.lock.toml**: {summary(diff)}"
    if diff.pockets:
        yield ""
        for pocket in diff.pockets:
            yield f"- `{pocket.pocket}` of {pocket.input}: {_dates(pocket)}"
    if diff.packages:
        yield ""
        yield "| | package | before | after | size | from |"
        yield "|---|---|---|---|---|---|"
        for change in diff.packages:
            sign, name, before, _, after, grown, source = _cells(change, systems)
            cells = (sign, f"`{name}`", before, after, grown, source)
            yield f"| {' | '.join(cells)} |"


def signed_size(count_bytes: int) -> str:
    """Return a difference of sizes: `+1.2 MB`, `-300 B`, `0 B`."""
    if count_bytes < 0:
        return f"-{size(-count_bytes)}"
    return f"+{size(count_bytes)}" if count_bytes else size(0)


def _is_in_passing(change: PackageChange) -> bool:
    return change.kind != "changed" and not change.is_requested


def _counted(changes: Sequence[PackageChange]) -> Iterator[str]:
    """Yield a line for what was added, and one for what was removed."""
    for kind in ("added", "removed"):
        found = [change for change in changes if change.kind == kind]
        if found:
            grown = signed_size(sum(change.grown_bytes for change in found))
            what = counted(len(found), "package")
            yield f"{_SIGNS[kind]}  {what} that others need  {grown}"


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield rows with their columns under each other; empty columns are left out."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True) if width
        )
        yield "  ".join(cells).rstrip()


def _cells(change: PackageChange, systems: int) -> tuple[str, ...]:
    row = change.row
    before = change.before.version if change.before else ""
    after = change.after.version if change.after else ""
    if before == after:
        after = f"{after} (other bytes)"
    source = row.input if row.pocket == row.input else f"{row.input} ({row.pocket})"
    where = "" if len(change.systems) == systems else f", {_only(change.systems)}"
    base = ", base set" if row.is_base else ""
    return (
        _SIGNS[change.kind],
        row.name,
        before,
        "->" if before and after else "",
        after,
        signed_size(change.grown_bytes),
        f"{source}{base}{where}",
    )


def _only(systems: Sequence[str]) -> str:
    return f"{' and '.join(systems)} only"


def _dates(change: PocketChange) -> str:
    if change.before is None:
        return f"new, of {change.after:%Y-%m-%d %H:%M}"
    if change.after is None:
        return "no longer used"
    if change.before == change.after:
        return f"another file of {change.after:%Y-%m-%d %H:%M}"
    return f"{change.before:%Y-%m-%d %H:%M} -> {change.after:%Y-%m-%d %H:%M}"


def outdated_lines(
    rows: Sequence[tuple[str, str, str, str | None, str]],
) -> Iterator[str]:
    """Yield a table of (name, input, locked, updated, newest); nothing for none."""
    if not rows:
        return
    table = [
        ("package", "input", "locked", "update", "newest"),
        *(
            (name, source, locked, updated or "(dropped)", newest)
            for name, source, locked, updated, newest in rows
        ),
    ]
    yield from _aligned(table)
