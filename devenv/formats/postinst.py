"""The effects of a maintainer script that an environment imitates.

No maintainer script is ever run. Most of what they do (users, services,
debconf) has no place in an environment; what matters is `update-alternatives`
(Debian Policy 6, update-alternatives(1)) and a few configuration files that
`ucf` copies into place. Both are read by a small interpreter that knows
assignments, `for` loops over words and these two commands. Conditions are taken
as true. A word that still holds a `$` at the end is dropped: guessing would
be worse than leaving it out.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import islice

from devenv.patterns import late_pattern
from devenv.values import dataclass

MAX_STATEMENTS = 20_000
"""More than any real script has, its loops unrolled; the rest is not read."""

MAX_DEPTH = 8
"""Of loops in loops."""

_ALTERNATIVES, _COPIER = "update-alternatives", "ucf"
_MAX_NAME_BYTES = 255
_PRIORITY = late_pattern(r"-?[0-9]{1,9}")
_CONTROL = late_pattern(r"[\x00-\x1f\x7f]")

_CONTINUATION = late_pattern(r"\\\n\s*")
_QUOTES = frozenset("'\"\\")
_VARIABLE = late_pattern(r"\$(?:\{(\w+)\}|(\w+))")
_ASSIGNMENT = late_pattern(
    r"""\s*(?:local\s+)?(\w+)=("[^"]*"|'[^']*'|[^\s;"'`]*)\s*;?\s*$"""
)
_FOR = late_pattern(r"\s*for\s+(\w+)\s+in\s+([^;]*?)\s*(?:;\s*do\b(.*))?$")
_LOOP_BEGIN = late_pattern(r"\s*(?:for|while|until)\b")
_LOOP_END = late_pattern(r"(?:^|[;\s])done\b")
_ALTERNATIVE = late_pattern(r"\bupdate-alternatives\b([^;&|]*)")
_FILLED = late_pattern(
    r"""\b(?:cat\s+(/[^\s>"']+)\s*>|cp\s+(?:-\S+\s+)*(/[^\s"']+))\s*"?\$\{?(\w+)"""
)
"""A temporary file, named by a variable, that gets the content of another."""
_UCF = late_pattern(r"\bucf\b((?:\s+-\S+)*)\s+([^\s;&|]+)\s+([^\s;&|]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One `--install LINK NAME PATH PRIORITY` with its `--slave` links.

    `follows` holds (link, path) pairs that are set when this one is chosen.
    All paths are absolute, as the script spells them.
    """

    link: str
    path: str
    priority: int
    follows: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PostinstEffects:
    """What a script would set up: alternatives, and (source, target) copies."""

    alternatives: tuple[Alternative, ...]
    copies: tuple[tuple[str, str], ...]


def read_postinst(text: str) -> PostinstEffects:
    """Return the effects of a maintainer script worth imitating.

    Anything that is not understood is skipped; no input raises.
    """
    has_copies = _COPIER in text
    if not has_copies and _ALTERNATIVES not in text:
        return PostinstEffects(alternatives=(), copies=())
    found: list[Alternative | tuple[str, str]] = []
    lines = _CONTINUATION.sub(" ", text).split("\n")
    filled: dict[str, str] = {}
    for line, variables in islice(_statements(lines, {}), MAX_STATEMENTS):
        if _ALTERNATIVES in line:
            found.extend(_alternatives(line, variables))
        if has_copies:
            for match in _FILLED.finditer(line):
                filled[match.group(3)] = match.group(1) or match.group(2)
            found.extend(_copies(line, {**variables, **filled}))
    unique = list(dict.fromkeys(found))
    return PostinstEffects(
        alternatives=tuple(item for item in unique if isinstance(item, Alternative)),
        copies=tuple(item for item in unique if isinstance(item, tuple)),
    )


def _statements(
    lines: list[str], variables: dict[str, str], depth: int = 0
) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield each simple line with the variables that hold at it."""
    index = 0
    while index < len(lines):
        line = lines[index]
        index += 1
        if (loop := _FOR.match(line)) and depth < MAX_DEPTH:
            body, index = _loop_body(lines, index, loop.group(3))
            words = _expand(loop.group(2).strip("\"'"), variables).split()
            for word in words:
                inner = {**variables, loop.group(1): word}
                yield from _statements(body, inner, depth + 1)
        elif assignment := _ASSIGNMENT.match(line):
            value = assignment.group(2).strip("\"'")
            variables[assignment.group(1)] = _expand(value, variables)
        else:
            yield line, variables


def _loop_body(
    lines: list[str], index: int, rest_of_line: str | None
) -> tuple[list[str], int]:
    """Return the lines of a loop and the index of the line after `done`."""
    body = [rest_of_line or ""]
    if rest_of_line and _LOOP_END.search(rest_of_line):
        return [_LOOP_END.split(rest_of_line)[0]], index
    depth = 1
    while index < len(lines):
        line = lines[index]
        index += 1
        opens, closes = bool(_LOOP_BEGIN.match(line)), bool(_LOOP_END.search(line))
        depth += opens - closes
        if depth <= 0:
            break
        if line.strip() != "do":
            body.append(line)
    return body, index


def _expand(text: str, variables: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        return variables.get(match.group(1) or match.group(2), match.group(0))

    return _VARIABLE.sub(value, text)


def _words(text: str, variables: Mapping[str, str]) -> list[str]:
    expanded = _expand(text, variables)
    if expanded.isascii() and expanded.isprintable() and _QUOTES.isdisjoint(expanded):
        return expanded.split()
    import shlex  # noqa: PLC0415 (few scripts have quoted words)

    try:
        return shlex.split(expanded)
    except ValueError:  # an unbalanced quote of a construct we do not read
        return expanded.replace('"', " ").replace("'", " ").split()


def _alternatives(line: str, variables: Mapping[str, str]) -> Iterator[Alternative]:
    for command in _ALTERNATIVE.finditer(line):
        words = _words(command.group(1), variables)
        installs: list[list[str]] = []
        follows: list[tuple[str, str]] = []
        for position, word in enumerate(words):
            if word == "--install":
                installs.append(words[position + 1 : position + 5])
            elif word == "--slave" and len(words) > position + 3:
                follows.append((words[position + 1], words[position + 3]))
        known = tuple(pair for pair in follows if all(map(_is_plain, pair)))
        for install in installs:
            if alternative := _alternative(install, known):
                yield alternative


def _alternative(
    words: list[str], follows: tuple[tuple[str, str], ...]
) -> Alternative | None:
    match words:
        case [link, _name, path, priority] if _is_plain(link) and _is_plain(path):
            number = int(priority) if _PRIORITY.fullmatch(priority) else 1
            return Alternative(link=link, path=path, priority=number, follows=follows)
        case _:
            return None


def _copies(line: str, variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for command in _UCF.finditer(line):
        source, target = (
            _expand(command.group(group), variables).strip("\"'") for group in (2, 3)
        )
        if _is_plain(source) and _is_plain(target):
            yield source, target


def _is_plain(path: str) -> bool:
    """Whether a word is an absolute path that may become one of a tree."""
    names = path.split("/")[1:]
    return (
        path.startswith("/")
        and "$" not in path
        and not _CONTROL.search(path)
        and all(
            name not in ("", ".", "..")
            and len(name.encode("utf-8", "surrogateescape")) <= _MAX_NAME_BYTES
            for name in names
        )
    )
