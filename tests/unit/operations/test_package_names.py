"""Names of packages in files for shells."""

from pathlib import Path

import pytest

from devenv.operations.package_names import keep_names
from devenv.plan.name_files import name_files
from tests.fixtures.project_world import ProjectWorld


def refuse() -> list[str]:
    raise AssertionError("they are there already")


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_names_are_split_as_the_archive_splits_its_pool() -> None:
    assert name_files(
        ["ripgrep", "r-base", "lib3mf", "libc6", "libx", "lib", "less"]
    ) == {
        "l": "less\nlib\n",
        "lib3": "lib3mf\n",
        "libc": "libc6\n",
        "libx": "libx\n",
        "r": "r-base\nripgrep\n",
    }


@pytest.mark.parametrize(
    "name", ["$(x)", "a b", "a\nb", "../x", "-x", ".x", "x", "A1", "é1", ""]
)
def test_what_is_no_name_is_left_out(name: str) -> None:
    assert name_files([name, "jq"]) == {"j": "jq\n"}


def test_they_are_written_once_and_replaced_by_those_of_newer_indexes(
    tmp_path: Path,
) -> None:
    keep_names(tmp_path, input_name="own", digest="1", names=lambda: ["jq"])
    keep_names(tmp_path, input_name="own", digest="1", names=refuse)
    assert (tmp_path / "names/own/j").read_text() == "jq\n"
    keep_names(tmp_path, input_name="own", digest="2", names=lambda: ["yq"])
    assert names_in(tmp_path / "names") == [".2", "own"]
    assert names_in(tmp_path / "names/own") == ["y"]


def test_inputs_of_the_same_indexes_share_them(tmp_path: Path) -> None:
    keep_names(tmp_path, input_name="debian", digest="1", names=lambda: ["jq"])
    keep_names(tmp_path, input_name="trixie", digest="1", names=refuse)
    assert names_in(tmp_path / "names") == [".1", "debian", "trixie"]
    assert names_in(tmp_path / "names/trixie") == ["j"]


def test_a_cache_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "names").touch()
    keep_names(tmp_path, input_name="own", digest="1", names=lambda: ["jq"])


def test_who_opens_an_input_leaves_its_names(project: ProjectWorld) -> None:
    assert project.run("lock").returncode == 0
    names = project.world.home / ".cache/devenv/names/own"
    assert (names / "h").read_text() == "hello\nhello-data\n"
