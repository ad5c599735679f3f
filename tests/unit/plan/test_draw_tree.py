"""A graph drawn as a tree."""

import pytest

from devenv.plan.draw_tree import draw_tree


def drawn(graph: dict[str, str], max_depth: int | None = None) -> list[str]:
    roots = [name for name in graph if name.isupper()]
    lines = draw_tree(roots, lambda name: graph[name].split(), max_depth=max_depth)
    return [
        f"{line.lead}{line.name}{' (*)' * line.is_repeated}{' ...' * line.is_cut}"
        for line in lines
    ]


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        pytest.param({}, [], id="nothing"),
        pytest.param({"A": "", "B": ""}, ["A", "B"], id="roots"),
        pytest.param(
            {"A": "b d", "b": "c", "c": "", "d": ""},
            ["A", "├── b", "│   └── c", "└── d"],
            id="branches",
        ),
        pytest.param(
            {"A": "b", "b": "c", "c": "", "B": "b c"},
            ["A", "└── b", "    └── c", "B", "├── b (*)", "└── c"],
            id="a subtree once, a leaf each time",
        ),
        pytest.param(
            {"A": "b", "b": "A"}, ["A", "└── b", "    └── A (*)"], id="a circle"
        ),
    ],
)
def test_what_hangs_below_is_drawn(graph: dict[str, str], expected: list[str]) -> None:
    assert drawn(graph) == expected


def test_what_is_too_deep_is_marked() -> None:
    graph = {"A": "b e", "b": "c", "c": "d", "d": "", "e": ""}
    assert drawn(graph, 0) == ["A ..."]
    assert drawn(graph, 1) == ["A", "├── b ...", "└── e"]


def test_what_was_cut_is_drawn_where_there_is_room() -> None:
    graph = {"A": "b", "b": "c", "c": "d", "d": "", "C": "c"}
    assert drawn(graph, 2)[-2:] == ["└── c", "    └── d"]


def test_a_long_chain_is_drawn() -> None:
    graph = {"A": "n0", **{f"n{i}": f"n{i + 1}" for i in range(3000)}, "n3000": ""}
    assert len(drawn(graph)) == 3002
