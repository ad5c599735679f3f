"""What the user decided about projects: one private file a project, by its path.

Apart from the store and its database, so that mending those can never grant
anything. A record that is not as we write it (another owner or mode, a link, of a
newer devenv, damaged) says nothing.
"""

import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from devenv.errors import FormatError, StoreError
from devenv.formats.trust_json import parse_trust, render_trust
from devenv.host.base_directories import data_directory
from devenv.host.files import (
    make_private_directory,
    names_in,
    sync_directory,
    write_whole,
)
from devenv.host.private_file import read_private
from devenv.model.trust import TrustRecord
from devenv.values import dataclass

_MODE = 0o600
_MAX_BYTES = 32 << 20
_SUFFIX = ".json"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustRecords:
    """The records below one folder; `directory` is absolute."""

    directory: Path

    @classmethod
    def of(cls, env: Mapping[str, str]) -> "TrustRecords":
        """Return the records of the user that these variables are of."""
        return cls(directory=Path(data_directory(env)) / "devenv" / "trust")

    def read(self, project: str) -> TrustRecord | None:
        """Return what was decided about the project at a path, None for nothing."""
        found = self.read_file(self.file_of(project))
        return found if found is not None and found.path == project else None

    def all(self) -> tuple[TrustRecord, ...]:
        """Return every decision, sorted by path; what is damaged is none."""
        try:
            names = names_in(self.directory)
        except OSError:
            return ()
        files = (self.directory / name for name in names if name.endswith(_SUFFIX))
        found = (record for file in files if (record := self.read_file(file)))
        return tuple(sorted(found, key=lambda record: record.path))

    def write(self, record: TrustRecord) -> None:
        """Put a decision in place of an earlier one.

        Raises:
            StoreError: the folder is open to others, or cannot be written.
        """
        text = render_trust(record).encode("ascii")
        try:
            make_private_directory(self.directory)
            write_whole(self.file_of(record.path), text, mode=_MODE)
        except OSError as error:
            raise _not_written(self.directory, error) from error

    def remove(self, project: str) -> bool:
        """Forget a decision; tell whether there was a file of one.

        Raises:
            StoreError: it cannot be removed.
        """
        try:
            self.file_of(project).unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise _not_written(self.directory, error) from error
        with suppress(OSError):
            sync_directory(self.directory)
        return True

    def read_file(self, file: Path) -> TrustRecord | None:
        """Return the decision in one of the files, None if it is none of ours."""
        if not _is_private(self.directory):
            return None
        content = read_private(file, max_bytes=_MAX_BYTES)
        if content is None:
            return None
        try:
            return parse_trust(content.decode("ascii"))
        except (FormatError, UnicodeDecodeError):
            return None

    def file_of(self, project: str) -> Path:
        """Return where the decision about the project at a path is, if there is one."""
        name = hashlib.sha256(project.encode("utf-8", "surrogateescape")).hexdigest()
        return self.directory / f"{name}{_SUFFIX}"


def _is_private(directory: Path) -> bool:
    """Tell whether a folder is there, and ours alone to write."""
    if not directory.is_dir():
        return False
    try:
        make_private_directory(directory)
    except (OSError, StoreError):
        return False
    return True


def _not_written(directory: Path, error: OSError) -> StoreError:
    return StoreError(
        f"the decision cannot be written: {error.strerror}", where=os.fspath(directory)
    )
