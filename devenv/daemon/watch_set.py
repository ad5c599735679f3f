"""The folders that are watched for all projects together, and who wants which name."""

from collections.abc import Iterable
from contextlib import suppress

from devenv.host.inotify import SELF, Happening, Inotify, News, WatchLimitError
from devenv.host.watch_places import WatchPlaces

ANY_NAME = "*"
"""As the last part of a path: whatever name there is in the folder."""

_ANY = f"/{ANY_NAME}/"
_WHOLE = int(Happening.WRITTEN | Happening.MOVED_TO)
_OVERFLOW = int(Happening.OVERFLOW)
_SELF = int(SELF)


class WatchSet:
    """Every folder is watched once, whoever wants it; what nobody wants is let go of.

    An owner is a number. `problem` says why some folder is not watched. The names that
    an owner wants of a folder are one text, `/name/name/`: a project may read thousands
    of files, and a text for each takes ten times as much, all over what was freed.
    """

    def __init__(self, inotify: Inotify) -> None:
        self._inotify = inotify
        # By folder and owner; nothing for the folder itself.
        self._wanted: dict[str, dict[int, str]] = {}
        self._places: dict[int, dict[str, str]] = {}
        self._watch_of: dict[str, tuple[int, bool]] = {}
        self._folder_of: dict[int, str] = {}
        self.problem: WatchLimitError | None = None

    @property
    def count(self) -> int:
        """How many folders are watched."""
        return len(self._watch_of)

    def watch(self, owner: int, paths: Iterable[str]) -> bool:
        """Watch these files, absent ones too, for `owner`, and nothing else.

        Returns:
            Whether other places are watched now: look at the files again then, since
            what changed before is not told.
        """
        found = WatchPlaces()
        for path in paths:
            found.add_file(path)
        places = _by_folder(found)
        before = self._places.get(owner, {})
        self._places[owner] = places
        for folder, names in places.items():
            self._wanted.setdefault(folder, {})[owner] = names
        self._let_go(owner, before.keys() - places.keys())
        self._bring_about(places.keys() | before.keys())
        return places != before

    def all_watched(self, owner: int) -> tuple[str, ...]:
        """Return the folders that `owner` wants, if the kernel watches all of them."""
        places = self._places.get(owner, {})
        for folder, names in places.items():
            watch = self._watch_of.get(folder)
            if watch is None or (names and not watch[1]):
                return ()
        return tuple(places)

    def forget(self, owner: int) -> None:
        """Watch nothing for `owner` any more."""
        before = self._places.pop(owner, {})
        self._let_go(owner, before)
        self._bring_about(before)

    def sort(self, news: Iterable[News]) -> tuple[dict[int, bool], set[int]]:
        """Return who is touched, with whether by a whole file, and who must watch anew.

        Nobody is touched by a name that nobody reads.
        """
        touched: dict[int, bool] = {}
        anew: set[int] = set()
        for each in news:
            if each.happening & _OVERFLOW:
                anew |= self._places.keys()
                continue
            folder = self._folder_of.get(each.watch)
            if folder is None:
                continue
            wanted = self._wanted.get(folder, {})
            if each.happening & _SELF:
                self._drop(folder)
                anew.update(wanted)
                continue
            if not each.name:
                continue
            is_whole = bool(each.happening & _WHOLE)
            name = f"/{each.name}/"
            for owner, names in wanted.items():
                if name in names or names == _ANY:
                    touched[owner] = touched.get(owner, False) or is_whole
        return touched, anew

    def _let_go(self, owner: int, folders: Iterable[str]) -> None:
        for folder in folders:
            wanted = self._wanted[folder]
            del wanted[owner]
            if not wanted:
                del self._wanted[folder]

    def _bring_about(self, folders: Iterable[str]) -> None:
        """Have the kernel watch what is wanted of these folders."""
        for folder in sorted(folders):
            wanted = self._wanted.get(folder)
            if wanted is None:
                self._drop(folder)
                continue
            is_for_names = any(wanted.values())
            if self._watch_of.get(folder, (0, None))[1] == is_for_names:
                continue
            try:
                watch = self._inotify.add(folder, is_for_names=is_for_names)
            except WatchLimitError as error:
                self.problem = error
            except OSError:
                continue  # gone, or closed to us: its parent tells more
            else:
                self._note(folder, watch, is_for_names=is_for_names)

    def _note(self, folder: str, watch: int, *, is_for_names: bool) -> None:
        # The same folder by another path, after a bind mount or a move.
        with suppress(KeyError):
            del self._watch_of[self._folder_of[watch]]
        self._watch_of[folder] = (watch, is_for_names)
        self._folder_of[watch] = folder

    def _drop(self, folder: str) -> None:
        found = self._watch_of.pop(folder, None)
        if found is not None:
            self._folder_of.pop(found[0], None)
            self._inotify.remove(found[0])


def _by_folder(found: WatchPlaces) -> dict[str, str]:
    """Return the names of each folder as one text; "" for the folder alone."""
    names: dict[str, list[str]] = {folder: [] for folder in sorted(found.folders)}
    for folder, name in sorted(found.names):
        names.setdefault(folder, []).append(name)
    return {
        folder: f"/{'/'.join(listed)}/" if listed else ""
        for folder, listed in names.items()
    }
