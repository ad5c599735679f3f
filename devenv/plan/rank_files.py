"""Which of many files that fit a pattern somebody means best."""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from posixpath import dirname

from devenv.patterns import late_pattern
from devenv.plan.library_packages import package_names
from devenv.values import dataclass

_KINDS = tuple(
    late_pattern(expression)
    for expression in (
        # Programs; where loaders and compilers look without being told; what belongs
        # to a program; any other place. Last what is only read.
        r"/usr/(?:s?bin|games)",
        r"/usr/(?:lib(?:32|64|x32)?|include)(?:/[a-z0-9_]+-linux-gnu[a-z0-9_]*)?",
        r"/usr/(?:lib(?:32|64|x32|exec)?|include)/.*",
        r"(?!/usr/share/(?:doc|man|info|locale|lintian|bug|help|gtk-doc)(?:/|\Z)).*",
    )
)
_ENDING = late_pattern(r"\.so(\.[0-9.]+)?\Z|\.[a-z]{1,3}\Z")

_Rank = tuple[bool, int, int, int, str, str]

_KEPT_FOR_EACH = 4
_KEPT_FOLDERS = 64


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file, by its whole path, and a package that holds it."""

    path: str
    package: str


def best_files(
    found: Iterable[FoundFile],
    *,
    limit: int,
    is_known: Callable[[str], bool],
    here: frozenset[str] = frozenset(),
) -> tuple[tuple[FoundFile, ...], bool]:
    """Return the `limit` files that are meant best, and whether there are more.

    First those of packages that are `here` already, then programs before libraries
    and headers before all else, with documentation at the end; among equals a package
    that is called like the file, the shorter path, the alphabet. A package that is not
    known does not count. However many files are found, few are kept at a time.
    """
    best: dict[FoundFile, _Rank] = {}
    has_more = False
    last: _Rank | None = None
    for file in found:
        coarse = (file.package not in here, _kind(dirname(file.path)))
        if file in best or (last is not None and coarse > last[:2]):
            continue
        if not is_known(file.package):
            continue
        best[file] = (*coarse, *_fine(file))
        if len(best) > limit * _KEPT_FOR_EACH:
            has_more = True
            best = {one: best[one] for one in _sorted(best)[:limit]}
            last = next(reversed(best.values()))
    return tuple(_sorted(best)[:limit]), has_more or len(best) > limit


def is_shared_library(path: str) -> bool:
    """Tell whether a file is called like a library that programs load."""
    return any(True for _ in package_names(path.rpartition("/")[2]))


def _sorted(ranked: dict[FoundFile, _Rank]) -> list[FoundFile]:
    return sorted(ranked, key=ranked.__getitem__)


def _fine(file: FoundFile) -> tuple[int, int, str, str]:
    return _unlikeness(file), file.path.count("/"), file.package, file.path


@lru_cache(maxsize=_KEPT_FOLDERS)
def _kind(folder: str) -> int:
    fitting = (number for number, kind in enumerate(_KINDS) if kind.fullmatch(folder))
    return next(fitting, len(_KINDS))


def _unlikeness(file: FoundFile) -> int:
    """Return 0 for a package called like the file, 1 if it begins so, else 2."""
    name = file.path.rpartition("/")[2]
    wanted = {name.lower(), *_stems(name.lower())}
    if file.package in wanted:
        return 0
    return 1 if file.package.startswith(tuple(wanted)) else 2


def _stems(name: str) -> Iterator[str]:
    yield from package_names(name)
    stem = _ENDING.sub("", name)
    if stem:
        yield stem
