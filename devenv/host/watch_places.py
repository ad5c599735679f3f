"""Which folders tell that a path leads somewhere else, or to other bytes."""

import os
import stat

from devenv.values import dataclass, field

_MAX_LINKS = 40


@dataclass(slots=True)
class WatchPlaces:
    """Names to look out for, by the folder they are in, and folders on the way.

    Folders are physical paths. `folders` must stay where they are; `names` is what
    may be made, replaced or removed: files, links, and the first part of a path that
    is not there.
    """

    names: set[tuple[str, str]] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    _known: dict[str, str | None] = field(default_factory=dict)

    def add_file(self, path: str) -> None:
        """Look out for a file (an absolute path), and for all links that lead to it."""
        for _ in range(_MAX_LINKS):
            folder, _, name = path.rpartition("/")
            physical = self.add_folder(folder or "/")
            if physical is None or not name:
                return
            self.names.add((physical, name))
            try:
                target = os.readlink(f"{physical}/{name}")  # noqa: PTH115 - texts
            except OSError:
                return
            path = os.path.join(physical, target)  # noqa: PTH118 - texts

    def add_folder(self, path: str) -> str | None:
        """Look out for a folder; return where it physically is, None for nowhere."""
        if path not in self._known:
            self._known[path] = self._walk(path)
        return self._known[path]

    def _walk(self, path: str) -> str | None:
        current = ""
        waiting = path.split("/")[::-1]
        links = 0
        while waiting:
            part = waiting.pop()
            if part in {"", "."}:
                continue
            if part == "..":
                current = current.rpartition("/")[0]
                continue
            here = f"{current}/{part}"
            try:
                mode = os.lstat(here).st_mode
                is_link = stat.S_ISLNK(mode)
                target = os.readlink(here) if is_link else ""  # noqa: PTH115 - texts
            except OSError:
                self.names.add((current or "/", part))
                return None
            if is_link and links < _MAX_LINKS:
                links += 1
                self.names.add((current or "/", part))
                current = "" if target.startswith("/") else current
                waiting += target.split("/")[::-1]
            elif stat.S_ISDIR(mode):
                self.folders.add(here)
                current = here
            else:
                self.names.add((current or "/", part))
                return None
        return current or "/"
