"""The dynamic loader of the GNU C library, cut off from the host.

A loader looks for libraries in the host's cache and in the default directories once
the run paths are exhausted. A library missing from a tree would then be taken from
the host, of another release, and the program would fail far from the cause, or only
on some machines. So the names of these places are overwritten in the loader, each
by one of the same length that never exists: below /dev/null nothing can.

It would also look into `glibc-hwcaps/x86-64-v4` and its like below every run path
first, at every start of every program: a host spares itself that by its cache. No
package of Debian has such a folder, so the list of their names is emptied. Up to
glibc 2.36 there are older names, too (`tls/x86_64`), which are made while it runs.
"""

from collections.abc import Iterator

from devenv.errors import RelocationError
from devenv.model.systems import System

_FILES = (b"/etc/ld.so.cache", b"/etc/ld.so.preload")
_NOWHERE = b"/dev/null/"
_SHORT_NOWHERE = b"/no-/"
_PROCESSOR_FOLDERS = b"\0x86-64-v4:x86-64-v3:x86-64-v2\0"
"""One string (sysdeps/x86_64/dl-hwcaps_subdirs.c); other machines have none."""
_FILLING = b"a-host-directory-that-is-left-out"


def cut_off_loader(content: bytes, *, system: System) -> bytes:
    """Return the loader without the host's cache, preload file and directories.

    It no longer looks for variants of libraries for newer processors, either.

    Serves glibc 2.31 to 2.43 as Debian builds it (bullseye to sid). LD_LIBRARY_PATH
    and LD_PRELOAD keep working: they are the user's own word.

    Raises:
        RelocationError: a name that must be there is not, so that this is no
            loader we know; nothing is ever left half cut off.
    """
    for old, new in _replacements(system):
        if old not in content:
            shown = old.strip(b"\0").replace(b"\0", b" ").decode()
            raise RelocationError(
                f"the dynamic loader does not hold {shown!r}: it is not one we know"
            )
        content = content.replace(old, new)
    return content.replace(_PROCESSOR_FOLDERS, bytes(len(_PROCESSOR_FOLDERS)))


def _replacements(system: System) -> Iterator[tuple[bytes, bytes]]:
    for name in _FILES:
        yield b"\0" + name + b"\0", b"\0" + _nowhere(name) + b"\0"
    # glibc keeps them in one string, in this order (elf/dl-load.c, system_dirs);
    # their lengths are in another table.
    directories = [
        f"/lib/{system.triplet}/".encode(),
        f"/usr/lib/{system.triplet}/".encode(),
        b"/lib/",
        b"/usr/lib/",
    ]
    old = b"".join(name + b"\0" for name in directories)
    yield old, b"".join(_nowhere(name) + b"\0" for name in directories)


def _nowhere(name: bytes) -> bytes:
    """Return a path of the same length, with the same last character."""
    root = _NOWHERE if len(name) > len(_NOWHERE) + 1 else _SHORT_NOWHERE
    if len(name) == len(root):
        return root
    return root + _FILLING[: len(name) - len(root) - 1] + name[-1:]
