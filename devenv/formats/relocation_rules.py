"""The text of `devenv/data/relocation.toml`."""

import tomllib

from devenv.errors import FormatError

_KEY = "without_redirection"


def parse_relocation_rules(text: str) -> frozenset[str]:
    """Return the packages whose programs do not get the redirecting library.

    Raises:
        FormatError: it is not TOML, has another key, or a value of another kind.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FormatError(f"the relocation rules are not TOML: {error}") from error
    if document.keys() != {_KEY}:
        raise FormatError(f"expected {_KEY} and nothing else")
    names = document[_KEY]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise FormatError("expected a list of package names", where=_KEY)
    return frozenset(names)
