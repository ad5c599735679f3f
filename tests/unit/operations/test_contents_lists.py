"""What is made of an archive's Contents files, and kept."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from devenv.errors import StoreError
from devenv.operations.contents_lists import contents_lists
from devenv.operations.package_set import open_packages
from devenv.operations.project_inputs import project_input
from devenv.sources.apt.index_file import IndexFile
from tests.fixtures.project_world import ProjectWorld


def write_names(target: Path, files: Sequence[IndexFile]) -> None:
    target.write_text(f"{len(files)}\n")


def fill_the_disk(target: Path, files: Sequence[IndexFile]) -> None:
    del target, files
    Path("/dev/full").write_bytes(b"more than there is room for")


def test_a_list_is_made_once(project: ProjectWorld) -> None:
    own = project_input(project.read().spec, "own")
    with project.doors() as doors, open_packages(doors, own) as opened:
        first = contents_lists(doors, opened, ending="names", build=write_names)
        again = contents_lists(doors, opened, ending="names", build=fill_the_disk)
    assert again == first
    assert [place.read_text() for place in first.places] == ["1\n"]


def test_other_components_have_a_list_of_their_own(project: ProjectWorld) -> None:
    both = project.input_line("own", "stable", more=', components = ["main", "extra"]')
    only = project.input_line("own", "stable")
    project.world.archive.publish(project.world.suite, {"main": [], "extra": []})
    places: set[Path] = set()
    for line in (only, both):
        project.spec_path.write_text(f"[inputs]\n{line}")
        own = project_input(project.read().spec, "own")
        with project.doors() as doors, open_packages(doors, own) as opened:
            lists = contents_lists(doors, opened, ending="names", build=write_names)
            places.update(lists.places)
    assert len(places) == 2


def test_a_full_disk_is_no_bug_of_ours(project: ProjectWorld) -> None:
    own = project_input(project.read().spec, "own")
    with project.doors() as doors, open_packages(doors, own) as opened:
        with pytest.raises(StoreError, match="No space left on device") as told:
            contents_lists(doors, opened, ending="names", build=fill_the_disk)
        assert str(doors.directories.cache) in str(told.value.where)
