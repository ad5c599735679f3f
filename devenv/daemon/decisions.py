"""The user's decisions as the watcher follows them: which projects are allowed."""

from collections.abc import Iterator
from pathlib import Path

from devenv.host.files import names_in
from devenv.operations.trust_records import TrustRecords

_SUFFIX = ".json"
_Mark = tuple[int, int, int]


class Decisions:
    """What has changed among the decisions since the last look."""

    def __init__(self, records: TrustRecords) -> None:
        self._records = records
        self._known: dict[str, tuple[_Mark, str]] = {}

    @property
    def directory(self) -> Path:
        """The folder to watch."""
        return self._records.directory

    def note(self, project: str) -> None:
        """Take the decision about a project as known: it was written by us."""
        file = self._records.file_of(project)
        mark = _mark(file)
        if mark is not None:
            self._known[file.name] = (mark, project)

    def changed(self) -> Iterator[tuple[str, bool]]:
        """Yield each project decided about anew, with whether it is allowed."""
        try:
            names = [name for name in names_in(self.directory) if _is_record(name)]
        except OSError:
            names = []
        for name in self._known.keys() - set(names):
            yield self._known.pop(name)[1], False
        for name in names:
            file = self.directory / name
            mark = _mark(file)
            before = self._known.get(name)
            if mark is None or (before is not None and before[0] == mark):
                continue
            record = self._records.read_file(file)
            if record is not None and self._records.file_of(record.path) == file:
                self._known[name] = (mark, record.path)
                yield record.path, record.is_allowed


def _is_record(name: str) -> bool:
    return name.endswith(_SUFFIX) and not name.startswith(".")


def _mark(file: Path) -> _Mark | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
