"""`devenv store repair`: what has changed in the store is made again.

An unpacked path is made from its archive, which is in the cache, at its mirror, or
nowhere; everything else from its parts. What cannot be had stays as it is.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial

from devenv.errors import DevenvError
from devenv.formats.quantities import counted
from devenv.model.apt import AptPackage
from devenv.model.store_path import PathInfo, StorePath
from devenv.operations.derivations import CURRENT_RULES
from devenv.operations.doors import Doors
from devenv.operations.find_archives import FoundArchive, find_archives
from devenv.operations.make_tree import TreePlan, make_tree, plan_tree
from devenv.operations.realise_libraries import Library, make_folder
from devenv.operations.take_exported import take_exported
from devenv.operations.unpack_packages import (
    Wanted,
    unpack_packages,
)
from devenv.operations.unpacked_package import UnpackedPackage, read_facts
from devenv.plan.library_files import LibraryFile
from devenv.plan.repair_order import repair_order
from devenv.store.contents import all_records
from devenv.store.context import StoreContext
from devenv.store.set_aside import rewrite_records, set_aside
from devenv.store.verify import Difference, Fault
from devenv.values import dataclass, field

_OF_RECORDS = (Fault.NO_RECORD, Fault.OTHER_RECORD)
_OLDER_RULES = "an older devenv made it: devenv update makes another one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """Names of paths that were mended, and others that were not, with the reason."""

    mended: tuple[str, ...]
    left: Mapping[str, str]


def repair_store(doors: Doors, paths: Collection[StorePath] | None = None) -> Repaired:
    """Make damaged paths again, all by default; the others are looked at only.

    Raises:
        StoreError: the store cannot be read or written.
    """
    found = doors.store.verify(paths)
    damaged = {one.path.base for one in found if one.fault not in _OF_RECORDS}
    if found:
        doors.display.note(f"{counted(len(_names(found)), 'path')} damaged")
    mending = _Mending(doors, _registered(doors))
    mending.mend(damaged)
    records = {one.path.base for one in found if one.fault in _OF_RECORDS} - damaged
    if records:
        doors.store.change(partial(rewrite_records, bases=records))
    still = doors.store.verify([StorePath(base) for base in _names(found)])
    left = {
        one.path.base: mending.left.get(one.path.base, one.fault.value) for one in still
    }
    mended = sorted(_names(found) - left.keys())
    return Repaired(mended=tuple(mended), left=dict(sorted(left.items())))


def _names(differences: Iterable[Difference]) -> set[str]:
    return {one.path.base for one in differences}


def _registered(doors: Doors) -> dict[str, PathInfo]:
    """Return what is known of all registered paths, those that are gone included."""
    records = doors.store.look(lambda context: all_records(context.database))
    return {record.info.path.base: record.info for record in records}


@dataclass(slots=True)
class _Mending:
    """One repair: what is known of the store, and why something stays as it is."""

    doors: Doors
    infos: Mapping[str, PathInfo]
    left: dict[str, str] = field(default_factory=dict)

    def mend(self, damaged: Collection[str]) -> None:
        order = repair_order(self.infos.values(), damaged)
        self._unpack(order.unpacked)
        for base in order.unneeded:
            self.left[base] = "nothing needs it: devenv gc removes it"
        for base, parts in order.trees.items():
            self._attempt({base, *parts}, partial(self._make_tree, base, parts))
        for base in order.libraries:
            self._attempt({base}, partial(self._make_libraries, base))

    def _attempt(self, bases: Collection[str], action: Callable[[], None]) -> None:
        """Do something for these paths; what hinders it is why they stay."""
        try:
            action()
        except DevenvError as error:
            self.left |= dict.fromkeys(bases, error.what)

    def _unpack(self, bases: Collection[str]) -> None:
        wanted = {}
        for base in bases:
            origin = self._origin(base)
            if origin.get("rules") == CURRENT_RULES.unpack:
                wanted[base] = (self.infos[base], str(origin["archive"]))
            else:
                self.left[base] = _OLDER_RULES
        archives = find_archives(self.doors, wanted) if wanted else {}
        for base in wanted.keys() - archives.keys():
            self.left[base] = "no lock and no index that is here knows its archive"
        for base, archive in archives.items():
            # One by one: that one cannot be had must not keep the others away.
            self._attempt({base}, partial(self._fetch, archive))
        there = {base: archives[base] for base in archives if base not in self.left}
        if there:
            self._attempt(there, partial(self._unpack_all, there))

    def _fetch(self, archive: FoundArchive) -> None:
        take_exported(self.doors, [archive.download])
        self.doors.fetcher.fetch(archive.download, self.doors.display)

    def _unpack_all(self, archives: Mapping[str, FoundArchive]) -> None:
        packages = [archive.package for archive in archives.values()]
        downloads = {one.package.sha256: one.download for one in archives.values()}

        def again() -> None:
            with self.doors.store.session() as session:
                unpack_packages(
                    self.doors,
                    session,
                    Wanted(packages=packages, standby=(), further=lambda _: ()),
                    lambda missing: [downloads[one.sha256] for one in missing],
                )

        self._while_aside(archives.keys(), again)

    def _make_tree(self, base: str, parts: Collection[str]) -> None:
        plan = self._tree_plan(base)

        def again() -> None:
            with self.doors.store.session() as session:
                make_tree(self.doors, session, plan)

        self._while_aside(parts, again)

    def _tree_plan(self, base: str) -> TreePlan:
        """Return the plan of a tree, from what is recorded of it.

        Raises:
            DevenvError: a part of it is damaged, or it was made by other rules.
        """
        origin = self._origin(base)
        packages = [
            self._unpacked(part)
            for part in _texts(origin["parts"])
            if self.infos[part].kind == "unpacked"
        ]
        plan = plan_tree(
            self.doors,
            {item.package.name: item for item in packages},
            _texts(origin["requested"]),
        )
        if plan.path.base != base:
            raise DevenvError(_OLDER_RULES)
        return plan

    def _make_libraries(self, base: str) -> None:
        files = self._origin(base)["files"]
        libraries = []
        for soname, place in dict(files).items():  # type: ignore[call-overload]
            part, _, path = str(place).partition("/")
            file = LibraryFile(soname=str(soname), path=path, is_public=True)
            libraries.append(Library(package=self._unpacked(part), file=file))

        def again() -> None:
            with self.doors.store.session() as session:
                make_folder(self.doors, session, libraries)

        self._while_aside([base], again)

    def _unpacked(self, base: str) -> UnpackedPackage:
        if base in self.left:
            raise DevenvError(f"a part of it is damaged: {base.partition('-')[2]}")
        info = self.infos[base]
        facts = read_facts(self.doors.store.path_of(info.path))
        package = AptPackage(
            name=facts.name,
            version=facts.version,
            architecture="",
            filename="",
            sha256=str(self._origin(base)["archive"]),
            size=0,
            installed_size_kib=0,
            source=facts.name,
            section="",
            priority="",
            multi_arch="",
            description="",
            pocket="",
        )
        return UnpackedPackage(package=package, path=info.path, facts=facts)

    def _while_aside(self, bases: Collection[str], action: Callable[[], None]) -> None:
        def mend(context: StoreContext) -> None:
            with set_aside(context, bases):
                action()

        self.doors.store.change(mend)

    def _origin(self, base: str) -> dict[str, object]:
        return dict(json.loads(self.infos[base].origin))


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
