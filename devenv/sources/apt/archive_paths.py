"""Where things lie in an archive (Debian RepositoryFormat)."""

from collections.abc import Iterator, Sequence

from devenv.host.urls import joined
from devenv.model.apt import IndexEntry, Pocket, Release

COMPRESSIONS = (".xz", ".gz")
"""The compressions we read, the smaller first."""


def suite_path(pocket: Pocket) -> str:
    """Return the folder of a suite, relative to the archive, with a slash.

    A suite that ends in a slash is a folder of a flat archive.
    """
    if not pocket.suite.endswith("/"):
        return f"dists/{pocket.suite}/"
    return pocket.suite.removeprefix("./").lstrip("/")


def packages_names(
    release: Release, pocket: Pocket, *, architecture: str
) -> Iterator[tuple[str, ...]]:
    """Yield the names that each wanted Packages index may have, best first.

    Names are relative to the suite, as the Release lists them.
    """
    if pocket.suite.endswith("/"):
        yield _compressed("Packages")
        return
    for component in pocket.components:
        yield _compressed(f"{component}/binary-{architecture}/Packages")
        if release.lists_all_separately:
            yield _compressed(f"{component}/binary-all/Packages")


def contents_names(
    pocket: Pocket, *, architectures: Sequence[str]
) -> Iterator[tuple[str, ...]]:
    """Yield the names that each Contents index may have, best first.

    Old archives have one for all components, at the suite's top.
    """
    for architecture in architectures:
        for component in pocket.components:
            plain = f"{component}/Contents-{architecture}"
            yield (*_compressed(plain), *_compressed(f"Contents-{architecture}"))


def index_urls(
    bases: Sequence[str],
    pocket: Pocket,
    name: str,
    entry: IndexEntry,
    *,
    by_hash: bool,
) -> tuple[str, ...]:
    """Return where to ask for an index, best first.

    By its hash first, where the archive keeps them so: then it cannot change
    between the Release and it.
    """
    folder, _, _ = name.rpartition("/")
    suite = suite_path(pocket)
    hashed = "/".join(filter(None, (folder, "by-hash/SHA256", entry.sha256)))
    paths = (f"{suite}{hashed}", f"{suite}{name}") if by_hash else (f"{suite}{name}",)
    return tuple(joined(base, path) for base in bases for path in paths)


def _compressed(name: str) -> tuple[str, ...]:
    return tuple(f"{name}{compression}" for compression in COMPRESSIONS)
