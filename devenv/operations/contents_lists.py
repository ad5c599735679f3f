"""What is made of an archive's Contents files: once per Release, then kept."""

from collections.abc import Callable, Sequence
from pathlib import Path

from devenv.errors import FetchError, StoreError
from devenv.operations.doors import Doors
from devenv.operations.package_set import PackageSet
from devenv.operations.prune_cache import mark_used
from devenv.sources.apt.index_file import IndexFile
from devenv.sources.apt.release import fetch_contents
from devenv.sources.apt.snapshot import PocketSnapshot
from devenv.values import dataclass

Build = Callable[[Path, Sequence[IndexFile]], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentsLists:
    """A list for each pocket that has one, and why others have none.

    `failures` are by the pocket's name.
    """

    places: tuple[Path, ...]
    failures: dict[str, FetchError]


def contents_lists(
    doors: Doors, package_set: PackageSet, *, ending: str, build: Build
) -> ContentsLists:
    """Return the lists of an input that `build` makes of its Contents files.

    `ending` tells such lists apart in the cache. The first call after a new Release
    downloads the files (51 MB for trixie, most of it for the packages of all
    architectures, where scripts are).

    Raises:
        FetchError, SignatureError: none of them can be had or trusted.
        StoreError: the disk is full, or the cache cannot be written.
    """
    places = []
    failures: dict[str, FetchError] = {}
    for snapshot in package_set.snapshots:
        place = _place(doors, snapshot, ending)
        mark_used(place, now=doors.clock.now())
        try:
            if not place.exists():
                _make(doors, package_set, snapshot, place=place, build=build)
        except FetchError as error:
            # Mirrors renew Contents at another time than the rest; what one
            # pocket lacks, another mostly has.
            failures[snapshot.pocket.name] = error
        else:
            places.append(place)
    if failures and not places:
        raise next(iter(failures.values()))
    return ContentsLists(places=tuple(places), failures=failures)


def _make(
    doors: Doors,
    package_set: PackageSet,
    snapshot: PocketSnapshot,
    *,
    place: Path,
    build: Build,
) -> None:
    contents = fetch_contents(
        snapshot,
        doors.system,
        fetcher=doors.fetcher,
        mirrors=package_set.mirrors,
        cache_directory=doors.directories.cache,
        progress=doors.display,
    )
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        build(place, contents)
    except OSError as error:
        raise StoreError(
            "the list of what is in packages cannot be written:"
            f" {error.strerror or error}",
            where=str(place),
            hint="it belongs to the cache, which XDG_CACHE_HOME moves; `devenv gc`"
            " removes what is old of it",
        ) from error


def _place(doors: Doors, snapshot: PocketSnapshot, ending: str) -> Path:
    architecture = doors.system.debian_architecture
    components = "+".join(snapshot.pocket.components).replace("/", "_")
    name = f"{snapshot.release_sha256[:32]}-{components}-{architecture}.{ending}"
    return doors.directories.cache / "indexes" / name
