"""Which rows of a lock an archive has, has had, or never had."""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from devenv.model.apt import AptInput, Pocket
from devenv.model.lock import LockedInput, LockedPocket
from devenv.model.trust import PackageEffect
from devenv.operations.doors import Doors
from devenv.operations.known_rows import known_rows, past_rows
from tests.fixtures.archive import Package, SignedArchive, Suite
from tests.fixtures.clock import NOON
from tests.fixtures.deb import sha256
from tests.fixtures.project_world import ProjectWorld

OLD = Package(name="tool", version="1.0-1", architecture="all")
NEW = Package(name="tool", version="2.0-1", architecture="all")


def effect_of(package: Package) -> PackageEffect:
    return PackageEffect(
        input="own",
        name=package.name,
        version=package.version,
        architecture=package.architecture,
        sha256=sha256(package.deb),
    )


def test_rows_are_known_by_all_that_they_say(project: ProjectWorld) -> None:
    project.publish(OLD, NEW)
    right = effect_of(OLD)
    with project.doors() as doors:
        wrong = [
            replace(right, version="1.0-2"),
            replace(right, architecture="amd64"),
            replace(right, sha256=effect_of(NEW).sha256),
            replace(right, name="other"),
            replace(right, input="other"),
            replace(right, input="not-there"),
        ]
        project.write_spec("tool")
        assert project.run("lock").returncode == 0
        reading, lock = project.read(), project.lock
        assert known_rows(doors, reading, lock, [right, *wrong]) == {right}


def test_a_newer_index_is_asked_for_what_this_one_lacks(project: ProjectWorld) -> None:
    project.publish(OLD)
    project.write_spec("tool")
    with project.doors() as doors:
        assert project.run("lock").returncode == 0
        reading, lock = project.read(), project.lock
        assert known_rows(doors, reading, lock, [effect_of(NEW)]) == frozenset()
        project.publish(OLD, NEW)
        offline = replace(doors, offline=True)
        assert known_rows(offline, reading, lock, [effect_of(NEW)]) == frozenset()
        assert known_rows(doors, reading, lock, [effect_of(NEW)]) == {effect_of(NEW)}


def test_another_key_knows_nothing(project: ProjectWorld) -> None:
    project.publish(OLD)
    project.write_spec("tool")
    with project.doors() as doors:
        assert project.run("lock").returncode == 0
        reading, lock = project.read(), project.lock
        key = str(project.folder / "archive.pgp")
        evil = SignedArchive(project.folder).keyring
        swapped = replace(reading, contents={**reading.contents, key: evil})
        row = effect_of(OLD)
        assert known_rows(doors, swapped, lock, [row]) == frozenset()
        # What was read counts, whatever the file holds by now.
        (project.folder / "archive.pgp").write_bytes(evil)
        assert known_rows(doors, reading, lock, [row]) == {row}


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """An archive that has only the new package; a snapshot has the old one."""

    doors: Doors
    own: AptInput
    locked: LockedInput


@pytest.fixture
def past(project: ProjectWorld) -> Iterator[Past]:
    archive, server = project.world.archive, project.world.server
    suite = Suite(name="stable", date=NOON)
    archive.publish(suite, {"main": [OLD]})
    message = archive.in_release(suite)
    snapshot = server.root / "past/debian" / f"{NOON:%Y%m%dT%H%M%SZ}"
    shutil.copytree(server.root / "debian", snapshot)
    project.publish(NEW)
    pocket = Pocket(
        name="own",
        archive="debian",
        suite="stable",
        components=("main",),
        keys=archive.fingerprints,
        keyring=archive.keyring,
    )
    moment = LockedPocket(
        name="own", date=NOON, sha256=hashlib.sha256(message).hexdigest()
    )
    with project.doors() as doors:
        env = {**doors.env, "DEVENV_APT_SNAPSHOT": server.url("/past")}
        yield Past(
            doors=replace(doors, env=env),
            own=AptInput(name="own", pockets=(pocket,)),
            locked=LockedInput(name="own", pockets=(moment,)),
        )


def test_what_the_archive_had_when_it_was_locked_is_known(past: Past) -> None:
    rows = [effect_of(OLD), replace(effect_of(OLD), sha256="0" * 64), effect_of(NEW)]
    assert past_rows(past.doors, past.own, past.locked, rows) == {effect_of(OLD)}


def test_a_past_that_is_not_the_locked_one_knows_nothing(past: Past) -> None:
    (moment,) = past.locked.pockets
    other = replace(past.locked, pockets=(replace(moment, sha256="0" * 64),))
    assert past_rows(past.doors, past.own, other, [effect_of(OLD)]) == frozenset()


def test_a_past_under_another_key_knows_nothing(
    past: Past, project: ProjectWorld
) -> None:
    evil = SignedArchive(project.folder)
    (pocket,) = past.own.pockets
    keyed = replace(pocket, keys=evil.fingerprints, keyring=evil.keyring)
    other = replace(past.own, pockets=(keyed,))
    assert past_rows(past.doors, other, past.locked, [effect_of(OLD)]) == frozenset()


def test_without_a_past_nothing_is_known_of_it(past: Past) -> None:
    env = {**past.doors.env, "DEVENV_APT_SNAPSHOT": ""}
    doors = replace(past.doors, env=env)
    assert past_rows(doors, past.own, past.locked, [effect_of(OLD)]) == frozenset()
