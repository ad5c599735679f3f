"""Where each package's archive comes from, and what it must be."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from devenv.host.downloads import download_path
from devenv.host.http import Download
from devenv.host.urls import joined
from devenv.model.apt import AptPackage
from devenv.sources.apt.mirrors import Mirrors
from devenv.sources.apt.snapshot import PocketSnapshot, bases_for


def deb_downloads(
    packages: Sequence[AptPackage],
    snapshots: Sequence[PocketSnapshot],
    mirrors: Mirrors,
    *,
    cache_directory: Path,
) -> list[Download]:
    """Return a download for each package, in the order given.

    An archive that has left the pool, or is another by now, comes from the next
    address; whichever serves it, size and SHA-256 are those of the index.
    """
    bases = {
        snapshot.pocket.name: bases_for(snapshot, mirrors) for snapshot in snapshots
    }
    return [
        deb_download(package, bases[package.pocket], cache_directory=cache_directory)
        for package in packages
    ]


def deb_download(
    package: AptPackage, bases: Iterable[str], *, cache_directory: Path
) -> Download:
    """Return the download of a package's archive from below any of `bases`."""
    return Download(
        urls=tuple(joined(base, package.filename) for base in bases),
        target=download_path(cache_directory, package.sha256),
        sha256=package.sha256,
        size=package.size,
        max_size=package.size,
        label=f"{package.name} {package.version}",
        is_archive=True,
    )
