"""Lock and realise `libraries` on the machine that this runs on; print the folder.

    python libraries_job.py OLDEST_C_LIBRARY NAME...

A script, so that a test can run it on a machine that lacks libraries.
"""

import os
import sys
from collections.abc import Sequence

from devenv.errors import DevenvError
from devenv.host.clock import SystemClock
from devenv.host.dirs import Directories
from devenv.host.downloads import download_path
from devenv.host.http import Download, Fetcher
from devenv.host.urls import joined
from devenv.model.lock import LockedPackage
from devenv.model.requirement import Requirement
from devenv.model.spec import Place, Spec, SpecRequirement
from devenv.operations.doors import Doors, this_system
from devenv.operations.lock_libraries import lock_libraries
from devenv.operations.package_set import open_packages
from devenv.operations.realise_libraries import realise_libraries
from devenv.sources.apt.snapshot import bases_for
from devenv.store.store import Store
from tests.fixtures.quiet_doors import QuietDisplay


def open_doors() -> Doors:
    env = dict(os.environ)
    clock = SystemClock()
    directories = Directories.from_environment(env)
    return Doors(
        env=env,
        directories=directories,
        clock=clock,
        fetcher=Fetcher(env, clock),
        store=Store.open(directories, clock.now),
        display=QuietDisplay(),
        system=this_system(),
    )


def spec_of(oldest: str, names: Sequence[str]) -> Spec:
    place = Place(file="devenv.toml", line=1, key="libraries")
    entries = (
        SpecRequirement(
            requirement=Requirement(
                name=text.rpartition(":")[2], input=text.rpartition(":")[0] or None
            ),
            text=text,
            place=place,
        )
        for text in names
    )
    return Spec(
        system=this_system().name, libraries=tuple(entries), oldest_c_library=oldest
    )


def main(oldest: str, names: Sequence[str]) -> str:
    doors = open_doors()
    locked = lock_libraries(doors, spec_of(oldest, names), doors.system)
    if locked is None:
        return ""
    with open_packages(doors, locked.input) as packages:
        bases = {
            snapshot.pocket.name: bases_for(snapshot, packages.mirrors)
            for snapshot in packages.snapshots
        }

    def downloads(rows: Sequence[LockedPackage]) -> list[Download]:
        return [
            Download(
                urls=tuple(joined(base, row.location) for base in bases[row.pocket]),
                target=download_path(doors.directories.cache, row.sha256),
                sha256=row.sha256,
                size=row.size,
                max_size=row.size,
                label=row.name,
            )
            for row in rows
        ]

    with doors.store.session() as session:
        path = realise_libraries(doors, session, locked, downloads)
    return f"{locked.input} {doors.store.path_of(path) if path else '-'}"


if __name__ == "__main__":
    try:
        print(main(sys.argv[1], sys.argv[2:]))  # noqa: T201 -- a script
    except DevenvError as error:
        sys.exit(f"{error.what}\n{error.hint}")
