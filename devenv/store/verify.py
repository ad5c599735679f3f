"""Comparing what lies in the store with what was put there."""

from collections.abc import Iterable
from enum import StrEnum

from devenv.errors import DevenvError, FormatError
from devenv.formats.listing import content_hash
from devenv.host.files import read_limited
from devenv.host.listing import Inode, read_listing
from devenv.model.store_path import PathInfo, StorePath
from devenv.store.contents import all_records
from devenv.store.context import StoreContext
from devenv.store.layout import Layout
from devenv.store.sidecar import MAX_RECORD_BYTES, Record, read_record
from devenv.values import dataclass


class Fault(StrEnum):
    """What can be wrong with a registered path."""

    MISSING = "its directory is missing"
    CHANGED = "its content is not what was put there"
    UNREADABLE = "it cannot be read"
    NO_RECORD = "its record is missing or damaged"
    OTHER_RECORD = "its record and its row in the database differ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is wrong with `path`; `detail` may say more."""

    path: StorePath
    fault: Fault
    detail: str = ""


def verify(
    context: StoreContext, paths: Iterable[StorePath] | None = None
) -> tuple[Difference, ...]:
    """Read every file of `paths`, or of all, and return what is wrong.

    Raises:
        StoreError: the database cannot be read.
    """
    wanted = None if paths is None else {path.base for path in paths}
    differences: list[Difference] = []
    hashes: dict[Inode, str] = {}
    for record in all_records(context.database):
        if wanted is None or record.info.path.base in wanted:
            differences += record_differences(context.layout, record)
            difference = content_difference(context.layout, record.info, hashes=hashes)
            differences += [difference] if difference else []
    return tuple(differences)


def content_difference(
    layout: Layout, info: PathInfo, *, hashes: dict[Inode, str] | None = None
) -> Difference | None:
    """Return what is wrong with the files of a path, if anything is.

    `hashes` are of inodes that were read just now; see `read_listing`.
    """
    directory = layout.path(info.path)
    if directory.is_symlink() or not directory.is_dir():
        return Difference(path=info.path, fault=Fault.MISSING)
    try:
        found = content_hash(read_listing(directory, hashes=hashes))
    except (OSError, DevenvError) as error:
        return Difference(path=info.path, fault=Fault.UNREADABLE, detail=str(error))
    if found != info.content_hash:
        return Difference(path=info.path, fault=Fault.CHANGED, detail=found)
    return None


def read_sidecar(layout: Layout, base: str) -> Record:
    """Return the record beside the path named `base`.

    Raises:
        FormatError: it is no record of that path.
        OSError: it cannot be read.
    """
    content = read_limited(layout.record(base), max_bytes=MAX_RECORD_BYTES)
    record = read_record(content.decode("ascii", "replace"))
    if record.info.path.base != base:
        raise FormatError("this is the record of another path", where=base)
    return record


def record_differences(layout: Layout, record: Record) -> list[Difference]:
    """Return what is wrong with the record beside a path."""
    path = record.info.path
    try:
        beside = read_sidecar(layout, path.base)
    except (OSError, FormatError) as error:
        return [Difference(path=path, fault=Fault.NO_RECORD, detail=str(error))]
    if beside != record:
        return [Difference(path=path, fault=Fault.OTHER_RECORD)]
    return []
