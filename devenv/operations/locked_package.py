"""A row of a lock as the sources and the unpacker know packages."""

from devenv.model.apt import AptPackage
from devenv.model.lock import LockedPackage


def as_package(row: LockedPackage) -> AptPackage:
    """Return a locked package as the unpacker wants it; no edges, no words."""
    return AptPackage(
        name=row.name,
        version=row.version,
        architecture=row.architecture,
        filename=row.location,
        sha256=row.sha256,
        size=row.size,
        installed_size_kib=row.unpacked_kib,
        source=row.name,
        section="",
        priority="",
        multi_arch="",
        description="",
        pocket=row.pocket,
    )
