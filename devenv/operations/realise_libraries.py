"""`libraries` become a folder for LD_LIBRARY_PATH: what this machine lacks of them.

The lock pins packages, the same for every machine; which of their files are
exposed depends on what the machine's own loader finds.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from devenv.build.draft import SourceFile, TreeDraft
from devenv.build.materialise import contents, materialise
from devenv.errors import LibrariesError
from devenv.host.http import Download
from devenv.host.shared_libraries import HostLibraries, linkage_of, symbols_of
from devenv.model.apt import AptPackage
from devenv.model.environment import LIBRARY_PATH
from devenv.model.linkage import Linkage, Symbols
from devenv.model.lock import LockedLibraries
from devenv.model.store_path import PathInfo, PathKind, StorePath, canonical_json
from devenv.operations import derivations
from devenv.operations.doors import Doors
from devenv.operations.locked_package import as_package
from devenv.operations.realise_lock import PlanDownloads
from devenv.operations.unpack_packages import Wanted, unpack_packages
from devenv.operations.unpacked_package import UnpackedPackage
from devenv.plan.expose_libraries import libraries_to_expose
from devenv.plan.library_files import LibraryFile, library_files
from devenv.plan.library_packages import likely_packages
from devenv.store.session import Session
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """A library of an unpacked package, which is in the store."""

    package: UnpackedPackage
    file: LibraryFile


def realise_libraries(
    doors: Doors,
    session: Session,
    locked: LockedLibraries,
    downloads: PlanDownloads,
    host: HostLibraries | None = None,
) -> StorePath | None:
    """Make the folder for LD_LIBRARY_PATH valid; return its store path.

    It holds nothing but libraries under their SONAMEs: those of the requested
    packages that `host` (by default this machine) lacks, and what they need that
    it lacks. None if it lacks nothing: then the variable is to be left alone.
    The answer holds as long as the machine's libraries are what they are, for
    which `etc/ld.so.cache` stands.

    Raises:
        LibrariesError: the machine's C library is not GNU's, or too old, or a
            library could not be loaded beside what the machine has.
        FetchError: an archive could not be had, or is not the locked one.
        StoreError, UnsafeArchiveError: the folder cannot be made.
    """
    host = host or HostLibraries(doors.system)
    if host.c_library_version is None:
        raise _no_gnu_c_library()
    ours = _OurLibraries(doors, session, locked, downloads)
    requested = ours.of_packages(frozenset(locked.requirements.values()))
    exposed = libraries_to_expose(requested, ours, host)
    if not exposed:
        return None
    doors.display.detail(f"{LIBRARY_PATH} gets {', '.join(exposed)}")
    return make_folder(doors, session, [ours.find(soname) for soname in exposed])


class _OurLibraries:
    """The libraries of locked packages by SONAME, unpacked as they are needed.

    Public ones win over others of the same name.
    """

    def __init__(
        self,
        doors: Doors,
        session: Session,
        locked: LockedLibraries,
        downloads: PlanDownloads,
    ) -> None:
        self._doors = doors
        self._session = session
        self._rows = {row.name: row for row in locked.packages}
        self._downloads = downloads
        self._files: dict[str, tuple[LibraryFile, ...]] = {}
        self._known: dict[str, Library] = {}

    def of_packages(self, names: Collection[str]) -> tuple[str, ...]:
        """Unpack these packages; return the SONAMEs that programs find in them.

        Raises:
            LibrariesError: one of them has no library at all.
        """
        self._unpack(names)
        found: set[str] = set()
        for name in sorted(names):
            sonames = self._public(name) or self._stand_ins(name)
            if not sonames:
                raise _empty(name)
            found |= sonames
        return tuple(sorted(found))

    def _public(self, name: str) -> frozenset[str]:
        files = self._files[name]
        public = frozenset(file.soname for file in files if file.is_public)
        return public or frozenset(file.soname for file in files)

    def _stand_ins(self, name: str) -> frozenset[str]:
        """Return the libraries that an empty package is there to bring along.

        When a package is renamed, and where there are several of a kind, an empty
        one depends on what it stands for (libhdf5-103, libopenblas0).
        """
        needed = [
            other for other in self._rows[name].needed_names if other in self._rows
        ]
        self._unpack(needed)
        return frozenset().union(*map(self._public, needed))

    def bring(self, needed: Mapping[str, str]) -> None:
        """Unpack what holds these libraries, if anything does."""
        wanters = {
            soname: self._known[wanter].package.package.name
            for soname, wanter in needed.items()
        }
        for names in likely_packages(wanters, self._rows):
            if self._known.keys() >= wanters.keys():
                return
            self._unpack(names)

    def find(self, soname: str) -> Library:
        return self._known[soname]

    def linkage(self, soname: str) -> Linkage | None:
        place = self._place(soname)
        return None if place is None else linkage_of(place)

    def symbols(self, soname: str) -> Symbols | None:
        place = self._place(soname)
        return None if place is None else symbols_of(place)

    def _place(self, soname: str) -> Path | None:
        library = self._known.get(soname)
        if library is None:
            return None
        return self._doors.store.path_of(library.package.path) / library.file.path

    def _unpack(self, names: Collection[str]) -> None:
        fresh = sorted(frozenset(names) - self._files.keys())
        if not fresh:
            return
        packages = [as_package(self._rows[name]) for name in fresh]
        unpacked = unpack_packages(
            self._doors,
            self._session,
            Wanted(packages=packages, standby=(), further=lambda _: ()),
            self._plan_downloads,
        )
        for name in fresh:
            files = library_files(unpacked[name].facts, self._doors.system)
            self._files[name] = files
            for file in files:
                library = Library(package=unpacked[name], file=file)
                known = self._known.setdefault(file.soname, library)
                if file.is_public and not known.file.is_public:
                    self._known[file.soname] = library

    def _plan_downloads(self, missing: Sequence[AptPackage]) -> Sequence[Download]:
        return self._downloads([self._rows[package.name] for package in missing])


def make_folder(
    doors: Doors, session: Session, libraries: Sequence[Library]
) -> StorePath:
    """Make the folder of these libraries valid; return its store path.

    Raises:
        StoreError: the disk is full, or the store cannot be written.
    """
    derivation = derivations.libraries(
        {
            one.file.soname: f"{one.package.path.base}/{one.file.path}"
            for one in libraries
        }
    )
    first = min(one.file.soname for one in libraries)
    path = derivations.path_for(derivation, name=first, version=str(len(libraries)))
    with session.making([path], waiting=doors.say_waiting) as batch:
        if batch.missing:
            draft = _draft(doors, path, libraries)
            scratch = batch.scratch(path)
            materialise(draft, scratch)
            found = contents(draft)
            references = {one.package.path.base for one in libraries}
            info = PathInfo(
                path=path,
                kind=PathKind.LIBRARIES,
                content_hash=found.content_hash,
                size_bytes=found.size_bytes,
                file_count=found.entry_count,
                references=tuple(sorted(references)),
                origin=canonical_json(derivation),
            )
            batch.finish(path, info)
            batch.commit()
    return path


def _draft(doors: Doors, path: StorePath, libraries: Iterable[Library]) -> TreeDraft:
    draft = TreeDraft(final=str(doors.store.path_of(path)), system=doors.system)
    for library in libraries:
        root = doors.store.path_of(library.package.path)
        facts = {file.path: file for file in library.package.facts.files}
        fact = facts[library.file.path]
        source = SourceFile(
            source=f"{root}/{fact.path}",
            is_executable=fact.is_executable,
            size=fact.size,
            sha256=fact.sha256,
            mtime_seconds=fact.mtime_seconds,
        )
        draft.add_file(library.file.soname, source)
    return draft


def _empty(package: str) -> LibrariesError:
    return LibrariesError(
        f"{package} is in `libraries`, and has no shared library for this system",
        hint="name the package that holds the .so file: `devenv locate FILE` finds it",
    )


def _no_gnu_c_library() -> LibrariesError:
    return LibrariesError(
        "this machine's programs do not use the GNU C library, or keep it in an"
        " unusual place: `libraries` would break them or be of no use",
        hint="take `libraries` out for this machine, and use devenv's own programs,"
        ' such as packages = ["python3"]',
    )
