"""Decisions on disk: kept as they were written, or worth nothing."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from devenv.errors import StoreError
from devenv.model.trust import TrustRecord, TrustState
from devenv.operations.doors import Doors
from devenv.operations.trust_records import TrustRecords
from devenv.operations.trust_standing import standing_of
from tests.fixtures.project_world import ProjectWorld
from tests.fixtures.world import is_root

WHEN = datetime(2026, 1, 2, tzinfo=UTC)
NOBODY = 65534


def record_for(folder: Path, *, is_allowed: bool = True) -> TrustRecord:
    found = folder.stat()
    return TrustRecord(
        path=str(folder.resolve()),
        device=found.st_dev,
        inode=found.st_ino,
        is_allowed=is_allowed,
        decided_at=WHEN,
        digest="ab" * 32,
    )


@pytest.fixture
def records(env: dict[str, str]) -> TrustRecords:
    return TrustRecords.of(env)


def file_of(records: TrustRecords) -> Path:
    (file,) = records.directory.iterdir()
    return file


def test_a_decision_is_read_back_and_forgotten(
    records: TrustRecords, tmp_path: Path
) -> None:
    record = record_for(tmp_path)
    assert records.read(record.path) is None
    records.write(record)
    assert records.read(record.path) == record
    assert records.all() == (record,)
    assert file_of(records).stat().st_mode & 0o777 == 0o600
    assert records.directory.stat().st_mode & 0o777 == 0o700
    assert records.remove(record.path)
    assert not records.remove(record.path)
    assert records.all() == ()


def relink(file: Path) -> None:
    elsewhere = file.with_name("elsewhere")
    file.rename(elsewhere)
    file.symlink_to(elsewhere)


def rename_to_another(file: Path) -> None:
    file.rename(file.with_name("0" * 64 + ".json"))


def replace_by_folder(file: Path) -> None:
    file.unlink()
    file.mkdir(0o600)


def replace_by_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file, 0o600)


DAMAGE: Mapping[str, Callable[[Path], object]] = {
    "readable by others": lambda file: file.chmod(0o640),
    "writable by others": lambda file: file.chmod(0o622),
    "a link": relink,
    "cut short": lambda file: file.write_bytes(file.read_bytes()[:-1]),
    "of a newer devenv": lambda file: file.write_text(
        file.read_text().replace('"format":1', '"format":2')
    ),
    "of another project": lambda file: file.write_text(
        file.read_text().replace('"path":"/', '"path":"/x/')
    ),
    "empty": lambda file: file.write_bytes(b""),
    "a folder": replace_by_folder,
    "a pipe": replace_by_pipe,
    "in a folder of everybody": lambda file: file.parent.chmod(0o777),
    "under another name": rename_to_another,
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_what_somebody_else_may_have_written_says_nothing(
    records: TrustRecords, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    record = record_for(tmp_path)
    records.write(record)
    damage(file_of(records))
    assert records.read(record.path) is None


@pytest.mark.skipif(not is_root(), reason="only root can give files away")
def test_what_another_user_has_written_says_nothing(
    records: TrustRecords, tmp_path: Path
) -> None:
    record = record_for(tmp_path)
    records.write(record)
    os.chown(file_of(records), NOBODY, NOBODY)
    assert records.read(record.path) is None


def test_nothing_is_written_where_others_may_write(
    records: TrustRecords, tmp_path: Path
) -> None:
    records.directory.mkdir(parents=True)
    records.directory.chmod(0o777)
    with pytest.raises(StoreError):
        records.write(record_for(tmp_path))


def standing(doors: Doors, folder: Path, **env: str) -> TrustState:
    return standing_of(replace(doors, env={**doors.env, **env}), folder).state


def test_only_a_decision_makes_a_project_allowed(project: ProjectWorld) -> None:
    folder = project.folder
    with project.doors() as doors:
        records = TrustRecords.of(doors.env)
        claims = {"CI": "true", "GITHUB_ACTIONS": "true", "DEVENV_ALLOW": "1"}
        (folder / ".allow").touch()
        assert standing(doors, folder, **claims) is TrustState.UNKNOWN
        # Neither does one for a folder above, or whose name begins like this one's.
        records.write(record_for(folder.parent))
        records.write(replace(record_for(folder), path=f"{folder}x"))
        assert standing(doors, folder, **claims) is TrustState.UNKNOWN
        records.write(record_for(folder))
        assert standing(doors, folder) is TrustState.ALLOWED
        records.write(record_for(folder, is_allowed=False))
        assert standing(doors, folder) is TrustState.DENIED


def test_another_folder_at_the_same_path_is_another_project(
    project: ProjectWorld,
) -> None:
    folder = project.folder
    with project.doors() as doors:
        records = TrustRecords.of(doors.env)
        records.write(record_for(folder))
        moved = folder.with_name("moved")
        folder.rename(moved)
        folder.mkdir()
        for file in moved.iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
        assert standing(doors, folder) is TrustState.UNKNOWN
        assert standing(doors, moved) is TrustState.UNKNOWN
        # What is denied is denied by path.
        records.write(record_for(moved, is_allowed=False))
        moved.rename(folder.with_name("away"))
        moved.mkdir()
        assert standing(doors, moved) is TrustState.DENIED


OPEN_TO_OTHERS = ("", "devenv.toml", "devenv.local.toml", "devenv.lock.toml")


@pytest.mark.parametrize("name", OPEN_TO_OTHERS, ids=lambda name: name or "the folder")
def test_what_everybody_may_write_is_nobodys_to_allow(
    project: ProjectWorld, name: str
) -> None:
    with project.doors() as doors:
        TrustRecords.of(doors.env).write(record_for(project.folder))
        path = project.folder / name
        if name:
            path.touch()
        path.chmod(path.stat().st_mode | 0o002)
        assert standing(doors, project.folder) is TrustState.FOREIGN
        path.chmod(path.stat().st_mode & ~0o002 | 0o020)
        assert standing(doors, project.folder) is TrustState.ALLOWED


@pytest.mark.skipif(not is_root(), reason="only root can give files away")
@pytest.mark.parametrize("name", OPEN_TO_OTHERS, ids=lambda name: name or "the folder")
def test_what_belongs_to_somebody_else_is_not_ours_to_allow(
    project: ProjectWorld, name: str
) -> None:
    with project.doors() as doors:
        TrustRecords.of(doors.env).write(record_for(project.folder))
        path = project.folder / name
        if name:
            path.touch()
        os.chown(path, NOBODY, NOBODY)
        assert standing(doors, project.folder) is TrustState.FOREIGN
        # Root by sudo: of who called it. The decision is still needed.
        caller = str(NOBODY)
        assert standing(doors, project.folder, SUDO_UID=caller) is TrustState.ALLOWED
        TrustRecords.of(doors.env).remove(str(project.folder))
        assert standing(doors, project.folder, SUDO_UID=caller) is TrustState.UNKNOWN
