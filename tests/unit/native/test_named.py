"""A file of /etc that the command line names is the host's, if the host has it."""

import os
from pathlib import Path

import pytest

from tests.fixtures.elf_tree import compile_program, make_tree, need_compiler
from tests.unit.native.test_redirect import MISSING, Probe

OF_THE_TREE = "of the tree\n"
ONLY_IN_THE_TREE = "/etc/devenv-test-of-redirection/file"
LEFT_TO_THE_HOST = {"passwd", "group", "hosts", "hostname", "resolv.conf", "fstab"}


def shared_file() -> Path:
    """Return a file below /etc of this machine that packages could have, too."""
    for path in sorted(Path("/etc").iterdir()):
        readable = path.is_file() and os.access(path, os.R_OK)
        if readable and path.name not in LEFT_TO_THE_HOST and path.stat().st_size:
            return path
    pytest.skip("this machine has no file in /etc")


def shared_folder_file() -> Path:
    """Return such a file in a folder of /etc."""
    for path in sorted(Path("/etc").glob("*/*")):
        if path.is_file() and os.access(path, os.R_OK) and path.stat().st_size:
            return path
    pytest.skip("this machine has no file in a folder of /etc")


@pytest.fixture(scope="module")
def probe(tmp_path_factory: pytest.TempPathFactory) -> Probe:
    need_compiler()
    folder = tmp_path_factory.mktemp("named")
    tree = make_tree(folder / "tree")
    for path in (shared_file(), shared_folder_file(), ONLY_IN_THE_TREE):
        tree.add_file(str(path))
    tree.add_file("/usr/share/dict/words")
    source = (Path(__file__).parent / "probe.c").read_text()
    compiled = compile_program(folder / "probe", source, "-ldl")
    return Probe(tree=tree, program=tree.add_program("/usr/bin/probe", compiled))


def test_what_nobody_named_is_the_trees(probe: Probe) -> None:
    for path in (shared_file(), shared_folder_file()):
        assert probe.typed("open", str(path)) == OF_THE_TREE


@pytest.mark.parametrize(
    "argument",
    [
        "{}",
        "-f{}",
        "--file={}",
        "file={}",
        "@{}",
        "{}/",
        "{folder}",
        "{folder}/",
        "/etc",
    ],
)
def test_what_the_command_line_names_is_the_hosts(probe: Probe, argument: str) -> None:
    path = shared_folder_file()
    named = argument.format(path, folder=path.parent)

    inode = probe.typed("stat", str(path), named)
    assert inode == str(path.stat().st_ino)


@pytest.mark.parametrize(
    "argument",
    [
        pytest.param("{}x", id="a longer name"),
        pytest.param("{folder}x", id="a folder of a longer name"),
        pytest.param("{relative}", id="a relative path"),
        pytest.param("/usr{}", id="another folder"),
        pytest.param("x/etc", id="a folder called etc"),
        pytest.param("host:{}", id="a file of another machine"),
        pytest.param("-Ix{}", id="a relative path behind an option"),
        pytest.param("/", id="the root"),
        pytest.param("/srv:{}", id="behind another path"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_it_does_not_name_is_the_trees(probe: Probe, argument: str) -> None:
    path = shared_folder_file()
    other = argument.format(
        path, folder=path.parent, relative=str(path).removeprefix("/")
    )

    assert probe.typed("open", str(path), other) == OF_THE_TREE


def test_what_only_the_tree_has_is_the_trees_though_it_is_named(probe: Probe) -> None:
    assert probe("open", ONLY_IN_THE_TREE) == OF_THE_TREE
    assert probe("opendir", str(Path(ONLY_IN_THE_TREE).parent)) == "file\n"


def test_only_files_of_etc_are_named(probe: Probe) -> None:
    assert probe("open", "/usr/share/dict/words") == OF_THE_TREE


def test_a_file_that_is_named_is_read_and_written_in_one_place(probe: Probe) -> None:
    path = str(shared_file())

    assert probe("stat", path) == str(Path(path).stat().st_ino)
    assert probe("access to write", path) == (
        "fine" if os.access(path, os.W_OK) else "Permission denied"
    )


def test_more_names_than_there_is_room_for_do_no_harm(probe: Probe) -> None:
    path = str(shared_file())
    many = [f"/etc/{'x' * 500}{number}" for number in range(200)]

    assert probe.typed("open", path, path, *many) == Path(path).read_text()[:100]
    assert probe.typed("open", path, *many, path) in {
        OF_THE_TREE,
        Path(path).read_text()[:100],
    }
    assert probe.typed("open", f"/etc/{'y' * 200}", "/etc" + "/x" * 9000) == MISSING
