"""Which program `devenv run PKG` means."""

from collections.abc import Mapping, Sequence

from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The program to run, by name."""

    program: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """The programs the user must choose from; none if there are none."""

    programs: tuple[str, ...]


def main_program(
    package: str,
    *,
    own: Sequence[str],
    of_dependencies: Sequence[str],
    table: Mapping[str, str],
) -> Chosen | Undecided:
    """Choose the main program of a package.

    In this order: the one of the package's name, the only one, the table's,
    and, for packages that hold none themselves, the same among the programs of
    their direct dependencies.

    Args:
        package: the package's name.
        own: names of the programs the package puts on PATH.
        of_dependencies: those of the packages it directly depends on.
        table: package name to program name (`devenv/data/programs.toml`).
    """
    for programs in (own, of_dependencies):
        known = sorted(set(programs))
        if package in known:
            return Chosen(program=package)
        if len(known) == 1:
            return Chosen(program=known[0])
        if table.get(package) in known:
            return Chosen(program=table[package])
        if known and programs is own:
            return Undecided(programs=tuple(known))
    return Undecided(programs=tuple(sorted(set(of_dependencies))))
