"""One environment out of the trees of a project and its spec."""

import pytest

from devenv.model.environment import Environment
from devenv.plan.compose_environment import merged, overlaid

FIRST = Environment(
    trees=("/a",),
    prepend={"PATH": ("/a/bin",), "CMAKE_PREFIX_PATH": ("/a/usr",)},
    values={"PKG_CONFIG_LIBDIR": "/a/pc", "VALGRIND_LIB": "/a/valgrind"},
)
SECOND = Environment(
    trees=("/b",),
    prepend={"PATH": ("/b/bin",), "ACLOCAL_PATH": ("/b/aclocal",)},
    values={"PKG_CONFIG_LIBDIR": "/b/pc:/a/pc", "VALGRIND_LIB": "/b/valgrind"},
)


def test_trees_follow_each_other_on_every_search_path() -> None:
    together = merged([FIRST, SECOND])
    assert together.trees == ("/a", "/b")
    assert together.prepend == {
        "PATH": ("/a/bin", "/b/bin"),
        "CMAKE_PREFIX_PATH": ("/a/usr",),
        "ACLOCAL_PATH": ("/b/aclocal",),
    }


def test_values_that_are_lists_are_joined_and_of_others_the_first_is_taken() -> None:
    assert merged([FIRST, SECOND]).values == {
        "PKG_CONFIG_LIBDIR": "/a/pc:/b/pc",
        "VALGRIND_LIB": "/a/valgrind",
    }


def test_one_tree_is_itself_and_none_is_empty() -> None:
    assert merged([FIRST]) == FIRST
    assert merged([]) == Environment(trees=(), prepend={}, values={})


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"prepend": {"PATH": ("/p",)}}, {"PATH": ("/p", "/a/bin")}),
        ({"prepend": {"X": ("/p",)}}, {"X": ("/p",), "PATH": ("/a/bin",)}),
        ({"unset": ("CMAKE_PREFIX_PATH",)}, {"PATH": ("/a/bin",)}),
    ],
    ids=["in front of the trees", "a list of its own", "taken away"],
)
def test_a_spec_comes_before_its_trees(
    spec: dict[str, dict[str, tuple[str, ...]]], expected: dict[str, tuple[str, ...]]
) -> None:
    asked = {"prepend": {}, "values": {}, **spec}
    found = overlaid(FIRST, Environment(trees=(), **asked)).prepend  # type: ignore[arg-type]
    expected = {
        "CMAKE_PREFIX_PATH": ("/a/usr",) if "unset" not in spec else (),
        "PATH": ("/a/bin",),
        **expected,
    }
    assert found == {name: held for name, held in expected.items() if held}


def test_a_value_of_the_spec_holds_whatever_a_tree_would_set() -> None:
    spec = Environment(trees=(), prepend={}, values={"VALGRIND_LIB": "/mine", "A": "1"})
    found = overlaid(FIRST, spec).values
    assert (found["VALGRIND_LIB"], found["A"]) == ("/mine", "1")
