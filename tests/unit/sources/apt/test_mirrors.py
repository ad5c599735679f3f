from datetime import UTC, datetime
from pathlib import Path

import pytest

from devenv.errors import FetchError
from devenv.sources.apt.mirrors import Mirrors

HOST = "deb http://host.example/debian trixie main\n"
HOST_SECURITY = "deb http://host.example/debian-security trixie-security main\n"
SOURCES = """Types: deb
URIs: http://host.example/debian
Suites: trixie trixie-updates
Components: main
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "etc/apt/sources.list.d").mkdir(parents=True)
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    (root / "etc/apt" / name).write_text(text)


def test_the_user_comes_before_the_host(root: Path) -> None:
    write(root, "sources.list", HOST + HOST_SECURITY)
    env = {"DEVENV_APT_MIRROR": "http://b.example/debian/  http://c.example/debian"}
    mirrors = Mirrors.find(env, configured=["http://a.example/debian"], root=root)

    assert mirrors.bases("debian") == (
        "http://a.example/debian",
        "http://b.example/debian",
        "http://c.example/debian",
        "http://host.example/debian",
    )
    assert mirrors.bases("debian-security") == (
        "http://a.example/debian-security",
        "http://b.example/debian-security",
        "http://c.example/debian-security",
        "http://host.example/debian-security",
    )


def test_the_security_archive_may_be_elsewhere(root: Path) -> None:
    env = {
        "DEVENV_APT_MIRROR": "http://a.example/debian",
        "DEVENV_APT_SECURITY_MIRROR": "http://s.example/security",
    }
    mirrors = Mirrors.find(env, root=root)

    assert mirrors.bases("debian-security") == ("http://s.example/security",)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sources.list", HOST),
        ("sources.list.d/x.list", HOST),
        (
            "sources.list.d/debian.sources",
            SOURCES,
        ),
        ("sources.list", "deb http://host.example/debian stable main contrib\n"),
        ("sources.list", "deb http://host.example/debian sid main\n"),
        ("sources.list", "deb http://host.example/debian oldoldstable main\n"),
    ],
)
def test_the_hosts_own_sources_are_found(name: str, text: str, root: Path) -> None:
    write(root, name, text)

    assert Mirrors.find({}, root=root).bases("debian") == (
        "http://host.example/debian",
    )


@pytest.mark.parametrize(
    "line",
    [
        "deb http://host.example/docker/linux/debian trixie stable",
        "deb http://host.example/browser stable main",
        "deb http://host.example/debian trixie-pgdg main",
        "deb http://host.example/ubuntu noble main",
        "deb cdrom:[Debian]/debian trixie main",
        "deb tor+http://host.example/debian trixie main",
        "deb-src http://host.example/debian trixie main",
        "# " + HOST.strip(),
    ],
)
def test_other_archives_of_the_host_are_left_alone(line: str, root: Path) -> None:
    write(root, "sources.list", line + "\n")

    assert Mirrors.find({}, root=root).bases("debian") == ()


def test_a_list_of_mirrors_is_read(root: Path) -> None:
    write(
        root, "sources.list", "deb mirror+file:/etc/apt/mirrors/debian.list trixie main"
    )
    (root / "etc/apt/mirrors").mkdir()
    write(
        root, "mirrors/debian.list", "https://a.example/debian\nhttps://b.example/d\n"
    )

    assert Mirrors.find({}, root=root).bases("debian") == (
        "https://a.example/debian",
        "https://b.example/d",
    )


def test_a_host_without_apt_has_the_archives_past(tmp_path: Path) -> None:
    mirrors = Mirrors.find({}, root=tmp_path)
    moment = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    assert mirrors.bases("debian") == ()
    assert mirrors.past("debian-security", moment) == (
        "https://snapshot.debian.org/archive/debian-security/20260301T120000Z",
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            "http://127.0.0.1:8000/past/",
            ("http://127.0.0.1:8000/past/debian/20260301T000000Z",),
        ),
        ("", ()),
    ],
)
def test_the_past_may_be_elsewhere_or_nowhere(
    value: str, expected: tuple[str, ...], root: Path
) -> None:
    mirrors = Mirrors.find({"DEVENV_APT_SNAPSHOT": value}, root=root)

    assert mirrors.past("debian", datetime(2026, 3, 1, tzinfo=UTC)) == expected


def test_an_archive_of_somebody_else_has_one_address(root: Path) -> None:
    mirrors = Mirrors.find({}, root=root)

    assert mirrors.bases("https://apt.example.org") == ("https://apt.example.org",)
    assert (
        mirrors.past("https://apt.example.org", datetime(2026, 3, 1, tzinfo=UTC)) == ()
    )


def test_an_address_of_the_users_that_is_none_is_an_error(root: Path) -> None:
    with pytest.raises(FetchError):
        Mirrors.find({"DEVENV_APT_MIRROR": "mirror.example/debian"}, root=root)
