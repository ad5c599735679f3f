"""`devenv list`, `tree`, `why` and `size`: what is in a project's environment."""

from typing import TYPE_CHECKING, Annotated

import typer

from devenv.cli import lock_json, operations, roots_commands
from devenv.cli.options import ARCHIVE, LOCK, JsonOption, Options, add_command
from devenv.cli.streams import data_line
from devenv.errors import UsageError
from devenv.formats.columns import columns
from devenv.formats.printable import printable
from devenv.formats.quantities import counted, size

if TYPE_CHECKING:
    from devenv.model.lock import LockedPackage
    from devenv.operations.doors import Doors
    from devenv.operations.view_lock import LockView
    from devenv.plan.draw_tree import TreeLine
    from devenv.plan.lock_graph import Chain, LockGraph, SizeRow, Weight

SystemOption = Annotated[
    str | None,
    typer.Option("--system", metavar="SYSTEM", help="Look at another system."),
]
_NOTHING = "the project asks for no packages: devenv add PKG"


def register(app: typer.Typer) -> None:
    """Add the four commands."""
    shares = [LOCK, ARCHIVE]
    add_command(
        app,
        "list",
        list_packages,
        shares=shares,
        examples=["devenv list", "devenv list --all --json"],
    )
    add_command(
        app,
        "tree",
        tree,
        shares=shares,
        examples=["devenv tree --depth 1", "devenv tree libssl3t64 --reverse"],
    )
    add_command(
        app,
        "why",
        why,
        shares=shares,
        examples=["devenv why libssl3t64", "devenv why ./result"],
    )
    add_command(app, "size", sizes, shares=shares, examples=["devenv size"])


def list_packages(
    options: Options,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what only other packages need.")
    ] = False,
    system: SystemOption = None,
    json: JsonOption = False,
) -> None:
    """List the packages of the project's environment."""
    doors, view = _view(options, system)
    rows = [
        (graph, graph.packages[name])
        for graph in view.graphs
        for name in (graph.packages if everything else graph.requested)
    ]
    if json:
        data_line(operations.canonical_json(lock_json.listed(view, rows)))
        return
    if not rows:
        doors.display.note(_NOTHING)
        return
    _print_columns(
        [
            [
                package.name,
                package.version,
                _origin(graph),
                size(package.size),
                _asked_as(graph, package),
            ]
            for graph, package in rows
        ],
        right=frozenset({3}),
    )


def tree(
    options: Options,
    package: Annotated[str | None, typer.Argument(metavar="[PKG]")] = None,
    *,
    reverse: Annotated[
        bool, typer.Option("--reverse", help="Show what needs PKG instead.")
    ] = False,
    depth: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="How deep to go.")
    ] = None,
    system: SystemOption = None,
    json: JsonOption = False,
) -> None:
    """Draw what needs what; a package's own needs are drawn the first time only."""
    if reverse and package is None:
        raise UsageError(
            "--reverse shows what needs a package, and none was named",
            hint="devenv tree PKG --reverse",
        )
    doors, view = _view(options, system)
    graphs = view.graphs if package is None else view.graphs_with(package)
    name = None if package is None else package.rpartition(":")[2]
    drawn = []
    for graph in graphs:
        edges = graph.needed_by if reverse else graph.needs
        roots = list(graph.requested) if name is None else [name]
        lines = operations.draw_tree(roots, edges.__getitem__, max_depth=depth)
        drawn.append((graph, lines))
    if json:
        data_line(
            operations.canonical_json(lock_json.drawn(view, drawn, reverse=reverse))
        )
        return
    for graph, lines in drawn:
        for line in lines:
            data_line(printable(_tree_line(graph, line)))
    if not any(lines for _, lines in drawn):
        doors.display.note(_NOTHING)


