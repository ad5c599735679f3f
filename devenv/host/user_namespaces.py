"""Whether a program of this user may make user namespaces: tried, in a copy."""

import ctypes
import os

_USER = 0x10000000
_MOUNTS = 0x00020000


def refusal_of_namespaces() -> str:
    """Return the kernel's words for why not; empty if it lets us.

    A mount namespace inside of it is tried, too: some kernels give a user namespace in
    which nothing is allowed.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    child = os.fork()
    if child == 0:
        status = 255
        try:
            refused = libc.unshare(_USER) or libc.unshare(_MOUNTS)
            status = ctypes.get_errno() if refused else 0
        finally:
            os._exit(status)
    _, ended = os.waitpid(child, 0)
    number = os.waitstatus_to_exitcode(ended)
    return os.strerror(number) if number else ""
