"""The unpacker's process starts before the store is open, if it will be needed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devenv.build.unpack import UnpackPool
from devenv.build.unpack_rules import UnpackLimits
from devenv.errors import StoreError
from devenv.host.http import Fetcher
from devenv.model.lock import Answer, LockedPackage, LockedSystem
from devenv.operations.doors import Doors
from devenv.operations.early_unpacker import early_unpacker
from devenv.operations.locked_package import as_package
from devenv.operations.unpacked_package import unpacked_path
from tests.fixtures.clock import FakeClock
from tests.fixtures.deb import make_deb
from tests.fixtures.quiet_doors import quiet_doors


def row(name: str) -> LockedPackage:
    return LockedPackage(
        input="debian",
        name=name,
        version="1",
        architecture="all",
        pocket="trixie",
        location=f"pool/{name}.deb",
        sha256=name.encode().hex().ljust(64, "0"),
        size=1,
        unpacked_kib=1,
    )


WANTED, NEEDED = row("wanted"), row("needed")
LOCKED = LockedSystem(
    requirements={"wanted": (Answer(input="debian", package="wanted"),)},
    packages=(NEEDED, WANTED),
)


@pytest.fixture
def doors(env: dict[str, str], clock: FakeClock, fetcher: Fetcher) -> Iterator[Doors]:
    with quiet_doors(env, clock, fetcher) as doors:
        yield doors


def test_what_was_asked_for_is_missing_so_it_starts(
    doors: Doors, tmp_path: Path
) -> None:
    deb, target = tmp_path / "a.deb", tmp_path / "target"
    deb.write_bytes(make_deb("a", "1", {"etc/a": b""}))
    target.mkdir()

    with early_unpacker(doors, LOCKED) as pool:
        assert pool is not None
        pool.unpack(deb, target, UnpackLimits(), name="a", version="1")

    assert (target / "etc/a").exists()
    with pytest.raises(StoreError, match="stopped"):
        pool.start()


@pytest.mark.parametrize(
    ("there", "starts"), [([NEEDED], True), ([WANTED], False)], ids=["needed", "asked"]
)
def test_it_does_not_start_for_what_is_there(
    doors: Doors, there: list[LockedPackage], *, starts: bool
) -> None:
    for each in there:
        doors.store.path_of(unpacked_path(as_package(each))).mkdir(parents=True)

    with early_unpacker(doors, LOCKED) as pool:
        assert isinstance(pool, UnpackPool) == starts
