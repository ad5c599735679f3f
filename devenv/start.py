"""The start and the end of a command.

Kept apart from `devenv.cli`, whose imports take longer than all of this.
"""

import gc
import os
import sys

from devenv.own_imports import find_modules_below

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Never

INTERRUPTED_STATUS = 130
"""128 and the number of SIGINT, as shells count."""

_MANY_VALUES = 200_000


def run(folder: str) -> "Never":
    """Run the command line of this process and end it.

    `folder` is where the package devenv is.
    """
    try:
        status = _start(folder)
    except KeyboardInterrupt:
        status = INTERRUPTED_STATUS
    if status == INTERRUPTED_STATUS:
        # At once: a thread may still wait for a server that does not answer, and
        # what had to be put right has been by now.
        os._exit(status)
    _leave(status)


def _start(folder: str) -> int:
    """Run the command line; return its exit status."""
    _restore_locale_variable()
    find_modules_below(folder)
    # A command ends before cycles among its values would matter; to look for
    # them whenever 700 more are alive takes a tenth of its time.
    gc.set_threshold(_MANY_VALUES)
    words = sys.argv[1:]
    try:
        from devenv.cli.quick import run_quickly  # noqa: PLC0415 (one after the other)

        status = run_quickly(words)
        if status is None:
            from devenv.cli.plain import run_plainly  # noqa: PLC0415

            status = run_plainly(words)
        if status is not None:
            return status
        from devenv.cli.main import main  # noqa: PLC0415 (what the quick way spares)

        return main(words)
    except ModuleNotFoundError as error:
        if (error.name or "devenv").partition(".")[0] == "devenv":
            raise
        sys.stderr.write(
            f"devenv: {sys.executable} has no {error.name}, which devenv needs\n"
            "  install devenv again, with the Python that is to run it\n"
        )
        return 1


def _restore_locale_variable() -> None:
    """Take back the LC_CTYPE that Python sets for itself in the C locale (PEP 538).

    Otherwise every program we become would inherit it.
    """
    variables = os.environ  # noqa: TID251 (the real one is what needs repair)
    if variables.get("LC_CTYPE") not in {"C.UTF-8", "C.utf8", "UTF-8"}:
        return
    try:
        with open("/proc/self/environ", "rb") as file:  # noqa: PTH123 (pathlib: 5 ms)
            given = file.read().split(b"\0")
    except OSError:
        return
    name = b"LC_CTYPE="
    before = [entry[len(name) :] for entry in given if entry.startswith(name)]
    if before:
        variables["LC_CTYPE"] = os.fsdecode(before[0])
    else:
        del variables["LC_CTYPE"]


def _leave(status: int) -> "Never":
    """End this process.

    At once, if no thread has work left: to take a Python apart, module by module, takes
    a tenth of a command's time, and the kernel needs none.
    """
    threading = sys.modules.get("threading")
    if threading is not None:
        main = threading.main_thread()
        if any(each is not main and not each.daemon for each in threading.enumerate()):
            sys.exit(status)
    # What wants to be run at the end is run; nobody but that needs it imported.
    import atexit  # noqa: PLC0415 (and it is built in)

    atexit._run_exitfuncs()  # noqa: SLF001 (as Python itself does)
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except (OSError, ValueError):
        # Python knows what to say of that.
        sys.exit(status)
    os._exit(status)
