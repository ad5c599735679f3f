"""Which package holds a program, as far as the archive's lists tell."""

import pytest

from devenv.errors import UnknownPackageError
from devenv.model.apt import AptInput
from devenv.operations.locate_program import the_package_holding
from devenv.operations.package_set import open_packages
from devenv.operations.project_inputs import project_input
from devenv.values import replace
from tests.fixtures.archive import Package
from tests.fixtures.project_world import ProjectWorld

SAW = Package(name="toolbox", version="1", files={"usr/bin/saw": b"#!/bin/sh\n"})


def two_pockets(project: ProjectWorld) -> AptInput:
    project.publish(SAW)
    project.publish(Package(name="other", version="1"), suite="testing")
    own = project_input(project.read().spec, "own")
    (pocket,) = own.pockets
    return replace(own, pockets=(pocket, replace(pocket, name="t", suite="testing")))


def renew(project: ProjectWorld, suite: str) -> None:
    """Have other indexes in the archive than the suite's Release vouches for."""
    for file in project.world.archive.root.rglob(f"{suite}/main/**/*"):
        if file.is_file():
            file.write_bytes(b"renewed")


def test_one_list_of_two_is_enough_for_what_stands_in_it(project: ProjectWorld) -> None:
    asked = two_pockets(project)
    with project.doors() as doors, open_packages(doors, asked) as opened:
        renew(project, "testing")
        assert the_package_holding(doors, opened, "saw") == "toolbox"


def test_a_list_that_was_not_had_is_told_where_nothing_was_found(
    project: ProjectWorld,
) -> None:
    asked = two_pockets(project)
    with project.doors() as doors, open_packages(doors, asked) as opened:
        renew(project, "stable")
        with pytest.raises(UnknownPackageError, match="could not be looked up") as told:
            the_package_holding(doors, opened, "saw")
    assert "Contents" in str(told.value.where)
