"""What is made again when something is damaged, and from what."""

import pytest

from devenv.model.store_path import PathInfo, PathKind, StorePath
from devenv.plan.repair_order import repair_order

REFERENCES = {
    "hello": (PathKind.UNPACKED, ()),
    "libc": (PathKind.UNPACKED, ()),
    "libc-patched": (PathKind.PATCHED, ("libc",)),
    "hello-patched": (PathKind.PATCHED, ("hello", "libc-patched")),
    "old-patched": (PathKind.PATCHED, ("hello", "libc-patched")),
    "one": (PathKind.TREE, ("hello", "libc", "hello-patched", "libc-patched")),
    "two": (PathKind.TREE, ("libc", "libc-patched")),
    "libraries": (PathKind.LIBRARIES, ("libc",)),
}
INFOS = [
    PathInfo(
        path=StorePath(name),
        kind=kind,
        content_hash="",
        size_bytes=0,
        file_count=0,
        references=references,
        origin="{}",
    )
    for name, (kind, references) in REFERENCES.items()
]


@pytest.mark.parametrize(
    ("damaged", "trees"),
    [
        pytest.param({"hello"}, {}, id="only what was unpacked"),
        pytest.param({"one"}, {"one": {"one"}}, id="only a tree"),
        pytest.param(
            {"hello-patched"}, {"one": {"hello-patched"}}, id="programs of one tree"
        ),
        pytest.param(
            {"libc-patched", "two"},
            {"one": {"libc-patched"}, "two": {"libc-patched", "two"}},
            id="programs of all trees",
        ),
        pytest.param({"old-patched"}, {}, id="programs of no tree"),
    ],
)
def test_what_is_made_here_is_made_again_by_way_of_its_trees(
    damaged: set[str], trees: dict[str, set[str]]
) -> None:
    order = repair_order(INFOS, damaged)
    assert order.trees == trees
    assert set(order.unpacked) == damaged & {"hello", "libc"}
    assert set(order.unneeded) == damaged & {"old-patched"}


def test_libraries_are_made_again_last() -> None:
    order = repair_order(INFOS, {"libraries", "libc", "hello"})
    assert order.libraries == ("libraries",)
    assert order.unpacked == ("hello", "libc")


def test_without_damage_there_is_nothing_to_do() -> None:
    order = repair_order(INFOS, ())
    assert (order.unpacked, order.trees, order.libraries) == ((), {}, ())
    assert order.unneeded == ()
