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
    """Import `pathlib` without `urllib.parse`, which takes as long as all of it.

    Before Python 3.13 it wants one function from there, for `Path.as_uri`. Whoever
    imports `urllib.parse` afterwards gets the real one.
    """
    name = "urllib.parse"
    if name in sys.modules or "pathlib" in sys.modules:
        return
    stand_in = type(sys)(name)
    stand_in.quote_from_bytes = _quote_from_bytes  # type: ignore[attr-defined]
    sys.modules[name] = stand_in
    try:
        import pathlib  # noqa: F401, PLC0415 - that is what this is for
    finally:
        del sys.modules[name]


def _quote_from_bytes(text: bytes) -> str:
    from urllib.parse import quote_from_bytes  # noqa: PLC0415

    return quote_from_bytes(text)
