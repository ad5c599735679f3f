"""What needs what in a lock, why, and how large it is."""

import pytest

from devenv.model.lock import Answer, LockedLibraries, LockedSystem
from devenv.plan.lock_graph import (
    Chain,
    LockGraph,
    Weight,
    chains_to,
    graphs_of,
    size_rows,
    weight,
)
from tests.fixtures.locks import locked_package


def graph(**needs: str) -> LockGraph:
    """Return a graph; capitals are asked for, a trailing `_` is the base set's."""
    packages = {
        name: locked_package(
            name, needs=tuple(wanted.split()), sha256=name, is_base=name.endswith("_")
        )
        for name, wanted in needs.items()
    }
    system = LockedSystem(
        requirements={
            name: (Answer(input="debian", package=name),)
            for name in needs
            if name.isupper()
        },
        packages=tuple(packages.values()),
    )
    return graphs_of(system)[0]


def test_inputs_come_in_the_order_of_path_and_libraries_last() -> None:
    locked = LockedSystem(
        requirements={
            "sid:b": (Answer(input="sid", package="b"),),
            "a": (Answer(input="debian", package="a"),),
            "a@1": (Answer(input="debian", package="a"),),
        },
        packages=(
            locked_package("a", needs=("c (>= 1)", "c (<< 9)")),
            locked_package("c"),
            locked_package("b", input_name="sid"),
        ),
        libraries=LockedLibraries(
            input="bullseye",
            c_library="2.31",
            requirements={"zlib": "zlib1g"},
            packages=(
                locked_package("zlib1g", input_name="bullseye", needs=("libc6",)),
            ),
        ),
    )
    sid, debian, libraries = graphs_of(locked)
    assert (sid.input, sid.requested) == ("sid", {"b": ("sid:b",)})
    assert debian.requested == {"a": ("a", "a@1")}
    assert debian.needs == {"a": ("c",), "c": ()}
    assert debian.needed_by == {"a": (), "c": ("a",)}
    assert libraries.is_libraries
    # The C library's family is left to the machine, and so are edges to it.
    assert libraries.needs == {"zlib1g": ()}


@pytest.mark.parametrize(
    ("needs", "name", "expected"),
    [
        pytest.param({"A": ""}, "A", [("A",)], id="asked for itself"),
        pytest.param(
            {"A": "b", "b": "c", "c": "", "B": "c"},
            "c",
            [("B", "c"), ("A", "b", "c")],
            id="shortest first",
        ),
        pytest.param(
            {"A": "x b", "x": "y", "y": "c", "b": "c", "c": ""},
            "c",
            [("A", "b", "c")],
            id="the shorter of two ways",
        ),
        pytest.param(
            {"A": "z b", "z": "c", "b": "c", "c": ""},
            "c",
            [("A", "b", "c")],
            id="the first of two equals",
        ),
        pytest.param(
            {"A": "b", "b": "c", "c": "b"}, "c", [("A", "b", "c")], id="a circle"
        ),
        pytest.param({"A": ""}, "none", [], id="not there"),
    ],
)
def test_the_shortest_ways_to_a_package_are_found(
    needs: dict[str, str], name: str, expected: list[tuple[str, ...]]
) -> None:
    chains = chains_to(graph(**needs), name, ())
    assert [chain.path for chain in chains] == expected
    assert all(chain.entries == (chain.path[0],) for chain in chains)


def test_what_only_scripts_need_comes_from_the_base_set() -> None:
    found = chains_to(graph(A="", sed_="acl_", acl_=""), "acl_", ("sed_", "tar"))
    assert found == (Chain(entries=(), path=("sed_", "acl_")),)


def test_what_was_asked_for_hides_the_base_set() -> None:
    found = chains_to(graph(A="c", sed_="c", c=""), "c", ("sed_",))
    assert [chain.path for chain in found] == [("A", "c")]


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        pytest.param({"A": ""}, {"A": (1, 0)}, id="alone"),
        pytest.param(
            {"A": "x s", "B": "s", "x": "", "s": ""},
            {"A": (2, 1), "B": (1, 1)},
            id="shared",
        ),
        pytest.param(
            {"A": "B", "B": "x", "x": ""}, {"A": (1, 2), "B": (0, 2)}, id="needed, too"
        ),
        pytest.param({"A": "x", "x": "A"}, {"A": (2, 0)}, id="a circle"),
        pytest.param({"A": "", "sed_": ""}, {"A": (1, 0)}, id="the base set apart"),
    ],
)
def test_a_package_weighs_what_would_go_with_it(
    needs: dict[str, str], expected: dict[str, tuple[int, int]]
) -> None:
    rows = size_rows(graph(**needs))
    found = {
        row.package.name: (row.only.package_count, row.shared.package_count)
        for row in rows
    }
    assert found == expected
    assert all(row.own.package_count == 1 for row in rows)


def test_what_adds_most_comes_first() -> None:
    rows = size_rows(graph(A="", LARGE="", B="longname", longname=""))
    assert [row.package.name for row in rows] == ["B", "LARGE", "A"]


def test_the_same_archive_weighs_once() -> None:
    one = locked_package("abc")
    other = locked_package("abc", input_name="sid")
    expected = Weight(package_count=1, download_bytes=3000, unpacked_bytes=3072)
    assert weight([one, other]) == expected
