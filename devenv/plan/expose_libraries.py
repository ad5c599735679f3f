"""Which of our libraries a machine's programs get, so that none of them breaks.

The folder on LD_LIBRARY_PATH comes before what the machine has, for every
program that is started in the environment. So it holds what the machine lacks,
and nothing that could not be loaded there. A library of the machine is only
superseded if one of ours needs a newer one, and ours offers all that it does.
"""

from collections.abc import Iterable, Iterator, Mapping

from devenv.errors import LibrariesError
from devenv.model.linkage import Linkage, Symbols
from devenv.plan.c_library import PRIVATE_VERSION, is_c_library
from devenv.typed import Protocol

_OF_THE_LINKER = frozenset(
    {"_init", "_fini", "_edata", "_end", "__bss_start", "__data_start", "_etext"}
)
"""Symbols that every library may have, and no other looks up."""

_MOST_SHOWN = 3
_OWN_PYTHON = (
    'or use a program of devenv\'s own: with packages = ["python3"], wheels find'
    " their libraries in the environment"
)


class Libraries(Protocol):
    """One side: the machine's libraries, or ours."""

    def linkage(self, soname: str) -> Linkage | None:
        """Return what is known of a library; None if this side lacks it."""

    def symbols(self, soname: str) -> Symbols | None:
        """Return a library's symbols; None if they cannot be told."""


class OurLibraries(Libraries, Protocol):
    """Ours: packages that are looked into when something in them is needed."""

    def bring(self, needed: Mapping[str, str]) -> None:
        """Look for the keys, each needed by a library of ours: before they are used."""


def libraries_to_expose(
    requested: Iterable[str], ours: OurLibraries, host: Libraries
) -> tuple[str, ...]:
    """Return the SONAMEs to put in front of the machine's own, sorted.

    Args:
        requested: the SONAMEs of the packages that were asked for; they are there.
        ours: the libraries of the packages, all that they need included.
        host: what this machine's loader finds.

    Raises:
        LibrariesError: one of them could not be loaded on this machine, or would
            break what is there.
    """
    wanted = [name for name in requested if not is_c_library(name)]
    waiting = {name: "" for name in wanted if host.linkage(name) is None}
    exposed: set[str] = set()
    while waiting:
        level = [_needs(name, wanter, ours, host) for name, wanter in waiting.items()]
        exposed |= waiting.keys()
        further = {name: one.soname for one in level for name in one.absent()}
        ours.bring({name: by for name, by in further.items() if name not in exposed})
        # Only now: what they need of us may define what they look for.
        further |= {name: one.soname for one in level for name in one.unfit()}
        waiting = {name: by for name, by in further.items() if name not in exposed}
    return tuple(sorted(exposed))


def _needs(soname: str, wanter: str, ours: OurLibraries, host: Libraries) -> "_Needs":
    linkage = ours.linkage(soname)
    if linkage is None:
        raise _absent(soname, wanter)
    return _Needs(soname, linkage, ours, host)


