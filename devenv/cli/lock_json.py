"""What `list`, `tree`, `why` and `size` print as JSON: docs/json has the schemas."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from devenv.model.lock import LockedPackage
    from devenv.operations.view_lock import LockView
    from devenv.plan.draw_tree import TreeLine
    from devenv.plan.lock_graph import Chain, LockGraph, SizeRow, Weight

_KIB = 1024


def listed(
    view: "LockView", rows: "Iterable[tuple[LockGraph, LockedPackage]]"
) -> dict[str, object]:
    """Return the packages of `devenv list`."""
    packages = [
        {
            **_package(graph, package),
            "entries": list(graph.requested.get(package.name, ())),
            "for_scripts": package.is_base,
            "location": package.location,
            "sha256": package.sha256,
        }
        for graph, package in rows
    ]
    return {**_head(view), "packages": packages}


def drawn(
    view: "LockView",
    found: "Iterable[tuple[LockGraph, list[TreeLine]]]",
    *,
    reverse: bool,
) -> dict[str, object]:
    """Return the graph of `devenv tree`: every package once, and its edges."""
    trees = []
    for graph, lines in found:
        edges = graph.needed_by if reverse else graph.needs
        names = dict.fromkeys(line.name for line in lines)
        key = "needed_by" if reverse else "needs"
        trees.append(
            {
                "input": graph.input,
                "libraries": graph.is_libraries,
                "roots": [line.name for line in lines if line.depth == 0],
                "packages": [
                    {**_package(graph, graph.packages[name]), key: list(edges[name])}
                    for name in names
                ],
            }
        )
    return {**_head(view), "trees": trees}


def chained(
    view: "LockView",
    name: str,
    found: "Iterable[tuple[LockGraph, Sequence[Chain]]]",
) -> dict[str, object]:
    """Return the chains of `devenv why`."""
    reasons = [
        {
            **_package(graph, graph.packages[name]),
            "for_scripts": graph.packages[name].is_base,
            "chains": [
                {"entries": list(chain.entries), "path": list(chain.path)}
                for chain in chains
            ],
        }
        for graph, chains in found
    ]
    return {**_head(view), "package": name, "reasons": reasons}


def sized(
    view: "LockView",
    rows: "Iterable[tuple[LockGraph, SizeRow]]",
    base: "Weight",
    total: "Weight",
) -> dict[str, object]:
    """Return the table of `devenv size`."""
    packages = [
        {
            **_package(graph, row.package),
            "entries": list(row.entries),
            "only": _weight(row.only),
            "shared": _weight(row.shared),
        }
        for graph, row in rows
    ]
    return {
        **_head(view),
        "packages": packages,
        "for_scripts": _weight(base),
        "total": _weight(total),
    }


def _head(view: "LockView") -> dict[str, object]:
    return {"project": view.project_directory, "system": view.system}


def _package(graph: "LockGraph", package: "LockedPackage") -> dict[str, object]:
    return {
        "input": graph.input,
        "libraries": graph.is_libraries,
        "name": package.name,
        "version": package.version,
        "architecture": package.architecture,
        "pocket": package.pocket,
        "download_bytes": package.size,
        "unpacked_bytes": package.unpacked_kib * _KIB,
    }


def _weight(weight: "Weight") -> dict[str, object]:
    return {
        "packages": weight.package_count,
        "download_bytes": weight.download_bytes,
        "unpacked_bytes": weight.unpacked_bytes,
    }
