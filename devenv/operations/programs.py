"""The programs of an environment: which there are, and which one is meant."""

import tomllib
from collections.abc import Iterable
from pathlib import Path

from devenv.errors import ProgramError
from devenv.formats.postinst import read_postinst
from devenv.host import search_path
from devenv.host.own_data import own_data
from devenv.model.environment import Environment
from devenv.model.facts import PackageFacts
from devenv.model.requirement import Requirement
from devenv.operations.environments import MadeEnvironment
from devenv.operations.realise_lock import RealisedTree
from devenv.plan.main_program import Chosen, main_program

_SHOWN_PROGRAMS = 40


def find_program(environment: Environment, name: str) -> Path | None:
    """Return the program of this name on the environment's own PATH, or None."""
    if "/" in name:
        return None
    found = search_path.find_program(name, ":".join(environment.prepend["PATH"]))
    return None if found is None else Path(found)


def choose_program(made: MadeEnvironment, requirement: Requirement) -> Path:
    """Return the main program of the package that answers a requirement.

    Raises:
        ProgramError: it has none, or several among which nothing decides.
    """
    tree = made.realised.trees[0]
    package = made.locked.requirements[requirement.text][0].package
    for name in (requirement.written, requirement.name, package):
        if found := find_program(tree.environment, name):
            return found
    facts = {name: item.facts for name, item in tree.plan.packages.items()}
    needed = [name for name in tree.packages[package].needed_names if name in facts]
    choice = main_program(
        package,
        own=_on_path(tree, [facts[package]]),
        of_dependencies=_on_path(tree, [facts[name] for name in needed]),
        table=read_table("programs"),
    )
    if isinstance(choice, Chosen):
        if found := find_program(tree.environment, choice.program):
            return found
        raise ProgramError(f"{choice.program} of {package} is not on its PATH")
    raise _undecided(package, choice.programs)


def _on_path(tree: RealisedTree, facts: Iterable[PackageFacts]) -> list[str]:
    """Return the programs of packages that can be run, sorted."""
    names = {name for each in facts for name in programs_of(each)}
    return sorted(name for name in names if find_program(tree.environment, name))


def programs_of(facts: PackageFacts) -> frozenset[str]:
    """Return the names a package puts on PATH, its alternatives among them."""
    held: Iterable[str] = (
        *(fact.path for fact in facts.files if fact.is_executable),
        *(link.path for link in facts.links),
        *(item.link.strip("/") for item in read_postinst(facts.postinst).alternatives),
    )
    folders = ("usr/bin", "usr/games", "usr/sbin", "bin", "sbin")
    return frozenset(
        path.rpartition("/")[2] for path in held if path.rpartition("/")[0] in folders
    )


def _undecided(package: str, programs: tuple[str, ...]) -> ProgramError:
    if not programs:
        return ProgramError(
            f"{package} has no program to run",
            hint=f"use it in an environment: devenv shell -p {package}",
        )
    shown = ", ".join(programs[:_SHOWN_PROGRAMS])
    more = f" and {len(programs) - _SHOWN_PROGRAMS} more" * (
        len(programs) > _SHOWN_PROGRAMS
    )
    return ProgramError(
        f"{package} has several programs: {shown}{more}",
        hint=f"choose one: devenv run -p {package} -- PROGRAM ...",
    )


def read_table(name: str) -> dict[str, str]:
    """Return a table of `devenv/data/programs.toml`."""
    text = own_data("programs.toml").read_text("utf-8")
    return dict(tomllib.loads(text)[name])
