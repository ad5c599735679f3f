"""Our own modules, found where they are, and those of others once one is needed.

Python's finder asks for a folder's time, for its names, whether a file is a file, and
then for the module, its time and its byte code, one call after the other. Here it is
the module's time and its byte code: for 190 modules a twenty-fifth of the time in which
a command makes a small environment. What that does not settle (no byte code, an old
one, another kind) is left to Python's, which writes it anew.

Rejected: the byte code of all in one file in the cache. It takes half of what is left
of finding and reading, and has to be written, kept fresh and guarded.

Where others' modules are is Python's `site` to say: in an environment's folder, in
those that .pth files name, in the machine's. To ask it takes a quarter of Python's
start, and most commands need none of them. So the launcher starts Python without it
(-S), and it is asked when something is imported that is neither ours nor the standard
library's. From then on `sys.path` is what it is in a Python that was started with it.
"""

import sys
from _thread import RLock
from marshal import loads
from os import O_CLOEXEC, O_RDONLY, close, read, stat
from os import open as open_file
from stat import ST_MTIME, ST_SIZE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _frozen_importlib import ModuleSpec
    from _frozen_importlib_external import MAGIC_NUMBER, SourceFileLoader
    from collections.abc import Sequence
    from types import CodeType, ModuleType
else:
    # What importlib.machinery offers: that would be one import more.
    ModuleSpec = type(__spec__)
    _machinery = sys.modules["_frozen_importlib_external"]
    MAGIC_NUMBER = _machinery.MAGIC_NUMBER
    SourceFileLoader = _machinery.SourceFileLoader

_ENDING = f".{sys.implementation.cache_tag}.pyc"
# PEP 552: four zero bytes stand for byte code that goes by time and size.
_BY_TIME = MAGIC_NUMBER + b"\0\0\0\0"
_HEADER_BYTES = 16
_PIECE_BYTES = 1 << 16
_BELOW = "devenv."


class OwnLoader(SourceFileLoader):
    """Loads a module whose byte code was read when it was found."""

    _code: "CodeType | None" = None

    def get_code(self, fullname: str) -> "CodeType | None":
        """Return the byte code, of which no copy is kept."""
        code, self._code = self._code, None
        return code or super().get_code(fullname)


class OwnFinder:
    """Finds the modules below a folder that have fresh byte code."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def find_spec(
        self,
        name: str,
        path: "Sequence[str] | None" = None,  # noqa: ARG002 - as importlib calls it
        target: "ModuleType | None" = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        """Return where a module is, with its byte code; None to ask the next finder."""
        if not f"{name}.".startswith(_BELOW):
            return None
        place = f"{self._folder}/{name.replace('.', '/')}"
        folder, _, stem = place.rpartition("/")
        found = _spec(name, f"{place}.py", f"{folder}/__pycache__/{stem}{_ENDING}")
        if found is None:
            compiled = f"{place}/__pycache__/__init__{_ENDING}"
            found = _spec(name, f"{place}/__init__.py", compiled)
            if found is not None:
                found.submodule_search_locations = [place]
        return found


def _spec(name: str, source: str, compiled: str) -> ModuleSpec | None:
    """Return a module with its byte code; None if that is not there, or old."""
    try:
        known = stat(source)  # noqa: PTH116 - pathlib is not imported yet
        content = _read(compiled)
    except OSError:
        return None
    header = _BY_TIME
    for number in (int(known[ST_MTIME]), int(known[ST_SIZE])):
        header += (number & 0xFFFFFFFF).to_bytes(4, "little")
    if not content.startswith(header):
        return None
    loader = OwnLoader(name, source)
    # As trusted as the source beside it, which Python's own finder would take it for.
    loader._code = loads(memoryview(content)[_HEADER_BYTES:])  # noqa: S302, SLF001
    spec = ModuleSpec(name, loader, origin=source)
    spec.has_location = True
    # Else it is made of the source's, part by part.
    spec.cached = compiled
    return spec


def _read(file: str) -> bytes:
    """Return what is in a file, of which a look at its size would take as long."""
    descriptor = open_file(file, O_RDONLY | O_CLOEXEC)
    try:
        content = read(descriptor, _PIECE_BYTES)
        if len(content) == _PIECE_BYTES:
            while piece := read(descriptor, _PIECE_BYTES):
                content += piece
    finally:
        close(descriptor)
    return content


def find_modules_below(folder: str) -> None:
    """Have our modules found in a folder, and others' where they are once needed."""
    # Before all others, for there are many of ours.
    sys.meta_path.insert(0, OwnFinder(folder))
    if sys.flags.no_site:
        sys.meta_path.append(_LateSite(folder))
    elif folder not in sys.path:
        _add_folder(folder)


def whole_path() -> list[str]:
    """Return where modules are looked for once `site` was asked, which it is."""
    for finder in sys.meta_path:
        if isinstance(finder, _LateSite):
            finder.ask()
    return sys.path


class _LateSite:
    """Asks `site` as soon as no other finder has what is no standard module."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._lock = RLock()
        self._was_asked = False

    def find_spec(
        self,
        name: str,
        path: "Sequence[str] | None" = None,
        target: "ModuleType | None" = None,
    ) -> ModuleSpec | None:
        """Return what the others find afterwards."""
        if path is not None or name in sys.stdlib_module_names:
            return None
        self.ask()
        for finder in [each for each in sys.meta_path if each is not self]:
            found = finder.find_spec(name, path, target)
            if found is not None:
                return found
        return None

    def ask(self) -> None:
        """Ask `site`, the first time; it may well import something itself."""
        with self._lock:
            if self._was_asked:
                return
            self._was_asked = True
            import site  # noqa: PLC0415 - only if needed

            site.main()
            if self._folder not in sys.path:
                _add_folder(self._folder)


def _add_folder(folder: str) -> None:
    """Let what devenv needs be imported from a folder that `site` does not know.

    That is one of the user's own packages (pip install --user) or a source folder. It
    comes before the machine's packages, as it does for a Python that is not isolated.
    """
    import site  # noqa: PLC0415 - a virtual environment does not come this far

    # The folders of installed packages follow those of the standard library.
    ends = [entry.endswith("-packages") for entry in sys.path]
    end = ends.index(True) if True in ends else len(ends)
    installed = sys.path[end:]
    del sys.path[end:]
    site.addsitedir(folder)
    sys.path += installed
