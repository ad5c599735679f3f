"""A user's home and an archive, for whole commands."""

from pathlib import Path

import pytest

from tests.fixtures.archive import SignedArchive
from tests.fixtures.http_server import FileServer
from tests.fixtures.world import PACKAGES, World


@pytest.fixture
def world(home: Path, server: FileServer, archive: SignedArchive) -> World:
    """Return a user who is configured for an archive with a few packages."""
    world = World(home=home, server=server, archive=archive)
    world.publish(*PACKAGES)
    world.configure()
    return world
