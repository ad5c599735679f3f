"""The packages of an input, ready to be asked: indexes fetched, checked, opened."""

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from devenv import hashes
from devenv.errors import DevenvError
from devenv.host.http import Download
from devenv.model.apt import AptInput, AptPackage, Pocket
from devenv.model.resolution import Resolution, ResolutionRules
from devenv.model.systems import System
from devenv.operations.doors import Doors
from devenv.operations.own_rules import resolution_rules
from devenv.operations.package_names import keep_names
from devenv.operations.prune_cache import mark_used
from devenv.plan.resolve import resolve
from devenv.sources.apt.debs import deb_downloads
from devenv.sources.apt.index import PackageIndex, build_index
from devenv.sources.apt.inputs import find_input, own_input
from devenv.sources.apt.mirrors import Mirrors
from devenv.sources.apt.release import PocketSnapshot, refresh
from devenv.sources.apt.universe import Universe
from devenv.values import dataclass, replace

INDEX_MAX_AGE = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSet:
    """One input at one moment: its packages, and where their archives are."""

    input_name: str
    universe: Universe
    snapshots: tuple[PocketSnapshot, ...]
    mirrors: Mirrors
    rules: ResolutionRules

    @property
    def checked_at(self) -> datetime:
        """When the oldest of its indexes was last compared with the archive."""
        return min(snapshot.checked_at for snapshot in self.snapshots)

    def resolve(
        self, requested: Sequence[str], extra: Sequence[str] = ()
    ) -> Resolution:
        """Resolve requirements among these packages; see `devenv.plan.resolve`."""
        return resolve(requested, self.universe, self.rules, extra=extra)

    def present(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return those names that this input has packages of.

        A small archive of somebody's own has no base set; its scripts use
        the host's programs.
        """
        return tuple(name for name in names if self.universe.versions(name))

    def downloads(self, doors: Doors, packages: Sequence[AptPackage]) -> list[Download]:
        """Say where each package's archive comes from, in the order given."""
        return deb_downloads(
            packages,
            self.snapshots,
            self.mirrors,
            cache_directory=doors.directories.cache,
        )


@contextmanager
def open_packages(
    doors: Doors, input_name: str | AptInput, *, system: System | None = None
) -> Generator[PackageSet]:
    """Open an input's packages, after a look for news if a day has passed.

    A name is that of a built-in input, or of one that the user has configured;
    a project's own inputs come as they are (`project_inputs`). `system` is this
    machine's unless another one's packages are asked for.

    Raises:
        UsageError: there is no such input.
        FetchError, SignatureError: its indexes cannot be had or trusted.
    """
    configured = doors.configuration
    system = system or doors.system
    apt_input = configured_input(doors, input_name)
    mirrors = Mirrors.find(doors.env, configured=configured.mirrors)
    snapshots = refresh(
        apt_input,
        system,
        fetcher=doors.fetcher,
        clock=doors.clock,
        mirrors=mirrors,
        directories=doors.directories,
        progress=doors.display,
        max_age=INDEX_MAX_AGE,
        force=doors.refresh,
        offline=doors.offline,
        allow_rollback=doors.allow_rollback,
        is_indexed=partial(_is_indexed, doors, system),
    )
    indexes: list[PackageIndex] = []
    try:
        indexes.extend(open_index(doors, system, snapshot) for snapshot in snapshots)
        universe = Universe(indexes)
        if system == doors.system:
            keep_names(
                doors.directories.cache,
                input_name=apt_input.name,
                digest=indexes_digest(snapshots),
                names=universe.names,
            )
        yield PackageSet(
            input_name=apt_input.name,
            universe=universe,
            snapshots=snapshots,
            mirrors=mirrors,
            rules=resolution_rules(),
        )
    finally:
        for index in indexes:
            index.close()


def configured_input(
    doors: Doors, wanted: str | AptInput, *, others: Iterable[str] = ()
) -> AptInput:
    """Return an input as configured: a built-in one, one of the user's, or itself.

    `others` are names that could have been meant, too.
    """
    if isinstance(wanted, AptInput):
        found = wanted
    else:
        own = {}
        # Only the one that is asked for: a mistake in another is none of its
        # business.
        if (table := doors.configuration.inputs.get(wanted)) is not None:
            own[wanted] = own_input(wanted, table, folder=doors.directories.config)
        known = (*others, *doors.configuration.inputs)
        found = find_input(wanted, own, others=known)
    days = doors.configuration.accept_expired_days
    pockets = tuple(replace(pocket, expiry_grace_days=days) for pocket in found.pockets)
    return replace(found, pockets=pockets)


def indexes_digest(snapshots: Iterable[PocketSnapshot]) -> str:
    """Return what other indexes than these would not have."""
    parts = [
        f"{item.pocket.name} {item.release_sha256} {' '.join(item.pocket.components)}"
        for item in snapshots
    ]
    return hashes.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _is_indexed(
    doors: Doors, system: System, pocket: Pocket, release_sha256: str
) -> bool:
    """Tell whether a pocket's index can be opened: then nothing else is needed."""
    place = _index_place(doors, system, pocket, release_sha256)
    try:
        PackageIndex.open(place).close()
    except (OSError, DevenvError):
        return False
    return True


def open_index(doors: Doors, system: System, snapshot: PocketSnapshot) -> PackageIndex:
    """Open a pocket's index, made anew if it is missing or not usable."""
    place = _index_place(doors, system, snapshot.pocket, snapshot.release_sha256)
    mark_used(place, now=doors.clock.now())
    try:
        return PackageIndex.open(place)
    except (OSError, DevenvError):
        if not snapshot.packages_files:
            # It was there a moment ago.
            raise
        place.parent.mkdir(parents=True, exist_ok=True)
        build_index(place, snapshot.packages_files, pocket=snapshot.pocket.name)
        return PackageIndex.open(place)


def _index_place(
    doors: Doors, system: System, pocket: Pocket, release_sha256: str
) -> Path:
    architecture = system.debian_architecture
    components = "+".join(pocket.components).replace("/", "_")
    name = f"{release_sha256[:32]}-{components}-{architecture}.sqlite"
    return doors.directories.cache / "indexes" / name
