"""Running a Python from unpacked packages, before there is a tree.

The dynamic loader of the relocated C library is given the program and the folders
of its libraries; PYTHONHOME names the package that holds the modules it starts with.
"""

from collections.abc import Mapping
from pathlib import Path
from posixpath import dirname

from devenv.build.bytecode import Interpreter
from devenv.model.facts import ElfFact, PackageFacts
from devenv.model.systems import System
from devenv.plan.relocate import C_LIBRARY
from devenv.values import dataclass

_LANDMARK = "usr/lib/python{version}/os.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyStart:
    """The packages that an interpreter starts from.

    `libraries` are packages and the folders in them; `home` is the package whose
    usr is the interpreter's prefix.
    """

    interpreter: Interpreter
    libraries: tuple[tuple[str, str], ...]
    home: str

    @property
    def packages(self) -> frozenset[str]:
        """The packages whose roots are asked for."""
        libraries = (name for name, _ in self.libraries)
        return frozenset((self.interpreter.package, self.home, *libraries))

    def command(self, roots: Mapping[str, Path], loader: str) -> list[str]:
        """Return how to start it; its arguments follow.

        Neither the user's site folder nor site itself has a say; the variables
        are those of `variables` alone.
        """
        library_path = ":".join(
            f"{roots[name]}/{place}" for name, place in self.libraries
        )
        program = f"{roots[self.interpreter.package]}/{self.interpreter.program}"
        search = ["--inhibit-cache", "--library-path", library_path]
        return [loader, *search, program, "-s", "-S", "-B"]

    def variables(self, roots: Mapping[str, Path]) -> dict[str, str]:
        """Return all environment variables of the program."""
        return {
            "PYTHONHOME": f"{roots[self.home]}/usr",
            "PYTHONSAFEPATH": "1",  # no import from beside the script
            "HOME": "/nonexistent",
        }


def early_start(
    packages: Mapping[str, PackageFacts], interpreter: Interpreter, system: System
) -> EarlyStart | None:
    """Return how to start an interpreter without a tree.

    None if it cannot be told from the facts alone: a library is of no package, or
    two have it.
    """
    landmark = _LANDMARK.format(version=interpreter.version)
    homes = [
        name
        for name, facts in packages.items()
        if any(file.path == landmark for file in facts.files)
    ]
    program = _elf_file(packages[interpreter.package], interpreter.program)
    if program is None or len(homes) != 1 or C_LIBRARY not in packages:
        return None
    libraries = _libraries(packages, program, system)
    if libraries is None:
        return None
    return EarlyStart(interpreter=interpreter, libraries=libraries, home=homes[0])


def _elf_file(facts: PackageFacts, path: str) -> ElfFact | None:
    """Return the program at a path, or where a link beside it leads."""
    targets = [
        f"{dirname(path)}/{link.target}" for link in facts.links if link.path == path
    ]
    return next((elf for elf in facts.elf_files if elf.path in (path, *targets)), None)


def _libraries(
    packages: Mapping[str, PackageFacts], program: ElfFact, system: System
) -> tuple[tuple[str, str], ...] | None:
    """Return where a program's libraries are, and those they need in turn."""
    known: dict[str, list[tuple[str, ElfFact]]] = {}
    for name, facts in packages.items():
        for elf in facts.elf_files:
            if elf.soname is not None and elf.machine == system.elf_machine:
                known.setdefault(elf.soname, []).append((name, elf))
    places: dict[tuple[str, str], None] = {}
    pending, seen = [*program.needed], {*program.needed}
    while pending:
        soname = pending.pop()
        if soname == system.loader:
            continue
        found = known.get(soname, [])
        if len(found) != 1:
            return None
        name, elf = found[0]
        places[name, dirname(elf.path)] = None
        fresh = set(elf.needed) - seen
        seen |= fresh
        pending += sorted(fresh)
    return tuple(sorted(places))
