"""Archives of packages on their way into the store: fetched, checked, unpacked."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from devenv.build.unpack_rules import UnpackLimits
from devenv.errors import StoreError
from devenv.formats.amounts import counted, size
from devenv.host.http import Download, is_there
from devenv.model.apt import AptPackage
from devenv.model.stage import Stage
from devenv.model.store_path import PathInfo, PathKind, canonical_json
from devenv.operations import derivations
from devenv.operations.doors import Doors, processors
from devenv.operations.unpacked_package import UnpackedPackage, unpacked_path
from devenv.store.failures import explain
from devenv.store.realise import Batch
from devenv.typed import Self
from devenv.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

    from devenv.build.unpack import UnpackPool

PlanDownloads = Callable[[Sequence[AptPackage]], Sequence[Download]]
"""Says where each package's archive comes from, in the order given."""

_WAITING_THREADS = 3


@dataclass(frozen=True, slots=True)
class _Archive:
    """A package, and where its archive comes from."""

    package: AptPackage
    download: Download


class Archives:
    """The archives of one batch, in as many processes as there are processors.

    Processes and threads are started when first needed; `pool` is one that was
    started before. Leaving the context ends them all.
    """

    def __init__(
        self,
        doors: Doors,
        batch: Batch,
        plan_downloads: PlanDownloads,
        pool: "UnpackPool | None",
    ) -> None:
        self._doors = doors
        self._batch = batch
        self._plan_downloads = plan_downloads
        self._stack = ExitStack()
        self._pool = pool
        self._threads: ThreadPoolExecutor | None = None
        self._plans = 0
        self._running: dict[Future[UnpackedPackage | None], _Archive] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None and self._pool is not None:
            # Before the threads are waited for: they wait for the pool.
            self._pool.close()
            for future in self._running:
                future.cancel()
        self._stack.close()
        for _ in range(self._plans):
            self._doors.display.finished()

    @property
    def are_begun(self) -> bool:
        """Whether any archive was missing until now."""
        return self._threads is not None

    def are_running(self) -> bool:
        """Whether `finished` has something to wait for."""
        return bool(self._running)

    def begin(self, missing: Sequence[AptPackage]) -> None:
        """Begin to fetch and unpack packages that are not in the store.

        The largest come first: the last ones are small then, and keep all
        processors busy.
        """
        ordered = sorted(missing, key=lambda item: (-item.size, item.name))
        if ordered:
            self._fetch_and_unpack(ordered)

    def finished(self) -> list[UnpackedPackage]:
        """Wait for one or more packages to be done; return those.

        Archives that were there, and were not what they must be, are fetched.
        """
        from concurrent.futures import FIRST_COMPLETED, wait  # noqa: PLC0415

        done, _ = wait(self._running, return_when=FIRST_COMPLETED)
        archives = [(future.result(), self._running.pop(future)) for future in done]
        self._fetch([archive for made, archive in archives if made is None])
        return [made for made, _ in archives if made is not None]

    def _fetch_and_unpack(self, missing: Sequence[AptPackage]) -> None:
        downloads = self._plan_downloads(missing)
        if self._doors.fetcher.caches.places:
            # Few have any; what reads them is imported for those only.
            from devenv.operations.take_exported import (  # noqa: PLC0415
                take_exported,
            )

            take_exported(self._doors, downloads)
        self._say_plan(missing, downloads)
        by_archive = {item.sha256: item for item in missing}
        absent = []
        for download in downloads:
            archive = _Archive(by_archive[download.sha256 or ""], download)
            if download.target.exists():
                # Whether it is whole is seen in a thread: all processors are busy
                # at once, and what is absent is fetched at once.
                self._submit(archive, is_checked=False)
            else:
                absent.append(archive)
        self._fetch(absent)

    def _say_plan(
        self, missing: Sequence[AptPackage], downloads: Sequence[Download]
    ) -> None:
        """Say how much there is to be done, and where it comes from."""
        absent = [each for each in downloads if not each.target.exists()]
        count = counted(len(missing), "package")
        if absent:
            total = size(sum(each.size or 0 for each in absent))
            here = len(missing) - len(absent)
            rest = f"; {here} of them here" if here else ""
            places = self._sources(absent)
            text = f"{count} to fetch and unpack ({total} from {places}{rest})"
        else:
            text = f"{count} to unpack, fetched before"
        self._doors.display.note(text)
        self._doors.display.planned(each.name for each in downloads)
        self._plans += 1

    def _sources(self, absent: Sequence[Download]) -> str:
        """Return who is asked for archives: caches first, then mirrors."""
        from devenv.formats.cache_places import is_on_this_machine  # noqa: PLC0415
        from devenv.host.urls import host_of  # noqa: PLC0415 - only to fetch

        fetcher = self._doors.fetcher
        caches = [
            place if is_on_this_machine(place) else host_of(place)
            for place in fetcher.caches.places
        ]
        if caches and fetcher.is_offline:
            return ", ".join(caches)
        hosts = ", ".join(sorted({host_of(each.urls[0]) for each in absent}))
        return f"{', '.join(caches)}, else {hosts}" if caches else hosts

    def _fetch(self, archives: Sequence[_Archive]) -> None:
        by_archive = {item.package.sha256: item for item in archives}

        def ready(download: Download, _: Path) -> None:
            self._submit(by_archive[download.sha256 or ""], is_checked=True)

        if archives:
            downloads = [item.download for item in archives]
            fetch_all = self._doors.fetcher.fetch_all
            fetch_all(downloads, self._doors.display, on_ready=ready)

    def _submit(self, archive: _Archive, *, is_checked: bool) -> None:
        # 15 ms, and mostly everything is there.
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

        from devenv.build.unpack import UnpackPool  # noqa: PLC0415

        if self._pool is None:
            self._pool = self._stack.enter_context(UnpackPool(processors()))
        if self._threads is None:
            # More threads than processes: while one reads an answer, the next
            # archive is being unpacked.
            self._threads = self._stack.enter_context(
                ThreadPoolExecutor(max_workers=processors() + _WAITING_THREADS)
            )
        future = self._threads.submit(
            self._unpack_one, self._pool, archive, is_checked=is_checked
        )
        self._running[future] = archive

    def _unpack_one(
        self, pool: "UnpackPool", archive: _Archive, *, is_checked: bool
    ) -> UnpackedPackage | None:
        if not is_checked and not is_there(archive.download):
            return None
        package = archive.package
        path = unpacked_path(package)
        self._doors.display.became(archive.download.name, Stage.UNPACKING)
        try:
            result = pool.unpack(
                archive.download.target,
                self._batch.scratch(path),
                UnpackLimits.declared(installed_size_kib=package.installed_size_kib),
                name=package.name,
                version=package.version,
            )
        except StoreError as error:
            cause, store = error.__cause__, self._doors.store.directory
            known = explain(cause, store) if isinstance(cause, OSError) else None
            raise known or error from cause
        info = PathInfo(
            path=path,
            kind=PathKind.UNPACKED,
            content_hash=result.contents.content_hash,
            size_bytes=result.contents.size_bytes,
            file_count=result.contents.entry_count,
            references=(),
            origin=canonical_json(derivations.unpacked(package)),
        )
        self._batch.finish(path, info)
        self._doors.display.became(archive.download.name, Stage.DONE)
        return UnpackedPackage(package=package, path=path, facts=result.facts)
