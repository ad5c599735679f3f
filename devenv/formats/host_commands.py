"""The table of host commands that nothing may stand in front of unasked."""

import tomllib

from devenv.errors import FormatError


def parse_host_commands(text: str) -> tuple[str, ...]:
    """Return the commands of all groups of a table, sorted.

    Raises:
        FormatError: it holds something else than lists of names.
    """
    found: set[str] = set()
    for group, names in tomllib.loads(text).items():
        if not isinstance(names, list) or not all(map(_is_name, names)):
            raise FormatError("expected a list of commands", where=group)
        found.update(names)
    return tuple(sorted(found))


def _is_name(found: object) -> bool:
    return isinstance(found, str) and bool(found) and "/" not in found
