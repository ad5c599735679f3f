"""What belongs to the C library, and so is always the machine's own.

Its libraries and the dynamic loader are one build: host programs die with any
other (`__tunable_is_initialized`, GLIBC_PRIVATE). The compiler's libgcc_s and
libcrypt are not of the family: they are versioned like any library.
"""

import re

from devenv.patterns import late_pattern

_LIBRARIES = late_pattern(
    r"""
    ld-linux.*\.so\.\d+ | ld64?\.so\.\d+
    | lib ( c | m | mvec ) \.so\.\d+
    | lib ( pthread | dl | rt | util | anl | thread_db | BrokenLocale ) \.so\.\d+
    | lib ( resolv \.so\.2 | nsl \.so\.1 | c_malloc_debug \.so\.\d+ | cidn \.so\.\d+ )
    | lib ( SegFault | memusage | pcprofile ) \.so
    | libnss_ .* \.so .*
    """,
    re.VERBOSE,
)
_SOURCES = frozenset({"glibc", "eglibc"})
_NAME = "libc6"

PRIVATE_VERSION = "GLIBC_PRIVATE"
"""The version node of what only the same build of the C library may use."""


def is_c_library(soname: str) -> bool:
    """Tell whether a SONAME is of the C library, its loader or a name service.

    Name services (`libnss_*`) of whatever package are loaded by the C library
    itself, into every program.
    """
    return _LIBRARIES.fullmatch(soname) is not None


def is_c_library_package(name: str, source: str) -> bool:
    """Tell whether a package, built from `source`, is part of the C library."""
    return source in _SOURCES or name == _NAME
