"""Where the archive of a store path can be had again: cache, locks, indexes.

A store path names the hash of its archive and no address. So every lock that is
known here is asked: those of all generations, and what the projects have now; then
the indexes that are here.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from devenv.errors import DevenvError, StoreError
from devenv.host.downloads import download_path, is_whole
from devenv.host.http import Download
from devenv.model.apt import AptPackage
from devenv.model.lock import Lock, LockedPackage
from devenv.model.spec import SpecInput
from devenv.model.store_path import PathInfo
from devenv.operations.doors import Doors
from devenv.operations.generations import lock_of
from devenv.operations.lock_files import lock_path, read_lock
from devenv.operations.locked_downloads import locked_downloads
from devenv.operations.locked_package import as_package
from devenv.operations.package_set import open_packages
from devenv.operations.read_project import read_project
from devenv.operations.unpacked_package import read_facts, unpacked_path
from devenv.sources.apt.inputs import built_in
from devenv.store.generations import Generations
from devenv.store.known_projects import known_projects
from devenv.values import dataclass, replace

_KIB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundArchive:
    """The archive of an unpacked store path, and where it may be had."""

    package: AptPackage
    download: Download


def find_archives(
    doors: Doors, wanted: Mapping[str, tuple[PathInfo, str]]
) -> dict[str, FoundArchive]:
    """Return the archives that could be found, by the name of their store path.

    Args:
        doors: the cache, the state folder and the indexes that are here.
        wanted: unpacked paths by name, each with the SHA-256 of its archive.
    """
    found: dict[str, FoundArchive] = {}
    for lock, inputs in _locks(doors):
        _add_from_lock(doors, lock, inputs, wanted, found)
        if found.keys() == wanted.keys():
            return found
    for base, (info, sha256) in wanted.items():
        if base not in found:
            archive = _from_cache(doors, info, sha256)
            if archive is not None:
                found[base] = archive
    left = {base: wanted[base] for base in wanted.keys() - found.keys()}
    return found | _from_indexes(doors, left)


def _locks(doors: Doors) -> Iterator[tuple[Lock, Mapping[str, SpecInput]]]:
    """Yield the locks that are known here, each with the spec's own inputs."""
    state = doors.directories.state
    for directory in known_projects(state):
        inputs = _inputs_of(doors, directory)
        with suppress(DevenvError, OSError):
            current = read_lock(lock_path(directory))
            if current is not None:
                yield current, inputs
        generations = Generations(state, directory)
        for generation in reversed(generations.all()):
            with suppress(DevenvError):
                yield lock_of(generations, generation), inputs


def _inputs_of(doors: Doors, directory: str) -> Mapping[str, SpecInput]:
    with suppress(DevenvError, OSError):
        project = read_project(Path(directory), system=doors.system.name, env=doors.env)
        return project.spec.inputs
    return {}


def _add_from_lock(
    doors: Doors,
    lock: Lock,
    inputs: Mapping[str, SpecInput],
    wanted: Mapping[str, object],
    found: dict[str, FoundArchive],
) -> None:
    downloads: Callable[[list[LockedPackage]], list[Download]] | None = None
    for row in _rows(lock):
        package = as_package(row)
        base = unpacked_path(package).base
        if base not in wanted or base in found:
            continue
        with suppress(DevenvError):
            downloads = downloads or locked_downloads(doors, lock, inputs)
            (download,) = downloads([row])
            found[base] = FoundArchive(package=package, download=download)


def _rows(lock: Lock) -> Iterator[LockedPackage]:
    for locked in lock.systems.values():
        yield from locked.packages
        if locked.libraries is not None:
            yield from locked.libraries.packages


def _from_cache(doors: Doors, info: PathInfo, sha256: str) -> FoundArchive | None:
    """Return an archive that lies in the cache, named by what its path says."""
    target = download_path(doors.directories.cache, sha256)
    if not is_whole(target, sha256=sha256, size=None):
        return None
    package = _named_by_path(doors, info, sha256, size=target.stat().st_size)
    if package is None:
        return None
    download = Download(
        urls=(),
        target=target,
        sha256=sha256,
        size=package.size,
        max_size=package.size,
        label=f"{package.name} {package.version}",
    )
    return FoundArchive(package=package, download=download)


def _named_by_path(
    doors: Doors, info: PathInfo, sha256: str, *, size: int
) -> AptPackage | None:
    with suppress(StoreError, DevenvError, OSError):
        facts = read_facts(doors.store.path_of(info.path))
        package = AptPackage(
            name=facts.name,
            version=facts.version,
            architecture="",
            filename="",
            sha256=sha256,
            size=size,
            installed_size_kib=-(-info.size_bytes // _KIB),
            source=facts.name,
            section="",
            priority="",
            multi_arch="",
            description="",
            pocket="",
        )
        # What tells the name may be what is damaged.
        return package if unpacked_path(package) == info.path else None
    return None


def _from_indexes(
    doors: Doors, wanted: Mapping[str, tuple[PathInfo, str]]
) -> dict[str, FoundArchive]:
    """Look into the indexes that are here; none is fetched for it."""
    found: dict[str, FoundArchive] = {}
    here = replace(doors, offline=True)
    for name in (*sorted(doors.configuration.inputs), *sorted(built_in().inputs)):
        if found.keys() == wanted.keys():
            break
        with suppress(DevenvError, OSError), open_packages(here, name) as packages:
            for base, (_, sha256) in wanted.items():
                for package_name in _possible_names(base):
                    for package in packages.universe.versions(package_name):
                        if package.sha256 == sha256:
                            (download,) = packages.downloads(doors, [package])
                            archive = FoundArchive(package=package, download=download)
                            found.setdefault(base, archive)
    return found


def _possible_names(base: str) -> Iterator[str]:
    """Yield the names that a store path `DIGEST-NAME-VERSION` may be of."""
    parts = base.split("-")[1:]
    for count in range(1, len(parts)):
        yield "-".join(parts[:count])
