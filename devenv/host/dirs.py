"""Where devenv keeps things on this machine (XDG Base Directory 0.8)."""

import os
from collections.abc import Mapping
from pathlib import Path

from devenv.errors import StoreError
from devenv.host import base_directories
from devenv.patterns import late_pattern
from devenv.values import dataclass

MAX_STORE_PATH_BYTES = 120
"""Store paths are written into files, where they must fit fixed places."""

_FIT = late_pattern(r"/[A-Za-z0-9/._+-]*")
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
        data = base_directories.data_directory(env)
        return cls(
            store=_fit_for_store(env.get("DEVENV_STORE_DIR") or f"{data}/devenv/store"),
            state=Path(base_directories.state_directory(env)),
            cache=Path(base_directories.cache_directory(env)),
            config=Path(base_directories.config_directory(env)),
        )


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