def why(
    options: Options,
    package: Annotated[str, typer.Argument(metavar="PKG|STOREPATH")],
    *,
    system: SystemOption = None,
    json: JsonOption = False,
) -> None:
    """Show the shortest ways from what was asked for to a package.

    For a store path: who keeps it, and by which references.
    """
    if roots_commands.is_store_path(package):
        roots_commands.why_kept(options, package, json=json)
        return
    _, view = _view(options, system)
    name = package.rpartition(":")[2]
    found = [
        (graph, operations.chains_to(graph, name, view.base_set))
        for graph in view.graphs_with(package)
    ]
    if json:
        data_line(operations.canonical_json(lock_json.chained(view, name, found)))
        return
    for graph, chains in found:
        locked = graph.packages[name]
        data_line(printable(f"{name} {locked.version} of {_origin(graph)}"))
        if locked.is_base:
            data_line("  only for scripts, which may use the base set")
        for chain in chains:
            data_line(printable(f"  {chain_text(chain)}"))


def sizes(
    options: Options, *, system: SystemOption = None, json: JsonOption = False
) -> None:
    """Show how large each package is, and what only it brings along."""
    doors, view = _view(options, system)
    rows = [
        (graph, row) for graph in view.graphs for row in operations.size_rows(graph)
    ]
    rows.sort(key=lambda pair: (-pair[1].only.unpacked_bytes, pair[1].package.name))
    base = operations.weight(
        package for package in view.locked.packages if package.is_base
    )
    total = operations.weight(
        package for graph in view.graphs for package in graph.packages.values()
    )
    if json:
        data_line(operations.canonical_json(lock_json.sized(view, rows, base, total)))
        return
    if not rows:
        doors.display.note(_NOTHING)
        return
    _print_columns(_size_table(rows, base, total), right=frozenset(range(2, 6)))


def _view(options: Options, system: str | None) -> "tuple[Doors, LockView]":
    doors = operations.open_doors(options)
    mode = operations.lock_mode(options)
    return doors, operations.view_lock(doors, options.project, mode, system=system)


def _origin(graph: "LockGraph") -> str:
    return f"{graph.input}, libraries" if graph.is_libraries else graph.input


def _asked_as(graph: "LockGraph", package: "LockedPackage") -> str:
    """Return why a package is listed, where its name does not say it."""
    entries = graph.requested.get(package.name)
    if entries is None:
        return "for scripts" if package.is_base else "needed"
    others = [entry for entry in entries if entry != package.name]
    return f"as {', '.join(others)}" if others else ""


def _tree_line(graph: "LockGraph", line: "TreeLine") -> str:
    package = graph.packages[line.name]
    text = f"{line.lead}{line.name} {package.version}"
    if line.depth == 0:
        text += f" ({_origin(graph)})"
    if line.is_repeated:
        text += " (*)"
    if line.is_cut:
        text += " ..."
    return text


def chain_text(chain: "Chain") -> str:
    """Return `entry: package -> ... -> package`, without what says nothing."""
    asked = ", ".join(chain.entries) or "the base set"
    path = " -> ".join(chain.path)
    return path if asked == chain.path[0] else f"{asked}: {path}"


def _size_table(
    rows: "list[tuple[LockGraph, SizeRow]]", base: "Weight", total: "Weight"
) -> list[list[str]]:
    table = [["package", "from", "download", "unpacked", "only it brings", "shared"]]
    for graph, row in rows:
        table.append(
            [
                row.package.name,
                _origin(graph),
                size(row.own.download_bytes),
                size(row.own.unpacked_bytes),
                size(row.only.unpacked_bytes),
                size(row.shared.unpacked_bytes),
            ]
        )
    for name, weight in (("for scripts", base), ("all", total)):
        if weight.package_count:
            table.append(
                [
                    name,
                    counted(weight.package_count, "package"),
                    size(weight.download_bytes),
                    size(weight.unpacked_bytes),
                    "",
                    "",
                ]
            )
    return table


def _print_columns(rows: list[list[str]], *, right: frozenset[int]) -> None:
    for line in columns(rows, right=right):
        data_line(printable(line))
