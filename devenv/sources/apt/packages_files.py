"""Index files, fetched as a verified Release vouches for them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from devenv.errors import SignatureError
from devenv.host.downloads import download_path
from devenv.host.http import Download, Fetcher
from devenv.host.progress import Progress
from devenv.model.apt import Pocket, Release
from devenv.sources.apt.archive_paths import index_urls
from devenv.sources.apt.index_file import IndexFile
from devenv.values import dataclass

MAX_INDEX_BYTES = 1 << 30
"""Of an index whose uncompressed size the Release does not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSource:
    """A verified Release, and the addresses whose files it vouches for."""

    pocket: Pocket
    release: Release
    bases: tuple[str, ...]


def fetch_indexes(
    source: IndexSource,
    names: Iterable[Sequence[str]],
    *,
    fetcher: Fetcher,
    cache_directory: Path,
    progress: Progress,
) -> tuple[IndexFile, ...]:
    """Return index files: for each tuple of `names`, the first that is listed.

    Each is checked against the Release, compressed; whoever reads it compares
    the uncompressed content as well. What is in the cache is not fetched again.

    Raises:
        SignatureError: the Release lists none of a tuple's names.
        FetchError: one could not be had, or is not what the Release says.
    """
    listed = [_listed(source, alternatives) for alternatives in names]
    wanted = list(dict.fromkeys(listed))
    downloads = [_download(source, name, cache_directory) for name in wanted]
    paths = fetcher.fetch_all(downloads, progress)
    return tuple(
        _index_file(source, name, path)
        for name, path in zip(wanted, paths, strict=True)
    )


def is_listed(release: Release, alternatives: Sequence[str]) -> bool:
    """Tell whether a Release lists one of these names with something in it."""
    return any(
        name in release.entries and _plain_size(release, name) != 0
        for name in alternatives
    )


def _listed(source: IndexSource, alternatives: Sequence[str]) -> str:
    for name in alternatives:
        if name in source.release.entries:
            return name
    raise SignatureError(
        f"the index of {source.pocket.name} vouches for no {alternatives[0]}",
        where=source.bases[0] if source.bases else source.pocket.archive,
        hint="the archive may not have this component or architecture",
    )


def _download(source: IndexSource, name: str, cache_directory: Path) -> Download:
    entry = source.release.entries[name]
    return Download(
        urls=index_urls(
            source.bases,
            source.pocket,
            name,
            entry,
            by_hash=source.release.acquires_by_hash,
        ),
        target=download_path(cache_directory, entry.sha256),
        sha256=entry.sha256,
        size=entry.size,
        max_size=entry.size,
        label=f"{source.pocket.name} {name}",
    )


def _index_file(source: IndexSource, name: str, path: Path) -> IndexFile:
    plain = source.release.entries.get(name.rpartition(".")[0])
    if plain is None:
        return IndexFile(path=path, max_size=MAX_INDEX_BYTES)
    return IndexFile(path=path, max_size=plain.size, sha256=plain.sha256)


def _plain_size(release: Release, name: str) -> int | None:
    plain = release.entries.get(name.rpartition(".")[0])
    return None if plain is None else plain.size
