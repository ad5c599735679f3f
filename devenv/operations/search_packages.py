"""`devenv search`: find packages by name and description."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from devenv.errors import UnusableIndexError
from devenv.host.files import write_whole
from devenv.host.own_data import own_data
from devenv.model.project import Project
from devenv.operations.configuration import CONFIGURATION_FILE
from devenv.operations.doors import Doors
from devenv.operations.package_set import (
    INDEX_MAX_AGE,
    PackageSet,
    indexes_digest,
    open_packages,
)
from devenv.operations.project_around import input_around
from devenv.operations.prune_cache import mark_used
from devenv.operations.search_record import record_place, record_text
from devenv.plan.release_rules import usable_until
from devenv.sources.apt.release_records import ReleaseRecords
from devenv.sources.apt.search_file import Row, search_in_file
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The packages of an input that some terms mean, the best first."""

    input_name: str
    rows: tuple[Row, ...]


def search_packages(
    doors: Doors,
    terms: Sequence[str],
    *,
    limit: int,
    input_name: str | None = None,
    project: Project | None = None,
) -> Found:
    """Return the packages that `terms` mean best, at most `limit`.

    An input of a project goes before one that the user has configured, and the
    project's default before the user's. The next search of the same input needs
    nothing of this: see `devenv.operations.search_record`.

    Raises:
        UsageError: there is no such input.
        FetchError, SignatureError: its indexes cannot be had or trusted.
    """
    with open_packages(doors, input_around(doors, project, input_name)) as package_set:
        file = _file_place(doors, package_set)
        mark_used(file, now=doors.clock.now())
        try:
            rows = search_in_file(str(file), list(terms), limit)
        except (OSError, UnusableIndexError):
            write_whole(file, package_set.universe.searchable(), is_durable=False)
            rows = search_in_file(str(file), list(terms), limit)
        with suppress(OSError):
            _write_record(doors, package_set, file, asked=(input_name, project))
    return Found(input_name=package_set.input_name, rows=tuple(rows))


def _file_place(doors: Doors, package_set: PackageSet) -> Path:
    """Return the search file's place, which other indexes would not have."""
    digest = indexes_digest(package_set.snapshots)
    name = f"{digest}-{doors.system.debian_architecture}.search"
    return doors.directories.cache / "indexes" / name


def _write_record(
    doors: Doors,
    package_set: PackageSet,
    file: Path,
    *,
    asked: tuple[str | None, Project | None],
) -> None:
    if doors.offline or doors.fetcher.is_offline:
        # It says how old the indexes are each time.
        return
    records = ReleaseRecords(
        cache_directory=doors.directories.cache,
        state_directory=doors.directories.state,
    )
    input_name, project = asked
    pockets = [snapshot.pocket for snapshot in package_set.snapshots]
    text = record_text(
        input_name=package_set.input_name,
        file=str(file),
        until=_until(package_set),
        watched=[
            str(doors.directories.config / CONFIGURATION_FILE),
            str(own_data("inputs.toml")),
            *(str(records.record_place(pocket)) for pocket in pockets),
            *(item.path for item in (() if project is None else project.files)),
        ],
    )
    if text is not None:
        cache = str(doors.directories.cache)
        folder = None if project is None else project.directory
        place = Path(record_place(cache, project=folder, input_name=input_name))
        place.parent.mkdir(parents=True, exist_ok=True)
        write_whole(place, os.fsencode(text), is_durable=False)


def _until(package_set: PackageSet) -> int:
    """Return when the indexes would be looked at anew, in seconds since 1970."""
    ends = [
        package_set.checked_at + INDEX_MAX_AGE,
        *(usable_until(item.release, item.pocket) for item in package_set.snapshots),
    ]
    return int(min(end for end in ends if end is not None).timestamp())
