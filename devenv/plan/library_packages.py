"""Which packages to look into for a library: guesses, the likeliest first.

A lock knows packages, not what is in them, and some are large: what one library
needs is a few of those that its package depends on.
"""

from collections.abc import Iterable, Iterator, Mapping

from devenv.model.lock import LockedPackage
from devenv.patterns import late_pattern

_SONAME = late_pattern(r"(?P<stem>.+?)(\.so\.(?P<number>[0-9.]+)|\.so)")
_64_BIT_TIME = "t64"


def likely_packages(
    needed: Mapping[str, str], rows: Mapping[str, LockedPackage]
) -> Iterator[frozenset[str]]:
    """Yield growing guesses at the packages that hold some libraries.

    Args:
        needed: each SONAME, and the package of the library that needs it.
        rows: the packages there are, by name.

    First those that are named after the SONAMEs, where there is one; then
    what the needing packages depend on; then all.
    """
    named = {
        soname: frozenset(package_names(soname)) & rows.keys() for soname in needed
    }
    likely = frozenset().union(*named.values())
    unnamed = {needed[soname] for soname, names in named.items() if not names}
    likely |= _dependencies(unnamed, rows)
    yield likely
    likely |= _dependencies(needed.values(), rows)
    yield likely
    yield frozenset(rows)


def package_names(soname: str) -> Iterator[str]:
    """Yield what a package of this library may be called (Debian Policy 8.1)."""
    found = _SONAME.fullmatch(soname.lower().replace("_", "-"))
    if found is None:
        return
    stem, number = found["stem"], found["number"]
    names = [stem] if number is None else [f"{stem}{number}", f"{stem}-{number}"]
    for name in names:
        yield name
        yield name + _64_BIT_TIME


def _dependencies(
    names: Iterable[str], rows: Mapping[str, LockedPackage]
) -> frozenset[str]:
    found = (rows[name].needed_names for name in names if name in rows)
    return frozenset(name for needs in found for name in needs) & rows.keys()
