"""The version that a C library's file says it is."""

import mmap
import re

from devenv.model.c_library import CLibraryVersion

_BANNER = re.compile(rb"GNU C Library [^\n\0]{0,200}? release version (\d+\.\d+)")


def banner_version(content: bytes | mmap.mmap) -> CLibraryVersion | None:
    """Return the version of a `libc.so.6`; None if it is no GNU one.

    Read and not asked of a running program: that may have another C library.
    """
    found = _BANNER.search(content)
    return CLibraryVersion.read(found[1].decode("ascii")) if found else None
