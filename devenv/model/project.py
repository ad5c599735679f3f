"""A project as it was found: its spec, and every file that was looked at for it."""

from collections.abc import Mapping

from devenv.model.spec import Spec, SpecFile
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class ProjectFile:
    """A file that was read, or looked for in vain.

    `path` is absolute; `sha256` (hex) is None, and the numbers are 0, where
    there was no file. `mtime_ns` and `size` are those of the file that was
    read, links followed, taken before its content.
    """

    path: str
    sha256: str | None
    mtime_ns: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """One reading of a project: what is checked and what is used are the same bytes.

    `directory` is absolute and physical. `specs` has one for each system that
    devenv knows; `spec` is that of the system that was asked for. `files` are
    sorted by path; `contents` has the bytes of dotenv files, of `{ file = }` and
    of the keys of inputs, by path. `spec_files` are as they were merged.
    """

    directory: str
    system: str
    specs: Mapping[str, Spec]
    spec_files: tuple[SpecFile, ...]
    files: tuple[ProjectFile, ...]
    contents: Mapping[str, bytes]

    @property
    def spec(self) -> Spec:
        """The spec for this system."""
        return self.specs[self.system]

    def spec_for(self, system: str) -> Spec:
        """Return the spec for a system by its name."""
        return self.specs[system]
