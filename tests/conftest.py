"""What tests of every floor may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devenv.host.dirs import Directories
from devenv.host.http import Fetcher
from tests.fixtures.archive import SignedArchive
from tests.fixtures.clock import FakeClock
from tests.fixtures.http_server import FileServer, serving
from tests.fixtures.project_world import ProjectWorld, make_project_world

_REDIRECTING = (
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "DEVENV_APT_MIRROR",
    "DEVENV_APT_SECURITY_MIRROR",
    "DEVENV_APT_SNAPSHOT",
    "DEVENV_CACHES",
    "DEVENV_STORE_DIR",
)


@pytest.fixture(autouse=True)
def home(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Path:
    """Give every test an empty home of its own, and no proxy or mirror.

    Those that reach the real archive keep what leads them there.
    """
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for variable, below in (
        ("XDG_DATA_HOME", ".local/share"),
        ("XDG_STATE_HOME", ".local/state"),
        ("XDG_CACHE_HOME", ".cache"),
        ("XDG_CONFIG_HOME", ".config"),
    ):
        monkeypatch.setenv(variable, str(home / below))
    if request.node.get_closest_marker("network"):
        return home
    for variable in _REDIRECTING:
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(variable.upper(), raising=False)
    return home


@pytest.fixture
def env(home: Path) -> dict[str, str]:
    """Return a small environment that lives in the test's home."""
    return {"HOME": str(home), "PATH": "/usr/bin:/bin"}


@pytest.fixture
def directories(env: dict[str, str]) -> Directories:
    """Return the folders that `env` asks for."""
    return Directories.from_environment(env)


@pytest.fixture
def clock() -> FakeClock:
    """Return a clock at noon that waits for nobody."""
    return FakeClock()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FileServer]:
    """Yield a server of the files below `tmp_path / "served"`."""
    root = tmp_path / "served"
    root.mkdir()
    with serving(root) as server:
        yield server


@pytest.fixture
def fetcher(env: dict[str, str], clock: FakeClock) -> Iterator[Fetcher]:
    """Yield a fetcher whose pauses take no time."""
    fetcher = Fetcher(env, clock, jitter=lambda: 0.0)
    yield fetcher
    fetcher.close()


@pytest.fixture
def archive(server: FileServer) -> SignedArchive:
    """Return an empty archive that `server` serves."""
    return SignedArchive(server.root)


@pytest.fixture
def project(home: Path, server: FileServer, archive: SignedArchive) -> ProjectWorld:
    """Return a project that asks for `hello` of an archive of its own."""
    return make_project_world(home, server, archive)
