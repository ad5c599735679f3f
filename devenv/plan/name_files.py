"""Package names split into small sorted files, as the archive splits its pool.

A shell that completes a name reads one of them: `r` for ripgrep, `libr` for
librsvg2-dev. So no file has more than some thousand names, and it is found by a
rule that every shell can follow.
"""

from collections.abc import Iterable

from devenv.patterns import late_pattern

_NAME = late_pattern(r"[a-z0-9][a-z0-9+.-]+")
_LIBRARY = "lib"


def name_files(names: Iterable[str]) -> dict[str, str]:
    """Return the content of each file by its name.

    A line is a name; lines are sorted by their bytes. What is no name of a package
    is left out: lines are put before users, and into their command lines.
    """
    found: dict[str, list[str]] = {}
    for name in sorted(set(names)):
        if _NAME.fullmatch(name):
            found.setdefault(_file_of(name), []).append(name)
    return {file: "\n".join(lines) + "\n" for file, lines in found.items()}


def _file_of(name: str) -> str:
    is_library = name.startswith(_LIBRARY) and len(name) > len(_LIBRARY)
    return name[: len(_LIBRARY) + 1] if is_library else name[0]
