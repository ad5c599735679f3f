"""Packages become unpacked store paths: fetched and unpacked side by side."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

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

Further = Callable[[Iterable[PackageFacts]], Sequence[AptPackage]]
"""Says which packages join, from the facts of those that are there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpackedPackage:
    """A package whose archive is in the store."""

    package: AptPackage
    path: StorePath
    facts: PackageFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Packages to unpack, and those that may join once the facts are known.

    `further` may return packages of `packages` and `standby` only.
    """

    packages: Sequence[AptPackage]
    standby: Sequence[AptPackage]
    further: Further


def unpack_packages(
    doors: Doors, session: Session, wanted: Wanted, plan_downloads: PlanDownloads
) -> dict[str, UnpackedPackage]:
    """Make every package's unpacked path valid; return them by name.

    What is valid already costs one look-up. Those on standby are locked with the
    others, because locks are taken in one order only, and all that was unpacked is
    flushed and registered at once.

    Raises:
        FetchError: an archive could not be had, or is not the one that the
            index vouches for.
        UnsafeArchiveError: an archive breaks a rule of the unpacker.
        StoreError: the disk is full, or the store cannot be written.
    """
    paths = [unpacked_path(item) for item in (*wanted.packages, *wanted.standby)]
    with session.making(paths, waiting=doors.say_waiting) as batch:
        with _Unpacking(doors, batch, plan_downloads) as unpacking:
            found = unpacking.unpack(wanted.packages)
            more = wanted.further([item.facts for item in found.values()])
            fresh = [item for item in more if item.name not in found]
            found |= unpacking.unpack(fresh)
        if unpacking.has_made_any:
            batch.commit()
    return found


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


class _Unpacking:
    """The processes and threads of one batch, started when first needed."""

    def __init__(
        self, doors: Doors, batch: Batch, plan_downloads: PlanDownloads
    ) -> None:
        self._doors = doors
        self._batch = batch
        self._plan_downloads = plan_downloads
        self._stack = ExitStack()
        self._pool: UnpackPool | None = None
        self.has_made_any = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def unpack(self, packages: Sequence[AptPackage]) -> dict[str, UnpackedPackage]:
        """Unpack what is missing, the largest first; read the facts of the rest.

        The last archives are small then and keep all processors busy.
        """
        missing = [
            item for item in packages if unpacked_path(item) in self._batch.missing
        ]
        missing.sort(key=lambda item: (-item.size, item.name))
        made = self._fetch_and_unpack(missing) if missing else {}
        for package in packages:
            if package.name not in made:
                path = unpacked_path(package)
                facts = read_facts(self._doors.store.path_of(path))
                made[package.name] = UnpackedPackage(
                    package=package, path=path, facts=facts
                )
        return made

    def _fetch_and_unpack(
        self, missing: Sequence[AptPackage]
    ) -> dict[str, UnpackedPackage]:
        total = sum(package.size for package in missing)
        self._doors.display.note(
            f"{counted(len(missing), 'package')} to fetch and unpack ({size(total)})"
        )
        self.has_made_any = True
        pool = self._started_pool()
        by_archive = {item.sha256: item for item in missing}
        futures: list[Future[UnpackedPackage]] = []
        with ThreadPoolExecutor(max_workers=processors()) as threads:

            def ready(download: Download, archive: Path) -> None:
                package = by_archive[download.sha256 or ""]
                futures.append(threads.submit(self._unpack_one, pool, package, archive))

            try:
                self._doors.fetcher.fetch_all(
                    self._plan_downloads(missing), self._doors.display, on_ready=ready
                )
                done = [future.result() for future in futures]
            except BaseException:
                # Before the threads are waited for: they wait for the pool.
                pool.close()
                for future in futures:
                    future.cancel()
                raise
        return {item.package.name: item for item in done}

    def _started_pool(self) -> UnpackPool:
        if self._pool is None:
            self._pool = self._stack.enter_context(UnpackPool(processors()))
        return self._pool

    def _unpack_one(
        self, pool: UnpackPool, package: AptPackage, archive: Path
    ) -> UnpackedPackage:
        path = unpacked_path(package)
        result = pool.unpack(
            archive,
            self._batch.scratch(path),
            UnpackLimits.declared(installed_size_kib=package.installed_size_kib),
            name=package.name,
            version=package.version,
        )
        info = PathInfo(
            path=path,
            kind=PathKind.UNPACKED,
            content_hash=result.content_hash,
            size_bytes=result.size_bytes,
            file_count=len(result.entries),
            references=(),
            origin=canonical_json(derivations.unpacked(package)),
        )
        self._batch.finish(path, info)
        return UnpackedPackage(package=package, path=path, facts=result.facts)
