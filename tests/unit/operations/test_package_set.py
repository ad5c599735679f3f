"""An input opened: from its index alone where there is one."""

import shutil
from pathlib import Path

import pytest

from devenv.errors import FetchError
from devenv.model.systems import AARCH64_LINUX, X86_64_LINUX, System
from devenv.operations.doors import Doors
from devenv.operations.package_set import open_packages
from devenv.operations.project_inputs import project_input
from tests.fixtures.archive import Package
from tests.fixtures.project_world import ProjectWorld, for_both


def names(project: ProjectWorld, doors: Doors, system: System = X86_64_LINUX) -> str:
    own = project_input(project.read().spec, "own")
    with open_packages(doors, own, system=system) as opened:
        (found,) = opened.universe.versions("tool")
        return f"{found.name} {found.architecture}"


def indexes(project: ProjectWorld) -> list[Path]:
    return sorted((project.world.home / ".cache/devenv/indexes").glob("*.sqlite"))


def forget_downloads(project: ProjectWorld) -> None:
    shutil.rmtree(project.world.home / ".cache/devenv/downloads")


def test_each_system_has_packages_of_its_own(project: ProjectWorld) -> None:
    project.publish(*for_both("tool"))
    with project.doors() as doors:
        assert names(project, doors) == "tool amd64"
        assert names(project, doors, AARCH64_LINUX) == "tool arm64"


def test_an_index_is_enough_without_the_files_it_was_made_of(
    project: ProjectWorld,
) -> None:
    project.publish(*for_both("tool"))
    with project.doors() as doors:
        names(project, doors)
    forget_downloads(project)
    with project.doors(offline=True) as doors:
        assert names(project, doors) == "tool amd64"


def test_an_index_that_is_damaged_is_made_again(project: ProjectWorld) -> None:
    project.publish(Package(name="tool", version="1"))
    with project.doors() as doors:
        names(project, doors)
    (index,) = indexes(project)
    index.write_bytes(b"SQLite format 3\0 and no more")
    with project.doors() as doors:
        assert names(project, doors) == "tool amd64"
    index.write_bytes(b"")
    forget_downloads(project)
    with project.doors(offline=True) as doors, pytest.raises(FetchError):
        names(project, doors)
