"""What an archive answers to somebody who proposes a spec."""

from pathlib import Path

import pytest

from devenv.errors import StoreError
from devenv.operations.archive_versions import archive_versions
from devenv.operations.doors import Doors
from tests.fixtures.archive import SignedArchive
from tests.fixtures.http_server import FileServer
from tests.fixtures.project_world import ProjectWorld, for_both, make_project_world
from tests.fixtures.quiet_doors import QuietDisplay


@pytest.fixture
def project(home: Path, server: FileServer, archive: SignedArchive) -> ProjectWorld:
    return make_project_world(
        home,
        server,
        archive,
        (
            *for_both("nodejs", "20.19.2+dfsg-1"),
            *for_both("default-jdk-headless", "2:1.21-76"),
            *for_both("openjdk-21-jdk-headless", "21.0.8+9-1"),
            *for_both("openjdk-25-jdk-headless", "25.0.1+8-1"),
        ),
    )


def test_the_default_version_comes_first(project: ProjectWorld) -> None:
    with (
        project.doors() as doors,
        archive_versions(lambda: doors, doors.display, project.read()) as archive,
    ):
        assert archive.versions("java", everywhere=False) == (
            "21",
            "25.0.1+8",
            "21.0.8+9",
        )
        assert archive.versions("nodejs", everywhere=False) == ("20.19.2+dfsg",)
        assert archive.versions("nosuch", everywhere=False) == ()


def test_a_name_that_people_use_is_there_if_what_it_means_is(
    project: ProjectWorld,
) -> None:
    with (
        project.doors() as doors,
        archive_versions(lambda: doors, doors.display, project.read()) as archive,
    ):
        assert archive.has("nodejs")
        assert archive.has("java")
        assert not archive.has("rust")
        assert not archive.has("nosuch")


def test_who_cannot_be_asked_is_asked_once(project: ProjectWorld) -> None:
    tries = []
    display = QuietDisplay()

    def open_doors() -> Doors:
        tries.append(1)
        raise StoreError("no store")

    with archive_versions(open_doors, display, project.read()) as archive:
        assert archive.has("nodejs") is None
        assert archive.versions("nodejs", everywhere=True) is None
    assert len(tries) == 1
    assert display.said == ["package lists cannot be looked into: no store"]
