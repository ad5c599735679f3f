"""Compile modules from standard input; run by a tree's interpreter, not by devenv's.

For the few modules that are a tree's own: while they are compiled nothing of the
tree has to be on disk. It runs on any Python from 3.9 on, and imports next to
nothing: py_compile and what that needs take longer to load than these modules take
to compile.

Standard input holds modules: the name to show in tracebacks, the length of the
source (both NUL-terminated) and the source. Standard output gets, for each, the
length of the byte code (NUL-terminated) and the byte code; none for what does not
compile.
"""

import _imp
import marshal
import os
import sys
import warnings
from _frozen_importlib_external import MAGIC_NUMBER

_UNCHECKED_HASH = b"\x01\x00\x00\x00"
_HASH_KEY = int.from_bytes(MAGIC_NUMBER, "little")


def compiled(source: bytes, shown: str) -> bytes:
    """Return the unchecked-hash byte code (PEP 552) of a source, as py_compile has it.

    Empty if the compiler rejects the source, whatever the reason.
    """
    try:
        code = compile(source, shown, "exec", dont_inherit=True, optimize=0)
        body = marshal.dumps(code)
    except Exception:  # noqa: BLE001 - as py_compile does
        return b""
    digest = _imp.source_hash(_HASH_KEY, source)
    return MAGIC_NUMBER + _UNCHECKED_HASH + digest + body


def main() -> int:
    """Compile everything on standard input; return 0."""
    warnings.simplefilter("ignore")
    rest = sys.stdin.buffer.read()
    while rest:
        shown, length, rest = rest.split(b"\0", 2)
        end = int(length)
        code = compiled(rest[:end], os.fsdecode(shown))
        sys.stdout.buffer.write(b"%d\0" % len(code) + code)
        rest = rest[end:]
    return 0


if __name__ == "__main__":
    sys.exit(main())