class _Needs:
    """What one library of ours needs, compared with what the machine has."""

    def __init__(
        self, soname: str, linkage: Linkage, ours: OurLibraries, host: Libraries
    ) -> None:
        self.soname = soname
        self._linkage = linkage
        self._ours = ours
        self._host = host

    def absent(self) -> tuple[str, ...]:
        """Return the needed SONAMEs that the machine lacks.

        Raises:
            LibrariesError: its C library does not do.
        """
        found = {name: self._host.linkage(name) for name in self._linkage.needed}
        for name, linkage in found.items():
            if is_c_library(name):
                self._check_c_library(name, linkage)
        return tuple(name for name, linkage in found.items() if linkage is None)

    def unfit(self) -> Iterator[str]:
        """Yield the needed SONAMEs of which the machine's does not do, and ours does.

        Raises:
            LibrariesError: the machine's does not do, and cannot be superseded.
        """
        for needed in self._linkage.needed:
            found = None if is_c_library(needed) else self._host.linkage(needed)
            if found is not None and (lacking := self._lacking(needed, found)):
                if not self._can_supersede(needed, found):
                    raise self._refusal(needed, lacking)
                yield needed

    def _check_c_library(self, needed: str, found: Linkage | None) -> None:
        needs = self._linkage.version_needs.get(needed, frozenset())
        if found is None:
            raise LibrariesError(
                f"{self.soname} needs {needed}, which this machine lacks",
                hint="it belongs to the C library and must be the machine's own",
            )
        if PRIVATE_VERSION in needs:
            raise LibrariesError(
                f"{self.soname} works with one build of the C library only",
                hint="take it out of `libraries`",
            )
        if lacking := needs - found.versions:
            raise self._needs_newer_c_library(lacking, found)

    def _lacking(self, needed: str, found: Linkage) -> frozenset[str]:
        """Return the versions or symbols that the machine's library does not have."""
        needs = self._linkage.version_needs.get(needed, frozenset())
        absent = needs - found.versions if found.versions else frozenset()
        # A version may have got more symbols since, and not every library has any.
        return absent or self._lacking_symbols(needed)

    def _lacking_symbols(self, needed: str) -> frozenset[str]:
        """Return what our library of that name has, theirs not, and nobody else."""
        unresolved = self._unresolved()
        if not unresolved:
            return unresolved
        # Some are the program's to define. What ours has tells which are not.
        self._ours.bring({needed: self.soname})
        model = self._ours.symbols(needed)
        return unresolved & model.defined if model else frozenset()

    def _unresolved(self) -> frozenset[str]:
        """Return the symbols that nothing would give us that is loaded with us."""
        mine = self._ours.symbols(self.soname)
        left = mine.undefined if mine else frozenset()
        waiting = list(self._linkage.needed)
        seen = set(waiting)
        for name in waiting:
            if not left:
                break
            side = self._host if self._host.linkage(name) else self._ours
            given, linkage = side.symbols(name), side.linkage(name)
            left -= given.defined if given else frozenset()
            further = linkage.needed if linkage else ()
            waiting += [other for other in further if other not in seen]
            seen.update(further)
        return left

    def _can_supersede(self, needed: str, theirs: Linkage) -> bool:
        """Whether ours offers everything that the machine's library does."""
        self._ours.bring({needed: self.soname})
        mine = self._ours.linkage(needed)
        offered, used = self._ours.symbols(needed), self._host.symbols(needed)
        if mine is None or offered is None or used is None:
            return False
        return (
            theirs.versions <= mine.versions
            and used.defined - _OF_THE_LINKER <= offered.defined
        )

    def _refusal(self, needed: str, lacking: frozenset[str]) -> LibrariesError:
        return LibrariesError(
            f"{self.soname} needs another {needed} than this machine's, which lacks"
            f" {_listed(lacking)} and cannot be superseded without breaking others",
            hint="take libraries of a newer release, by a higher oldest_c_library in"
            f" devenv.toml; or install {self.soname} on the machine; {_OWN_PYTHON}",
        )

    def _needs_newer_c_library(
        self, lacking: frozenset[str], found: Linkage
    ) -> LibrariesError:
        newest = _newest(found.versions)
        lower = (
            f'set oldest_c_library = "{newest}" in devenv.toml and run `devenv lock`'
        )
        return LibrariesError(
            f"{self.soname} needs {_listed(lacking)} of the C library, and this"
            f" machine's is older{f' ({newest})' if newest else ''}",
            hint=f"{lower}, {_OWN_PYTHON}" if newest else _OWN_PYTHON,
        )


def _newest(versions: Iterable[str]) -> str:
    """Return `2.36` of the nodes of a C library."""
    numbers = [
        tuple(map(int, parts))
        for node in versions
        if node.startswith("GLIBC_")
        and all(map(str.isdecimal, parts := node.removeprefix("GLIBC_").split(".")))
    ]
    return ".".join(map(str, max(numbers, default=())))


def _absent(soname: str, wanter: str) -> LibrariesError:
    return LibrariesError(
        f"{wanter or 'a package of `libraries`'} needs {soname}, which neither this"
        " machine nor any package of the lock has",
        hint="add the package that holds it to `libraries` and run `devenv lock`;"
        f" to find it: devenv locate {soname}",
    )


def _listed(names: Iterable[str]) -> str:
    ordered = sorted(names)
    shown = ", ".join(ordered[:_MOST_SHOWN])
    more = len(ordered) - _MOST_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
