"""Where devenv keeps things on this machine (XDG Base Directory 0.8)."""

import os
import pwd
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from devenv.errors import StoreError

MAX_STORE_PATH_BYTES = 120
"""Store paths are written into files, where they must fit fixed places."""

_FIT = re.compile(r"/[A-Za-z0-9/._+-]*")
_ELSEWHERE = "set DEVENV_STORE_DIR to a short path of A-Z a-z 0-9 / . _ + -"


@dataclass(frozen=True, slots=True, kw_only=True)
class Directories:
    """The store, and the folders for state, downloads and configuration."""

    store: Path
    state: Path
    cache: Path
    config: Path

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> "Directories":
        """Return the directories that `env` asks for; touch nothing.

        An XDG variable that is unset, empty or relative does not count, as the
        standard has it. HOME likewise, or if it is missing or not ours: then
        the user database is asked.

        Raises:
            StoreError: there is no home, it is not ours, or DEVENV_STORE_DIR
                cannot hold a store.
        """
        data = _base(env, "XDG_DATA_HOME", ".local/share")
        store = env.get("DEVENV_STORE_DIR") or str(data / "devenv" / "store")
        return cls(
            store=_fit_for_store(store),
            state=_base(env, "XDG_STATE_HOME", ".local/state") / "devenv",
            cache=_base(env, "XDG_CACHE_HOME", ".cache") / "devenv",
            config=_base(env, "XDG_CONFIG_HOME", ".config") / "devenv",
        )


def _base(env: Mapping[str, str], variable: str, below_home: str) -> Path:
    value = env.get(variable, "")
    if value.startswith("/"):
        return Path(value)
    return _home(env) / below_home


def _home(env: Mapping[str, str]) -> Path:
    value = env.get("HOME", "")
    if value.startswith("/"):
        owner = _owner(Path(value))
        if owner == os.geteuid():
            return Path(value)
        if owner is not None and os.geteuid() == 0:
            raise StoreError(
                "root must not fill another user's home directory",
                where=f"HOME={value}",
                hint="run devenv as that user, or set HOME to root's own",
            )
    return _home_in_user_database()


def _home_in_user_database() -> Path:
    try:
        home = Path(pwd.getpwuid(os.geteuid()).pw_dir)
    except KeyError:
        home = Path()
    if not home.is_absolute() or _owner(home) != os.geteuid():
        raise StoreError(
            "this user has no home directory of its own",
            where=f"user {os.geteuid()}",
            hint="set HOME to a directory that belongs to this user",
        )
    return home


def _owner(path: Path) -> int | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_uid if path.is_dir() else None


def _fit_for_store(value: str) -> Path:
    path = Path(os.path.normpath(value))
    if not value.startswith("/"):
        raise StoreError(
            "the store needs an absolute path", where=value, hint=_ELSEWHERE
        )
    if not _FIT.fullmatch(str(path)) or str(path).startswith("//"):
        raise StoreError(
            "programs cannot be run from a store at this path: it has unusual"
            " characters",
            where=value,
            hint=_ELSEWHERE,
        )
    if len(str(path)) > MAX_STORE_PATH_BYTES:
        raise StoreError(
            f"the store's path is longer than {MAX_STORE_PATH_BYTES} bytes",
            where=value,
            hint=_ELSEWHERE,
        )
    return path
