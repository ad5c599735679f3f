"""`devenv which` in a project: where a program of its environment is, and whose."""

from pathlib import Path

from devenv.errors import ProgramError
from devenv.host.search_path import find_program
from devenv.model.lock import LockedPackage
from devenv.operations.programs import programs_of
from devenv.operations.project_environment import ProjectEnvironment
from devenv.operations.realise_lock import RealisedTree
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnProgram:
    """A program that a project puts on PATH.

    `package` is None if it comes from a folder that the spec names.
    """

    path: Path
    package: LockedPackage | None


def which_in_project(made: ProjectEnvironment, name: str, *, outer: str) -> OwnProgram:
    """Return the program of this name that the environment puts on PATH.

    `outer` is the PATH that it is put in front of.

    Raises:
        ProgramError: it has none; another one may be behind it on PATH.
    """
    entries = made.environment.prepend.get("PATH", ())
    found = None if "/" in name else find_program(name, ":".join(entries))
    if entries and found is not None:
        path = Path(found)
        return OwnProgram(path=path, package=_package_of(path, made))
    behind = find_program(name, outer)
    raise ProgramError(
        f"the project's environment has no program called {name}",
        where=made.project.directory,
        hint=f"there runs {behind}, which is not the project's"
        if behind
        else f"find its package: devenv locate bin/{name}",
    )


def _package_of(program: Path, made: ProjectEnvironment) -> LockedPackage | None:
    for tree in made.realised.trees:
        if program.is_relative_to(tree.path):
            place = str(program.relative_to(tree.path))
            return _holder(tree, place, program.name)
    return None


def _holder(tree: RealisedTree, place: str, name: str) -> LockedPackage | None:
    """Return the package with a file at `place`, or with a program of that name."""
    named = None
    for package, unpacked in sorted(tree.plan.packages.items()):
        facts = unpacked.facts
        paths = {item.path for item in facts.files} | {
            item.path for item in facts.links
        }
        if place in paths:
            return tree.packages.get(package)
        if named is None and name in programs_of(facts):
            named = tree.packages.get(package)
    return named
