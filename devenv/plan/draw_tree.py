"""A graph drawn as a tree of lines."""

from collections.abc import Callable, Sequence

from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeLine:
    """One line: what stands before the name, and whether its own tree was cut.

    `is_repeated`: it was drawn above; `is_cut`: it would be too deep.
    """

    lead: str
    name: str
    depth: int
    is_repeated: bool = False
    is_cut: bool = False


def draw_tree(
    roots: Sequence[str],
    branches: Callable[[str], Sequence[str]],
    *,
    max_depth: int | None = None,
) -> list[TreeLine]:
    """Return the lines of a tree, each subtree drawn the first time only.

    Args:
        roots: what stands at the left.
        branches: what hangs below a name. There may be circles.
        max_depth: how far below a root to go.
    """
    lines: list[TreeLine] = []
    drawn: set[str] = set()
    waiting = [_Node(name, "", "", 0) for name in reversed(roots)]
    while waiting:
        node = waiting.pop()
        below = branches(node.name)
        is_repeated = bool(below) and node.name in drawn
        is_cut = bool(below) and not is_repeated and node.depth == max_depth
        lines.append(
            TreeLine(
                lead=node.lead + node.branch,
                name=node.name,
                depth=node.depth,
                is_repeated=is_repeated,
                is_cut=is_cut,
            )
        )
        if is_repeated or is_cut:
            continue
        drawn.add(node.name)
        waiting.extend(reversed(_children(node, below)))
    return lines


@dataclass(frozen=True, slots=True)
class _Node:
    name: str
    lead: str
    branch: str
    depth: int


def _children(node: _Node, names: Sequence[str]) -> list[_Node]:
    own = {"": "", "├── ": "│   ", "└── ": "    "}[node.branch]
    last = len(names) - 1
    return [
        _Node(
            name,
            node.lead + own,
            "└── " if number == last else "├── ",
            node.depth + 1,
        )
        for number, name in enumerate(names)
    ]
