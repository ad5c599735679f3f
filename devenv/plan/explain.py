"""Why requirements cannot be met, in sentences."""

from collections.abc import Sequence

from devenv.errors import ResolutionError, UnknownPackageError
from devenv.model.apt import Alternatives, AptPackage, Relation
from devenv.typed import Protocol
from devenv.values import dataclass

_MOST_SHOWN = 8
"""Names in a list before it is cut: a screen's worth."""


class KnownPackages(Protocol):
    """What an explanation looks up."""

    def versions(self, name: str) -> tuple[AptPackage, ...]: ...

    def nearest_names(self, name: str, limit: int) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadEnd:
    """A dependency that nothing can meet beside what was taken already.

    `path` leads from a requested package to the one that has the dependency;
    it is empty if the requirement itself is meant. `taken` are packages of the
    wanted names, already there in an unfit version, with who wanted them.
    """

    options: Alternatives
    path: tuple[AptPackage, ...]
    taken: tuple[tuple[AptPackage, str], ...]


def unknown(names: Sequence[str], packages: KnownPackages) -> UnknownPackageError:
    """Return the error for requested names that no package has or provides."""
    nearest = [near for name in names for near in packages.nearest_names(name, 3)]
    quoted = " or ".join(repr(name) for name in names)
    return UnknownPackageError(
        f"there is no package {quoted}",
        hint=f"did you mean {_listed(nearest, 'or')}?"
        if nearest
        else "run `devenv search` with a word of what it does; if it is a program,"
        f" `devenv run {names[0]}` finds its package",
    )


def no_such_version(
    requirement: str, name: str, packages: KnownPackages
) -> ResolutionError:
    """Return the error for `name@version` when there are other versions only."""
    return ResolutionError(
        f"there is no {requirement!r}: {_what_there_is(name, packages)}",
        hint=f"ask for {name!r}, or for a version of another release",
    )


def ambiguous(name: str, providers: Sequence[str]) -> ResolutionError:
    """Return the error for a requested name that several packages provide."""
    return ResolutionError(
        f"{name!r} is not a package, but something that several packages provide",
        hint=f"ask for one of them: {_listed(sorted(providers), 'or')}",
    )


def unsatisfiable(dead_end: DeadEnd, packages: KnownPackages) -> ResolutionError:
    """Return the error for a dependency that cannot be met."""
    wanted = " or ".join(_shown(option) for option in dead_end.options)
    if dead_end.path:
        last = dead_end.path[-1]
        who = f"{last.name} {last.version} needs {wanted}"
    else:
        who = f"{wanted} was asked for"
    if dead_end.taken:
        why = "; ".join(
            f"{package.name} {package.version} is taken for {_wanter(wanter)}"
            for package, wanter in dict.fromkeys(dead_end.taken)
        )
    else:
        names = dict.fromkeys(option.name for option in dead_end.options)
        why = "; ".join(_what_there_is(name, packages) for name in names)
    route = " -> ".join(package.name for package in dead_end.path)
    return ResolutionError(f"{who}, but {why}", where=route or None)


def _what_there_is(name: str, packages: KnownPackages) -> str:
    versions = dict.fromkeys(package.version for package in packages.versions(name))
    if versions:
        return f"there is {name} {_listed(list(versions), 'and')}"
    nearest = packages.nearest_names(name, 3)
    close = f" (there is {_listed(nearest, 'and')})" if nearest else ""
    return f"there is no {name}{close}"


def _wanter(name: str) -> str:
    return name or "another requirement"


def _shown(relation: Relation) -> str:
    if relation.operator is None:
        return relation.name
    return f"{relation.name} ({relation.operator} {relation.version})"


def _listed(words: Sequence[str], conjunction: str) -> str:
    """Return `a, b and c`, cut to a screen's worth."""
    words = list(dict.fromkeys(words))
    if len(words) > _MOST_SHOWN:
        more = len(words) - _MOST_SHOWN
        words = [*words[:_MOST_SHOWN], f"{more} more"]
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} {conjunction} {words[-1]}"
