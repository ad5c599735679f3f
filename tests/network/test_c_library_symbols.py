"""The recorded functions of the C libraries are those of the archive."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from devenv.build.unpack import UnpackPool
from devenv.build.unpack_rules import UnpackLimits
from devenv.errors import FetchError
from devenv.host.clock import SystemClock
from devenv.host.http import Fetcher
from devenv.model.apt import AptPackage
from devenv.model.systems import SYSTEMS, System
from devenv.model.user_configuration import UserConfiguration
from devenv.operations.doors import Doors
from devenv.operations.package_set import open_packages
from devenv.plan.relocate import C_LIBRARY
from tests.fixtures.c_library import (
    PARTS,
    RELEASES,
    SYMBOLS,
    as_text,
    exported_functions,
)
from tests.fixtures.quiet_doors import quiet_doors
from tests.network.installation import Installation

pytestmark = [pytest.mark.network, pytest.mark.timeout(900)]


@pytest.fixture
def doors(installation: Installation) -> Iterator[Doors]:
    """Yield doors that bear with mirrors whose releases in the making have expired."""
    env = {**os.environ, **installation.variables}
    clock = SystemClock()
    with quiet_doors(env, clock, Fetcher(env, clock)) as opened:
        patient = UserConfiguration(accept_expired_days=60)
        yield replace(opened, configuration=patient)


def test_the_recorded_functions_are_those_of_the_archive(
    doors: Doors, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    present: dict[str, set[str]] = {}
    labels = []
    for release in RELEASES:
        for system in SYSTEMS.values():
            label = f"{release}-{system.debian_architecture}"
            labels.append(label)
            for name in _functions(doors, release, system, tmp_path / label):
                present.setdefault(name, set()).add(label)
    text = as_text({name: frozenset(has) for name, has in present.items()}, labels)
    if pytestconfig.getoption("write_results", default=False):
        SYMBOLS.write_text(text)

    assert SYMBOLS.read_text() == text


def _functions(
    doors: Doors, release: str, system: System, scratch: Path
) -> frozenset[str]:
    """Return the public functions of a release's newest C library that can be had."""
    package, archive = _archive(doors, release, system)
    scratch.mkdir()
    with UnpackPool(1) as pool:
        pool.unpack(
            archive,
            scratch,
            UnpackLimits.declared(installed_size_kib=package.installed_size_kib),
            name=package.name,
            version=package.version,
        )
    folder = scratch / "usr/lib" / system.triplet
    parts = [folder / part for part in PARTS if (folder / part).exists()]
    return frozenset().union(*map(exported_functions, parts))


def _archive(doors: Doors, release: str, system: System) -> tuple[AptPackage, Path]:
    """Return a C library's archive: a mirror may lack the newest of a pocket."""
    with open_packages(doors, release, system=system) as packages:
        for package in packages.universe.versions(C_LIBRARY):
            (download,) = packages.downloads(doors, [package])
            with suppress(FetchError):
                doors.fetcher.fetch_all([download], doors.display)
                return package, download.target
    pytest.fail(f"no C library of {release} for {system.name} can be had")
