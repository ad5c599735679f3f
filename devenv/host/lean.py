"""Doing without what takes time or memory to import, and nobody here uses.

This imports nothing: it comes before all else (devenv.cli.plain, and
devenv.operations.run_daemon for a process that stays, and copies of it that end).
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

_SIGNATURES = "inspect"
_HASHES = "_hashlib"
_stand_ins: "dict[str, ModuleType | None]" = {}


def go_without() -> None:
    """Import neither OpenSSL's hashes nor `inspect`, from now on: 4.5 MiB.

    The interpreter's own hashes are quick enough for specs. `dataclasses` looks at
    signatures for classes without a docstring only, to write one.
    """
    stand_in = type(sys)(_SIGNATURES)
    stand_in.signature = str  # type: ignore[attr-defined]
    for name, module in ((_HASHES, None), (_SIGNATURES, stand_in)):
        if name not in sys.modules:
            _stand_ins[name] = module
            sys.modules[name] = module  # type: ignore[assignment]


def bring_back() -> None:
    """Have what `go_without` left out, in a copy of the process that needs it."""
    for name in _stand_ins:
        del sys.modules[name]
    if not _stand_ins:
        return
    _stand_ins.clear()
    import dataclasses  # noqa: PLC0415
    import hashlib  # noqa: PLC0415
    import importlib  # noqa: PLC0415

    dataclasses.inspect = importlib.import_module(_SIGNATURES)  # type: ignore[attr-defined]
    importlib.reload(hashlib)


def import_pathlib() -> None:
    """Import `pathlib` without what takes as long as all of it, and is for others.

    That is `ntpath`, for paths of Windows, and before Python 3.13 `urllib.parse`, for
    `Path.as_uri`. Whoever imports them afterwards gets the real ones, and so does
    `pathlib` where it looks into one.
    """
    if "pathlib" in sys.modules:
        return
    names = [name for name in ("ntpath", "urllib.parse") if name not in sys.modules]
    for name in names:
        sys.modules[name] = _Later(name)
    try:
        import pathlib  # noqa: F401, PLC0415 - that is what this is for
    finally:
        for name in names:
            del sys.modules[name]


def import_datetime() -> None:
    """Import `datetime` as it will be, without what Python 3.11 makes of it before.

    That is all of it in Python, which then gives way to the one in C.
    """
    if sys.version_info >= (3, 12) or "datetime" in sys.modules:
        return
    try:
        import _datetime  # type: ignore[import-not-found, unused-ignore] # noqa: PLC0415
    except ImportError:
        return
    sys.modules["datetime"] = _datetime


class _Later(type(sys)):  # type: ignore[misc]
    """A module that is imported when it is looked into, after it was taken."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        # `pathlib` takes this one from `urllib.parse` before.
        self.quote_from_bytes = _quote_from_bytes

    def __getattr__(self, name: str) -> object:
        own_name = vars(self)["__name__"]
        if sys.modules.get(own_name) is self:
            raise AttributeError(name)
        from importlib import import_module  # noqa: PLC0415 - rarely

        return getattr(import_module(own_name), name)


def _quote_from_bytes(text: bytes) -> str:
    from urllib.parse import quote_from_bytes  # noqa: PLC0415

    return quote_from_bytes(text)
