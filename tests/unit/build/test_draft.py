"""A tree in planning: links, folders, look-ups."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devenv.build.draft import SourceFile, TreeDraft, WrittenFile
from devenv.errors import RelocationError
from devenv.model.systems import X86_64_LINUX


@pytest.fixture
def draft() -> TreeDraft:
    tree = TreeDraft(final="/store/tree", system=X86_64_LINUX)
    tree.write("usr/lib/jvm/java-21/bin/java", b"J", executable=True)
    tree.add_link("usr/lib/jvm/default", "java-21")
    tree.add_link("usr/bin/java", "/usr/lib/jvm/default/bin/java")
    tree.add_link("usr/bin/loop", "loop")
    tree.add_link("usr/bin/gone", "nowhere")
    return tree


def test_parents_come_before_children(draft: TreeDraft) -> None:
    assert draft.directories == [
        "usr",
        "usr/bin",
        "usr/lib",
        "usr/lib/jvm",
        "usr/lib/jvm/java-21",
        "usr/lib/jvm/java-21/bin",
    ]


def test_an_absolute_link_becomes_relative(draft: TreeDraft) -> None:
    assert draft.links["usr/bin/java"] == "../lib/jvm/default/bin/java"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param(
            "usr/bin/java", "usr/lib/jvm/java-21/bin/java", id="two links deep"
        ),
        pytest.param("usr/bin/../lib/jvm", "usr/lib/jvm", id="dot-dot after a folder"),
        pytest.param("usr/bin/loop", None, id="a loop"),
        pytest.param("usr/bin/gone", None, id="dangling"),
        pytest.param("usr/nothing", None, id="absent"),
    ],
)
def test_links_are_followed_inside_the_tree(
    draft: TreeDraft, path: str, expected: str | None
) -> None:
    assert draft.resolve(path) == expected


@pytest.mark.parametrize(
    ("absolute", "expected"),
    [
        pytest.param("/bin/java", "usr/bin/java", id="merged spelling"),
        pytest.param("/usr/bin/gone", "usr/bin/gone", id="a dangling link counts"),
        pytest.param(
            "/usr/lib/jvm/default/bin/java",
            "usr/lib/jvm/default/bin/java",
            id="through a linked folder",
        ),
        pytest.param("/usr/bin/nothing", None, id="absent"),
    ],
)
def test_absolute_paths_are_found_as_files_name_them(
    draft: TreeDraft, absolute: str, expected: str | None
) -> None:
    assert draft.find(absolute) == expected


def test_a_beginning_of_a_name_is_found(draft: TreeDraft) -> None:
    assert draft.find_prefix("/usr/lib/jvm/java-") == "usr/lib/jvm/java-"
    assert draft.find_prefix("/usr/lib/jvm/ruby-") is None


def test_the_first_file_at_a_place_stays(draft: TreeDraft) -> None:
    other = WrittenFile(content=b"other", is_executable=False, mtime_seconds=1)
    path = "usr/lib/jvm/java-21/bin/java"
    assert not draft.add_file(path, other)
    assert draft.read(path) == b"J"


_names = st.sampled_from("abc")
_paths = st.lists(_names, min_size=1, max_size=3).map("/".join)


def _source(path: str) -> SourceFile:
    return SourceFile(
        source=f"/store/{path}",
        is_executable=False,
        size=1,
        sha256="0" * 64,
        mtime_seconds=1,
    )


@given(
    st.lists(_paths, unique=True),
    st.lists(st.tuples(_paths, _paths)),
    st.lists(_paths),
    st.lists(_paths, unique=True),
)
def test_many_files_at_once_are_the_same_as_one_after_the_other(
    folders: list[str],
    links: list[tuple[str, str]],
    first: list[str],
    second: list[str],
) -> None:
    drafts = [TreeDraft(final="/store/tree", system=X86_64_LINUX) for _ in range(2)]
    for draft in drafts:
        for path in folders:
            draft.add_directory(path)
        for path, target in links:
            draft.add_link(path, target)
    at_once, one_by_one = drafts
    for paths in (first, second):
        taken = at_once.add_files((path, _source(path)) for path in paths)
        assert taken == [
            path for path in paths if not one_by_one.add_file(path, _source(path))
        ]
    assert at_once.files == one_by_one.files
    assert at_once.directories == one_by_one.directories
    assert [at_once.children(path) for path in at_once.directories] == [
        one_by_one.children(path) for path in one_by_one.directories
    ]


def test_links_into_the_hosts_own_folders_are_left_out(draft: TreeDraft) -> None:
    assert not draft.add_link("etc/mtab", "/proc/mounts")
    assert "etc/mtab" not in draft.links


def test_globbing_stays_within_a_component(draft: TreeDraft) -> None:
    assert draft.glob("usr/lib/jvm/*/bin") == [
        "usr/lib/jvm/default/bin",
        "usr/lib/jvm/java-21/bin",
    ]
    assert draft.glob("usr/*/java") == ["usr/bin/java"]


def test_what_was_moved_is_gone_from_its_old_place(draft: TreeDraft) -> None:
    draft.move("usr/lib/jvm/java-21/bin/java", "usr/libexec/java")
    assert draft.children("usr/lib/jvm/java-21/bin") == []
    assert draft.is_program("usr/libexec/java")


def test_what_is_written_through_a_linked_folder_lies_in_the_real_one(
    draft: TreeDraft,
) -> None:
    place = draft.write("usr/lib/jvm/default/bin/javac", b"C")
    assert place == "usr/lib/jvm/java-21/bin/javac"
    assert "usr/lib/jvm/default" not in draft.directories


def test_a_folder_cannot_stand_where_a_file_is(draft: TreeDraft) -> None:
    below = "usr/lib/jvm/java-21/bin/java/deeper/file"
    assert not draft.add_directory("usr/lib/jvm/java-21/bin/java")
    assert not draft.add_file(below, WrittenFile(
        content=b"", is_executable=False, mtime_seconds=1))  # fmt: skip
    assert not draft.add_link(below, "x")
    with pytest.raises(RelocationError, match="a file and a folder"):
        draft.write(below, b"")
    assert draft.children("usr/lib/jvm/java-21/bin") == ["java"]


def test_a_file_cannot_stand_where_a_folder_is(draft: TreeDraft) -> None:
    with pytest.raises(RelocationError, match="a file and a folder"):
        draft.write("usr/lib/jvm", b"")


def test_new_folders_below_a_link_are_made_behind_it(draft: TreeDraft) -> None:
    assert draft.write("usr/lib/jvm/default/new/x", b"") == (
        "usr/lib/jvm/java-21/new/x"
    )
    assert not draft.add_directory("usr/bin/gone/below")
