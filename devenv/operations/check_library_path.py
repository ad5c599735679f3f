"""Whether LD_LIBRARY_PATH breaks programs of this machine by what it puts in front.

devenv's own folders break none (`devenv.plan.expose_libraries`); a user's, or
those of another tool, may.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from devenv.errors import LibrariesError
from devenv.host.execute import is_program
from devenv.host.files import names_in
from devenv.host.shared_libraries import HostLibraries, linkage_of
from devenv.model.environment import LIBRARY_PATH
from devenv.model.linkage import Linkage
from devenv.model.systems import System
from devenv.plan.loading import Breakage, breakage

_MOST_NAMED = 3


def check_library_path(
    env: Mapping[str, str], system: System, *, store: Path, root: Path = Path("/")
) -> str:
    """Return a sentence about the variable if it breaks no program on PATH.

    Programs of the store have run paths of their own, which come first.

    Raises:
        LibrariesError: it breaks some; it names them, the library and why.
    """
    folders = [Path(part) for part in env.get(LIBRARY_PATH, "").split(":") if part]
    own = HostLibraries(system, root)
    front = _InFront(folders, own)
    broken: list[tuple[Path, Breakage]] = []
    count = 0
    for program in _programs(env.get("PATH", ""), store):
        linkage = linkage_of(program)
        if linkage is not None and linkage.needed:
            count += 1
            found = breakage(program.name, linkage, front=front, own=own.linkage)
            if found is not None:
                broken.append((program, found))
    if broken:
        raise _breaks(broken, front)
    return f"breaks none of the {count} programs on PATH"


class _InFront:
    """The libraries in some folders; the first folder that has one wins."""

    def __init__(self, folders: Iterable[Path], own: HostLibraries) -> None:
        self._own = own
        self._places: dict[str, Path] = {}
        self._known: dict[str, Linkage | None] = {}
        for folder in folders:
            for name in _names(folder):
                if ".so" in name:
                    self._places.setdefault(name, folder / name)

    def __call__(self, soname: str) -> Linkage | None:
        place = self._places.get(soname)
        if place is None:
            return None
        if soname not in self._known:
            own = self._own.place(soname)
            is_own = own is not None and place.exists() and own.samefile(place)
            self._known[soname] = None if is_own else linkage_of(place)
        return self._known[soname]

    def folder_of(self, soname: str) -> str:
        place = self._places.get(soname)
        return str(place.parent) if place else ""


def _programs(path: str, store: Path) -> Iterator[Path]:
    seen: set[Path] = set()
    for part in path.split(":"):
        folder = Path(part)
        if not part or folder.is_relative_to(store) or folder.resolve() in seen:
            continue
        seen.add(folder.resolve())
        for name in _names(folder):
            if is_program(folder / name):
                yield folder / name


def _names(folder: Path) -> list[str]:
    try:
        return names_in(folder)
    except OSError:
        return []


def _breaks(broken: list[tuple[Path, Breakage]], front: _InFront) -> LibrariesError:
    names = [program.name for program, _ in broken]
    shown = ", ".join(names[:_MOST_NAMED])
    more = len(names) - _MOST_NAMED
    first = broken[0][1]
    others = f" and {more} more" if more > 0 else ""
    return LibrariesError(
        f"{LIBRARY_PATH} breaks {shown}{others}: {first}",
        where=front.folder_of(first.library) or None,
        hint=f"take that folder out of {LIBRARY_PATH}; `libraries` in devenv.toml"
        " puts in front only what breaks nothing",
    )
