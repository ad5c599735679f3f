"""Where the keys and array items of a TOML text stand, for complaints."""

from collections.abc import Mapping

from devenv.formats.toml_scanner import BARE_KEY, TomlPath, TomlScanner
from devenv.patterns import late_pattern
from devenv.values import dataclass

__all__ = ["TomlPath", "TomlPlaces", "dotted", "syntax_error", "toml_places"]

_ERROR_LINE = late_pattern(r"\(at line (\d+), column \d+\)$")
_ERROR_PLACE = late_pattern(r" \(at (?:line \d+, column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class TomlPlaces:
    """The line (from 1) of every key and array item, by its path."""

    lines: Mapping[TomlPath, int]

    def line(self, path: TomlPath) -> int:
        """Return the line of what is at `path`, or of the nearest thing around it."""
        for length in range(len(path), 0, -1):
            found = self.lines.get(path[:length])
            if found is not None:
                return found
        return 1


def toml_places(text: str) -> TomlPlaces:
    """Return where everything stands in a text that tomllib accepts.

    Raises:
        RecursionError: it is nested too deeply; tomllib says so before.
    """
    return TomlPlaces(lines=TomlScanner(text).lines)


def dotted(path: TomlPath) -> str:
    """Return a path as a person writes it: `env.PATH.prepend[0]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            shown = part if BARE_KEY.fullmatch(part) else f'"{part}"'
            text += f".{shown}" if text else shown
    return text


def syntax_error(error: ValueError, text: str) -> tuple[str, int]:
    """Return what tomllib complains of, and the line it is in."""
    message = str(error)
    match = _ERROR_LINE.search(message)
    line = int(match[1]) if match else text.rstrip().count("\n") + 1
    return _ERROR_PLACE.sub("", message), line
