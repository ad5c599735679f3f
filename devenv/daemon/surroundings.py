"""What a watcher sees of the machine: folders, clock, and the user's settings."""

from collections.abc import Mapping
from pathlib import Path

from devenv.daemon.glances import Glances
from devenv.errors import FormatError
from devenv.formats.spec_memory import SpecMemory
from devenv.host.clock import Clock
from devenv.host.dirs import Directories
from devenv.model.systems import System
from devenv.model.user_configuration import UserConfiguration
from devenv.model.watching import Pace
from devenv.operations.configuration import CONFIGURATION_FILE, read_configuration
from devenv.values import dataclass, field

_Mark = tuple[int, int, int]


@dataclass(slots=True, kw_only=True)
class WatcherSurroundings:
    """What `Surroundings` asks for; the configuration is read again when it changed.

    `env` are the variables of whoever started the watcher, without any project's;
    `specs` and `glances` remember those that were edited last.
    """

    env: Mapping[str, str]
    directories: Directories
    clock: Clock
    system: System
    specs: SpecMemory = field(default_factory=SpecMemory)
    glances: Glances = field(default_factory=Glances)
    _file: Path | None = None
    _mark: _Mark | None = None
    _configuration: UserConfiguration = field(default_factory=UserConfiguration)
    _is_read: bool = False

    @property
    def configuration(self) -> UserConfiguration:
        """The user's settings; while they cannot be understood, those of before."""
        mark = self._now()
        if not self._is_read or mark != self._mark:
            self._is_read, self._mark = True, mark
            try:
                self._configuration = read_configuration(self.directories)
            except FormatError:
                return self._configuration
        return self._configuration

    @property
    def pace(self) -> Pace:
        """How long is waited for what, by the user's settings."""
        return Pace(limit=float(self.configuration.daemon.limit_seconds))

    def _now(self) -> _Mark | None:
        try:
            # Before each step: to join a path takes longer than to look.
            file = self._file or self.directories.config / CONFIGURATION_FILE
            self._file = file
            found = file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
