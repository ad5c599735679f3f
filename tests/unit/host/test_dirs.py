import os
import pwd
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest

from devenv.errors import StoreError
from devenv.host.dirs import Directories


def directories(env: Mapping[str, str]) -> Directories:
    return Directories.from_environment(env)


def test_the_defaults_lie_below_home(tmp_path: Path) -> None:
    assert directories({"HOME": str(tmp_path)}) == Directories(
        store=tmp_path / ".local/share/devenv/store",
        state=tmp_path / ".local/state/devenv",
        cache=tmp_path / ".cache/devenv",
        config=tmp_path / ".config/devenv",
    )


def test_absolute_xdg_variables_count_and_need_no_home() -> None:
    found = directories(
        {
            "XDG_DATA_HOME": "/d",
            "XDG_STATE_HOME": "/s",
            "XDG_CACHE_HOME": "/c",
            "XDG_CONFIG_HOME": "/o",
        }
    )

    assert found == Directories(
        store=Path("/d/devenv/store"),
        state=Path("/s/devenv"),
        cache=Path("/c/devenv"),
        config=Path("/o/devenv"),
    )


@pytest.mark.parametrize("value", ["", "relative", "./here", "~/data"])
def test_other_xdg_values_are_ignored(tmp_path: Path, value: str) -> None:
    found = directories({"HOME": str(tmp_path), "XDG_STATE_HOME": value})

    assert found.state == tmp_path / ".local/state/devenv"


@pytest.mark.parametrize(
    "env",
    [
        pytest.param({}, id="unset"),
        pytest.param({"HOME": ""}, id="empty"),
        pytest.param({"HOME": "relative"}, id="relative"),
        pytest.param({"HOME": "/does/not/exist"}, id="missing"),
    ],
)
def test_without_a_home_the_user_database_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, env: dict[str, str]
) -> None:
    entry = SimpleNamespace(pw_dir=str(tmp_path))
    monkeypatch.setattr(pwd, "getpwuid", lambda _: entry)

    assert directories(env).state == tmp_path / ".local/state/devenv"


def test_a_user_without_any_home_gets_a_clear_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unknown(_: int) -> None:
        raise KeyError

    monkeypatch.setattr(pwd, "getpwuid", unknown)

    with pytest.raises(StoreError, match="no home directory"):
        directories({})


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_does_not_fill_another_users_home(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)

    with pytest.raises(StoreError, match="another user's home"):
        directories({"HOME": str(tmp_path)})


def test_the_store_can_be_elsewhere(tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path), "DEVENV_STORE_DIR": "/srv//store/./x/"}

    assert directories(env).store == Path("/srv/store/x")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        pytest.param("relative/store", "absolute", id="relative"),
        pytest.param("/with space", "unusual", id="space"),
        pytest.param("/with:colon", "unusual", id="colon"),
        pytest.param("/h\u00f6me", "unusual", id="umlaut"),
        pytest.param("/new\nline", "unusual", id="newline"),
        pytest.param("/end\n", "unusual", id="newline at the end"),
        pytest.param("//two", "unusual", id="two slashes"),
        pytest.param("/" + 120 * "x", "longer than 120", id="long"),
    ],
)
def test_a_path_that_cannot_hold_a_store_is_refused(
    tmp_path: Path, path: str, message: str
) -> None:
    with pytest.raises(StoreError, match=message) as caught:
        directories({"HOME": str(tmp_path), "DEVENV_STORE_DIR": path})

    assert "DEVENV_STORE_DIR" in str(caught.value.hint)


def test_a_path_of_just_the_longest_length_is_fine(tmp_path: Path) -> None:
    path = "/" + 119 * "x"

    assert directories({"HOME": str(tmp_path), "DEVENV_STORE_DIR": path}).store == Path(
        path
    )
