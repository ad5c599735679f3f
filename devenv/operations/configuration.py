"""Read the user's configuration."""

from collections.abc import Mapping

from devenv.errors import FormatError
from devenv.host.dirs import Directories
from devenv.host.files import read_limited
from devenv.model.user_configuration import CACHES_VARIABLE, UserConfiguration

CONFIGURATION_FILE = "config.toml"
MAX_CONFIGURATION_BYTES = 1 << 20


def read_configuration(directories: Directories) -> UserConfiguration:
    """Return the user's configuration; without a file, that of a new user.

    Raises:
        FormatError: the file says something that is not understood.
    """
    path = directories.config / CONFIGURATION_FILE
    try:
        content = read_limited(path, max_bytes=MAX_CONFIGURATION_BYTES)
    except FileNotFoundError:
        return UserConfiguration()
    except OSError as error:
        raise FormatError(
            f"the configuration cannot be read: {error.strerror}", where=str(path)
        ) from error
    from devenv.formats.user_configuration import (  # noqa: PLC0415 - few have one
        parse_user_configuration,
    )

    try:
        return parse_user_configuration(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise FormatError("this is not UTF-8", where=str(path)) from error
    except FormatError as error:
        key = f", {error.where}" if error.where else ""
        raise FormatError(error.what, where=f"{path}{key}", hint=error.hint) from error


def cache_places(
    env: Mapping[str, str], configuration: UserConfiguration
) -> tuple[str, ...]:
    """Return the caches that a user names: those of the file, then of the variable.

    Raises:
        FormatError: the variable has something that can be none.
    """
    named = env.get(CACHES_VARIABLE, "").split()
    if not named:
        return configuration.caches
    from devenv.formats.cache_places import checked_places  # noqa: PLC0415 - few have any

    places = (*configuration.caches, *checked_places(named, where=CACHES_VARIABLE))
    return tuple(dict.fromkeys(places))
