"""The programs of an environment: which there are, and which one is meant."""

import tomllib
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from devenv.errors import ProgramError
from devenv.formats.postinst import read_postinst
from devenv.host.execute import is_program
from devenv.model.facts import PackageFacts
from devenv.operations.environments import MadeEnvironment
from devenv.plan.main_program import Chosen, main_program

_SHOWN_PROGRAMS = 40


def find_program(made: MadeEnvironment, name: str) -> Path | None:
    """Return the program of this name on the environment's own PATH, or None."""
    if "/" in name:
        return None
    for directory in made.environment.prepend["PATH"]:
        program = Path(directory) / name
        if is_program(program):
            return program
    return None


def choose_program(made: MadeEnvironment, requirement: str, *, written: str) -> Path:
    """Return the main program of the package that answers a requirement.

    `written` is the name as the user spelt it.

    Raises:
        ProgramError: it has none, or several among which nothing decides.
    """
    package = made.resolution.answers[requirement]
    for name in (written, requirement.partition("@")[0], package):
        if found := find_program(made, name):
            return found
    own = programs_of(made.plan.packages[package].facts)
    dependencies = {
        program
        for name in made.resolution.packages[package].depends_on
        if name in made.plan.packages
        for program in programs_of(made.plan.packages[name].facts)
    }
    choice = main_program(
        package,
        own=sorted(name for name in own if find_program(made, name)),
        of_dependencies=sorted(
            name for name in dependencies if find_program(made, name)
        ),
        table=read_table("programs"),
    )
    if isinstance(choice, Chosen):
        if found := find_program(made, choice.program):
            return found
        raise ProgramError(f"{choice.program} of {package} is not on its PATH")
    raise _undecided(package, choice.programs)


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
    text = (files("devenv.data") / "programs.toml").read_text("utf-8")
    return dict(tomllib.loads(text)[name])
