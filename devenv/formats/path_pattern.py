"""What people write to find a file, and which paths it means.

One rule for all: a bare name is the last component of a path; with a slash in it
these are the last components, each whole; with one at its beginning it is the
whole path. `*`, `?` and `[...]` stand for what they do in a shell: never for a
slash. /bin, /lib and their like are links into /usr, so /bin/sh is /usr/bin/sh.
"""

import re
from collections.abc import Iterable
from fnmatch import translate
from functools import lru_cache

from devenv.errors import UsageError
from devenv.formats.archive_names import merged
from devenv.patterns import late_pattern
from devenv.typed import Protocol
from devenv.values import dataclass

_WILDCARDS = frozenset("*?[")
_LETTERS = late_pattern(r"[^*?]")


class FilePattern(Protocol):
    """Which files are meant: their folders are without slashes around them."""

    @property
    def text(self) -> str:
        """The pattern as it was written."""

    @property
    def name(self) -> str | None:
        """The one name that every file of it has, if there is one."""

    @property
    def fragment(self) -> str:
        """A text that stands in a component of every path it means; may be empty."""

    def among(self, folder: str, names: Iterable[str]) -> list[str]:
        """Return those names in a folder that are meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PathPattern:
    """A path or the end of one, with or without wildcards."""

    text: str
    components: tuple[str, ...]
    is_absolute: bool

    @property
    def name(self) -> str | None:
        last = self.components[-1]
        return None if _has_wildcard(last) else last

    @property
    def fragment(self) -> str:
        pieces = [
            piece
            for component in self.components
            # What follows a bracket may belong to it.
            for piece in re.split(r"[*?]", component.partition("[")[0])
        ]
        return max(pieces, key=len)

    def among(self, folder: str, names: Iterable[str]) -> list[str]:
        if not self._means_folder(folder):
            return []
        last = self.components[-1]
        return [name for name in names if _means(last, name)]

    def _means_folder(self, folder: str) -> bool:
        wanted = self.components[:-1]
        found = folder.split("/") if folder else []
        if len(found) < len(wanted) or (self.is_absolute and len(found) > len(wanted)):
            return False
        last = found[len(found) - len(wanted) :]
        return all(map(_means, wanted, last))


@dataclass(frozen=True, slots=True, kw_only=True)
class PathExpression:
    """A regular expression, which is looked for anywhere in whole paths."""

    text: str
    expression: "re.Pattern[str]"

    @property
    def name(self) -> None:
        return None

    @property
    def fragment(self) -> str:
        return ""

    def among(self, folder: str, names: Iterable[str]) -> list[str]:
        search = self.expression.search
        start = path_of(folder, "")
        return [name for name in names if search(start + name)]


def path_of(folder: str, name: str) -> str:
    """Return the whole path of a name in a folder, which may be the root."""
    return f"/{folder}/{name}" if folder else f"/{name}"


def parse_path_pattern(text: str) -> PathPattern:
    """Return which files a name, a path or the end of one means.

    Raises:
        UsageError: it can mean none; it says why.
    """
    components = [part for part in text.split("/") if part not in {"", "."}]
    if not components:
        raise UsageError(
            "this names no file",
            where=repr(text),
            hint="give a name or a path: devenv locate zlib.h",
        )
    if text.endswith("/"):
        raise UsageError(
            f"{text} is a folder, and archives list files alone",
            hint=f"for what is in it: devenv locate '{text}*'",
        )
    if ".." in components:
        raise UsageError(
            f"{text} goes up by `..`, as no path of a package does",
            hint=f"give the end of the path: devenv locate {components[-1]}",
        )
    if not any(map(_LETTERS.search, components)):
        raise UsageError(
            f"{text} means every file",
            hint="give a part of its name: devenv locate '*zlib*'",
        )
    is_absolute = text.startswith("/")
    if is_absolute:
        components = merged("/".join(components)).split("/")
    return PathPattern(text=text, components=tuple(components), is_absolute=is_absolute)


def parse_path_expression(text: str) -> PathExpression:
    """Return which files a regular expression means.

    Raises:
        UsageError: it is none; it says where it is wrong.
    """
    try:
        expression = re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise UsageError(
            f"this is no regular expression: {error}",
            where=text,
            hint="it is one of Python's; without --regex, `*` and `?` are wildcards",
        ) from error
    return PathExpression(text=text, expression=expression)


def _means(component: str, name: str) -> bool:
    if not _has_wildcard(component):
        return component == name
    return _expression(component).match(name) is not None


@lru_cache
def _expression(component: str) -> re.Pattern[str]:
    return re.compile(translate(component))


def _has_wildcard(component: str) -> bool:
    return not _WILDCARDS.isdisjoint(component)
