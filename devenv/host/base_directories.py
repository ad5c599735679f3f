"""The folders that variables and the user database name (XDG Base Directory 0.8).

Texts without a slash at their end, not paths: what starts in a few milliseconds
imports no pathlib.
"""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from devenv.errors import StoreError


def data_directory(env: "Mapping[str, str]") -> str:
    """Return the folder for data, which devenv's own lies in; see `home`."""
    return _base(env, "XDG_DATA_HOME", ".local/share")


def state_directory(env: "Mapping[str, str]") -> str:
    """Return devenv's folder for state; see `home`."""
    return f"{_base(env, 'XDG_STATE_HOME', '.local/state')}/devenv"


def cache_directory(env: "Mapping[str, str]") -> str:
    """Return devenv's folder for what can be had again; see `home`."""
    return f"{_base(env, 'XDG_CACHE_HOME', '.cache')}/devenv"


def config_directory(env: "Mapping[str, str]") -> str:
    """Return devenv's folder for the user's settings; see `home`."""
    return f"{_base(env, 'XDG_CONFIG_HOME', '.config')}/devenv"


def home(env: "Mapping[str, str]") -> str:
    """Return the user's home: HOME, or what the user database says.

    HOME does not count if it is empty, relative, missing or not ours.

    Raises:
        StoreError: there is no home, or root was given that of somebody else.
    """
    value = env.get("HOME", "")
    if value.startswith("/"):
        owner = _owner(value)
        if owner == os.geteuid():
            return value.rstrip("/") or "/"
        if owner is not None and os.geteuid() == 0:
            raise _error(
                "root must not fill another user's home directory",
                where=f"HOME={value}",
                hint="run devenv as that user, or set HOME to root's own",
            )
    return _home_in_user_database()


def _base(env: "Mapping[str, str]", variable: str, below_home: str) -> str:
    # An XDG variable that is unset, empty or relative does not count, as the
    # standard has it.
    value = env.get(variable, "")
    if value.startswith("/"):
        return value.rstrip("/")
    return f"{home(env).rstrip('/')}/{below_home}"


def _home_in_user_database() -> str:
    import pwd  # noqa: PLC0415 - rarely needed

    try:
        found = pwd.getpwuid(os.geteuid()).pw_dir
    except KeyError:
        found = ""
    if not found.startswith("/") or _owner(found) != os.geteuid():
        raise _error(
            "this user has no home directory of its own",
            where=f"user {os.geteuid()}",
            hint="set HOME to a directory that belongs to this user",
        )
    return found


def _owner(path: str) -> int | None:
    try:
        owner = os.stat(path).st_uid  # noqa: PTH116 - see above
    except (OSError, ValueError):
        return None
    return owner if os.path.isdir(path) else None  # noqa: PTH112


def _error(what: str, *, where: str, hint: str) -> "StoreError":
    from devenv.errors import StoreError  # noqa: PLC0415 - 20 ms, only to fail

    return StoreError(what, where=where, hint=hint)
