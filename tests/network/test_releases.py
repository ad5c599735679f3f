"""Programs of every supported release run here, each on its own C library."""

from pathlib import Path

import pytest

from tests.network.installation import Installation

pytestmark = [pytest.mark.network, pytest.mark.timeout(900)]

NEWEST = ("forky", "sid")


@pytest.fixture(autouse=True)
def configuration(home: Path) -> None:
    """Bear with mirrors whose releases in the making have expired."""
    folder = home / ".config/devenv"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("[apt]\naccept_expired_days = 60\n")


@pytest.mark.parametrize(
    ("release", "version"),
    [
        ("bullseye", "2.31"),
        ("bookworm", "2.36"),
        ("trixie", "2.41"),
        ("trixie-backports", "2.41"),
    ],
)
def test_a_program_of_a_release_runs_on_that_releases_c_library(
    release: str, version: str, installation: Installation
) -> None:
    asked = ["run", "-p", f"{release}:libc-bin", "--", "getconf", "GNU_LIBC_VERSION"]

    assert installation.run(asked).decode().split() == ["glibc", version]


@pytest.mark.parametrize("release", NEWEST)
def test_a_release_in_the_making_runs_on_a_c_library_newer_than_the_last(
    release: str, installation: Installation
) -> None:
    asked = ["run", "-p", f"{release}:libc-bin", "--", "getconf", "GNU_LIBC_VERSION"]
    _, version = installation.run(asked).decode().split()

    assert tuple(int(part) for part in version.split(".")) >= (2, 41)


@pytest.mark.parametrize(
    "release", ["bullseye", "bookworm", "trixie", "trixie-backports", *NEWEST]
)
@pytest.mark.parametrize(
    ("package", "command", "expected"),
    [
        pytest.param("hello", ("hello",), "Hello, world!", id="hello"),
        pytest.param("jq", ("jq", "-n", "6*7"), "42", id="jq"),
        pytest.param(
            "perl", ("perl", "-MPOSIX", "-e", "print floor 2.5"), "2", id="perl"
        ),
        pytest.param(
            "python3", ("python3", "-c", "import ssl; print(6 * 7)"), "42", id="python3"
        ),
    ],
)
def test_a_program_of_each_release_does_its_job(
    release: str,
    package: str,
    command: tuple[str, ...],
    expected: str,
    installation: Installation,
) -> None:
    said = installation.run(["run", "-p", f"{release}:{package}", "--", *command])

    assert said.decode().strip() == expected
