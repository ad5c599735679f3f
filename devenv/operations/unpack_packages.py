"""Packages become unpacked store paths: fetched and unpacked side by side."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from devenv.build.unpack import UnpackPool
from devenv.build.unpack_rules import FACTS_PATH, UnpackLimits
from devenv.errors import StoreError
from devenv.formats.facts_json import decode
from devenv.formats.quantities import counted, size
from devenv.host.http import Download
from devenv.model.apt import AptPackage
from devenv.model.facts import PackageFacts
from devenv.model.store_path import PathInfo, PathKind, StorePath, canonical_json
from devenv.operations import derivations
from devenv.operations.doors import Doors, processors
from devenv.store.realise import Batch
from devenv.store.session import Session

PlanDownloads = Callable[[Sequence[AptPackage]], Sequence[Download]]
"""Says where each package's archive comes from, in the order given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpackedPackage:
    """A package whose archive is in the store."""

    package: AptPackage
    path: StorePath
    facts: PackageFacts


def unpack_packages(
    doors: Doors,
    session: Session,
    packages: Sequence[AptPackage],
    plan_downloads: PlanDownloads,
    *,
    known: Mapping[str, UnpackedPackage] = MappingProxyType({}),
) -> dict[str, UnpackedPackage]:
    """Make every package's unpacked path valid; return them by name.

    What is valid already costs one look-up; the facts of those in `known`,
    which this session made valid before, are not read again. The largest archives
    go first, so that the last ones keep all processors busy.

    Raises:
        FetchError: an archive could not be had, or is not the one that the
            index vouches for.
        UnsafeArchiveError: an archive breaks a rule of the unpacker.
        StoreError: the disk is full, or the store cannot be written.
    """
    paths = {package.name: unpacked_path(package) for package in packages}
    with session.making(paths.values(), waiting=doors.display.note) as batch:
        missing = sorted(
            (item for item in packages if paths[item.name] in batch.missing),
            key=lambda item: (-item.size, item.name),
        )
        if missing:
            _say_plan(doors, missing)
            _fetch_and_unpack(doors, batch, missing, plan_downloads(missing))
            batch.commit()
    by_path = {item.path: item for item in known.values()}
    return {
        package.name: by_path.get(paths[package.name])
        or UnpackedPackage(
            package=package,
            path=paths[package.name],
            facts=read_facts(doors.store.path_of(paths[package.name])),
        )
        for package in packages
    }


def unpacked_path(package: AptPackage) -> StorePath:
    """Return the store path of a package's unpacked archive."""
    return derivations.path_for(
        derivations.unpacked(package), name=package.name, version=package.version
    )


def read_facts(path: Path) -> PackageFacts:
    """Return the facts that a store path carries.

    Raises:
        StoreError: the file is gone or damaged.
    """
    try:
        return decode((path / FACTS_PATH).read_bytes())
    except OSError as error:
        raise StoreError(
            "a store path is damaged: its facts cannot be read",
            where=str(path),
            hint="run `devenv store verify`",
        ) from error


def _say_plan(doors: Doors, missing: Sequence[AptPackage]) -> None:
    total = sum(package.size for package in missing)
    doors.display.note(
        f"{counted(len(missing), 'package')} to fetch and unpack ({size(total)})"
    )


def _fetch_and_unpack(
    doors: Doors,
    batch: Batch,
    missing: Sequence[AptPackage],
    downloads: Sequence[Download],
) -> None:
    by_archive: Mapping[str, AptPackage] = {item.sha256: item for item in missing}
    jobs = processors()
    futures: list[Future[None]] = []
    with UnpackPool(jobs) as pool, ThreadPoolExecutor(max_workers=jobs) as threads:

        def ready(download: Download, archive: Path) -> None:
            package = by_archive[download.sha256 or ""]
            futures.append(threads.submit(_unpack_one, batch, pool, package, archive))

        try:
            doors.fetcher.fetch_all(downloads, doors.display, on_ready=ready)
            for future in futures:
                future.result()
        except BaseException:
            for future in futures:
                future.cancel()
            raise


def _unpack_one(
    batch: Batch, pool: UnpackPool, package: AptPackage, archive: Path
) -> None:
    path = unpacked_path(package)
    result = pool.unpack(
        archive,
        batch.scratch(path),
        UnpackLimits.declared(installed_size_kib=package.installed_size_kib),
        name=package.name,
        version=package.version,
    )
    batch.finish(
        path,
        PathInfo(
            path=path,
            kind=PathKind.UNPACKED,
            content_hash=result.content_hash,
            size_bytes=result.size_bytes,
            file_count=len(result.entries),
            references=(),
            origin=canonical_json(derivations.unpacked(package)),
        ),
    )
