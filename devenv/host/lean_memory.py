"""Memory that can be given back by the page: for a process that stays.

CPython keeps small values in arenas of a megabyte, which it gives back when they are
empty. Reading a spec of 10,000 files leaves a few lasting values, compiled patterns and
the like, 15 kB in all, but in each of five arenas. Of the C library's malloc each page
that is free goes back (devenv.host.memory), and a look takes no longer.
"""

import json
import os
import sys

_CHOICE = "PYTHONMALLOC"
_HELD = "_devenv_held_variables"


def take_memory_by_the_page() -> None:
    """Begin this process anew with the C library's malloc, where that is glibc's.

    For one that was started with `-I`. Only a variable can choose, and nothing else
    that Python would heed comes along: those variables are held, and are back as they
    were when this returns.

    Raises:
        OSError: the process cannot be begun anew.
    """
    held = os.environ.pop(_HELD, None)
    if held is not None:
        os.environ.pop(_CHOICE, None)
        os.environ.update(json.loads(held))
    elif _is_glibc():
        ours = {name: os.environ[name] for name in os.environ if _is_pythons(name)}
        env = {name: text for name, text in os.environ.items() if name not in ours}
        env |= {_CHOICE: "malloc", _HELD: json.dumps(ours)}
        words = [word for word in sys.orig_argv[1:] if word != "-I"]
        os.execve(sys.executable, [sys.executable, "-s", "-P", *words], env)  # noqa: S606


def _is_pythons(name: str) -> bool:
    return name.startswith("PYTHON")


def _is_glibc() -> bool:
    try:
        return bool(os.confstr("CS_GNU_LIBC_VERSION"))
    except (ValueError, OSError):
        return False
