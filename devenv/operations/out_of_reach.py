"""Which programs of a package do not find all of their files by redirection.

They are scanned when somebody asks: it costs milliseconds, and facts would cost every
package.
"""

import mmap
from pathlib import Path

from devenv.formats.elf_reach import read_reach
from devenv.model.apt import AptPackage
from devenv.model.facts import PackageFacts
from devenv.model.out_of_reach import OutOfReach, ProgramReach
from devenv.operations.doors import Doors
from devenv.operations.unpacked_package import read_facts, unpacked_path


def programs_out_of_reach(
    doors: Doors, package: AptPackage
) -> tuple[ProgramReach, ...] | None:
    """Return those programs of a package, by path; None if it is not in the store.

    Raises:
        StoreError: the store path is damaged.
    """
    path = unpacked_path(package)
    if doors.store.info(path) is None:
        return None
    root = doors.store.path_of(path)
    facts = read_facts(root)
    found = ((name, _reach(root / name)) for name in _candidates(facts))
    return tuple(
        ProgramReach(path=name, reasons=reasons) for name, reasons in found if reasons
    )


def _candidates(facts: PackageFacts) -> list[str]:
    executable = {
        file.path
        for file in facts.files
        if file.is_executable and file.hard_link_to is None
    }
    return sorted(elf.path for elf in facts.elf_files if elf.path in executable)


def _reach(path: Path) -> tuple[OutOfReach, ...]:
    with path.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        try:
            return read_reach(content) or ()
        finally:
            content.close()
