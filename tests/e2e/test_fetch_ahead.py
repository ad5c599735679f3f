"""What waits for a nod is fetched meanwhile, where the user wants that, and no more."""

from collections.abc import Callable

import pytest

from tests.fixtures.project_world import ProjectWorld
from tests.fixtures.watching import Daemon, a_daemon, make_free, spec_text, until

AHEAD = "[daemon]\nfetch_ahead = true\n"


def changed(home: ProjectWorld) -> None:
    """Ask for a package, and for a variable that needs a nod."""
    home.write_spec("hello", "toolbox", tables='[env]\nA = "first"\nNEW = "thing"\n')


def defined_otherwise(home: ProjectWorld) -> None:
    """Ask for a package of an archive that is not as it was approved."""
    home.write_spec("hello", "toolbox", tables='[env]\nA = "first"\n')
    text = home.spec_path.read_text()
    other = text.replace('suite = "stable"', 'suite = "stable", components = ["main"]')
    home.spec_path.write_text(other)


def unpacked(home: ProjectWorld) -> list[str]:
    return [name for name in home.world.store_paths if "-toolbox" in name]


@pytest.fixture
def allowed(project: ProjectWorld) -> ProjectWorld:
    make_free(project)
    spec_text(project, "first")
    done = project.run("allow", "--yes")
    assert done.returncode == 0, done.stderr
    return project


def waits(daemon: Daemon) -> str:
    """Return what is said of the change once nothing goes on any more."""
    until(lambda: daemon.settled(daemon.home.folder)["state"] == "changed")
    return str(daemon.settled(daemon.home.folder)["sentence"])


def configure(home: ProjectWorld, text: str) -> None:
    file = home.world.home / ".config/devenv/config.toml"
    file.write_text(file.read_text() + text)


def test_packages_are_there_before_the_nod_and_nothing_is_active(
    allowed: ProjectWorld,
) -> None:
    configure(allowed, AHEAD)
    with a_daemon(allowed) as daemon:
        daemon.settled(allowed.folder)
        before, paths = daemon.current(allowed.folder), set(allowed.world.store_paths)
        lock = allowed.lock_text
        changed(allowed)
        said = waits(daemon)
        assert "1 package fetched ahead" in said
        assert "variable NEW" in said
        assert daemon.told(allowed.folder) == ("changed", said)
        assert daemon.current(allowed.folder) == before
        assert allowed.lock_text == lock
        new = set(allowed.world.store_paths) - paths
        assert new == set(unpacked(allowed))
        # Nothing of it is fetched again, and nothing else is.
        allowed.world.server.requests.clear()
        assert allowed.run("allow", "--yes").returncode == 0
        asked = [request.path for request in allowed.world.server.requests]
        assert [path for path in asked if path.endswith(".deb")] == []
        until(lambda: "thing" in daemon.current(allowed.folder))


@pytest.mark.parametrize(
    ("settings", "change"),
    [
        pytest.param("", changed, id="nobody asked for it"),
        pytest.param(AHEAD, defined_otherwise, id="an archive that needs a nod"),
    ],
)
def test_nothing_is_fetched_where_it_may_not_be(
    allowed: ProjectWorld, settings: str, change: Callable[[ProjectWorld], None]
) -> None:
    configure(allowed, settings)
    with a_daemon(allowed) as daemon:
        daemon.settled(allowed.folder)
        paths = allowed.world.store_paths
        change(allowed)
        assert "fetched" not in waits(daemon)
        assert allowed.world.store_paths == paths


def test_what_a_user_waits_for_is_not_fetched_ahead(allowed: ProjectWorld) -> None:
    configure(allowed, AHEAD)
    changed(allowed)
    done = allowed.run("reload")
    assert "NEW" in done.stdout + done.stderr
    assert unpacked(allowed) == []
