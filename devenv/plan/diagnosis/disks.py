"""The file systems that hold the store and the downloads."""

from collections.abc import Iterator

from devenv.model.finding import Finding, note, ok, problem, warning
from devenv.values import dataclass

LITTLE_BYTES = 1 << 30
"""A project of middling size: a compiler, two languages, a database."""

NO_BYTES = 64 << 20
LITTLE_INODES = 20_000
NO_INODES = 1_000
NETWORK_KINDS = frozenset(
    {"9p", "afs", "ceph", "cifs", "fuse.sshfs", "glusterfs", "lustre", "nfs", "nfs4"}
    | {"smb3", "smbfs", "virtiofs", "vboxsf", "drvfs"}
)
_ELSEWHERE = "set DEVENV_STORE_DIR to a folder on another disk"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskFacts:
    """One folder's file system; `name` says what the folder is for.

    `free_inodes` is None where they are not counted, `kind` as the kernel names it.
    """

    name: str
    folder: str
    device: int
    kind: str
    free_bytes: int
    free_inodes: int | None
    is_read_only: bool = False
    is_without_programs: bool = False
    ignores_case: bool = False
    counts_seconds: bool = False


def diagnose_disk(disk: DiskFacts, *, holds_programs: bool) -> Iterator[Finding]:
    """Yield what is wrong with a file system, or that nothing is.

    `holds_programs` is whether it is the store's.
    """
    found = [*_room(disk), *_writing(disk)]
    if holds_programs:
        found += _store_needs(disk)
    if disk.kind in NETWORK_KINDS:
        advice = f"it will be slow, and locks may not hold; {_ELSEWHERE}"
        what = f"the {disk.name} is on a network or shared file system ({disk.kind})"
        found.append(
            warning(f"disk.{disk.name}", what, where=disk.folder, advice=advice)
        )
    yield from found or [_fine(disk)]


def diagnose_together(store: DiskFacts, cache: DiskFacts) -> Finding:
    """Tell whether downloads and store share a file system; either way works."""
    if store.device == cache.device:
        return ok("disk.together", "store and downloads are on one file system")
    return note("disk.together", "store and downloads are on two file systems")


def _fine(disk: DiskFacts) -> Finding:
    inodes = "" if disk.free_inodes is None else f", {disk.free_inodes} inodes"
    free = f"{_amount(disk.free_bytes)}{inodes} free on {disk.kind}"
    return ok(f"disk.{disk.name}", free, disk.folder)


def _room(disk: DiskFacts) -> Iterator[Finding]:
    identity, where = f"disk.{disk.name}", disk.folder
    advice = "devenv gc removes what nothing needs"
    free = _amount(disk.free_bytes)
    if disk.free_bytes < NO_BYTES:
        yield problem(identity, f"only {free} are free", where=where, advice=advice)
    elif disk.free_bytes < LITTLE_BYTES:
        yield warning(identity, f"only {free} are free", where=where, advice=advice)
    count = disk.free_inodes
    if count is not None and count < NO_INODES:
        what = f"only {count} inodes are free: few more files fit"
        yield problem(identity, what, where=where, advice=advice)
    elif count is not None and count < LITTLE_INODES:
        what = f"only {count} inodes are free: few more files fit"
        yield warning(identity, what, where=where, advice=advice)


def _writing(disk: DiskFacts) -> Iterator[Finding]:
    if disk.is_read_only:
        yield problem(
            f"disk.{disk.name}",
            "the file system is mounted read-only",
            where=disk.folder,
            advice="what is there can be used; nothing new can be made",
        )


def _store_needs(disk: DiskFacts) -> Iterator[Finding]:
    identity, where = f"disk.{disk.name}", disk.folder
    if disk.is_without_programs:
        what = "programs cannot be run from this file system (noexec)"
        yield problem(identity, what, where=where, advice=_ELSEWHERE)
    if disk.ignores_case:
        what = "this file system takes upper and lower case for the same"
        yield problem(identity, what, where=where, advice=_ELSEWHERE)
    if disk.counts_seconds:
        yield note(
            identity,
            "this file system keeps times in whole seconds",
            where=where,
            advice="a changed file is looked at a few seconds longer",
        )


def _amount(count_bytes: int) -> str:
    if count_bytes < LITTLE_BYTES:
        return f"{count_bytes >> 20} MiB"
    return f"{count_bytes / LITTLE_BYTES:.1f} GiB"
