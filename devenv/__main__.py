"""Where Python starts: `shell-hooks/devenv` comes here when it has no record.

Kept apart from `devenv.cli`, whose imports take longer than all of this.
"""

import gc
import os
import sys

INTERRUPTED_STATUS = 130
"""128 and the number of SIGINT, as shells count."""

OLDEST_PYTHON = (3, 11)

_MANY_VALUES = 200_000


def make_importable(folder: str) -> None:
    """Let devenv and what it needs be imported from `folder`.

    Needed where an isolated Python does not look: in the user's own packages
    (pip install --user) and in a source folder. They come before the machine's
    packages, as they do for a Python that is not isolated.
    """
    import site  # noqa: PLC0415 (a virtual environment does not come this far)

    # The folders of installed packages follow those of the standard library.
    ends = [entry.endswith("-packages") for entry in sys.path]
    end = ends.index(True) if True in ends else len(ends)
    installed = sys.path[end:]
    del sys.path[end:]
    site.addsitedir(folder)
    sys.path += installed


def restore_locale_variable() -> None:
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


def start() -> int:
    """Run the command line of this process; return its exit status."""
    if sys.version_info < OLDEST_PYTHON:
        sys.stderr.write(
            f"devenv: {sys.executable} is Python {sys.version.split()[0]},"
            " and devenv needs 3.11 or later\n"
            "  install devenv again, with a newer Python\n"
        )
        return 1
    restore_locale_variable()
    package = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 (as above)
    folder = os.path.dirname(package)  # noqa: PTH120
    if folder not in sys.path:
        make_importable(folder)
    # A command ends before cycles among its values would matter; to look for
    # them whenever 700 more are alive takes a tenth of its time.
    gc.set_threshold(_MANY_VALUES)
    try:
        from devenv.cli.quick import run_quickly  # noqa: PLC0415 (the path is right)

        status = run_quickly(sys.argv[1:])
        if status is None:
            from devenv.own_imports import OwnFinder  # noqa: PLC0415 (of 100s)

            # Before all others, for the many modules to come.
            sys.meta_path.insert(0, OwnFinder(folder))
            from devenv.cli.plain import run_plainly  # noqa: PLC0415

            status = run_plainly(sys.argv[1:])
        if status is not None:
            return status
        from devenv.cli.main import main  # noqa: PLC0415 (what the quick way spares)

        return main(sys.argv[1:])
    except ModuleNotFoundError as error:
        if (error.name or "devenv").partition(".")[0] == "devenv":
            raise
        sys.stderr.write(
            f"devenv: {sys.executable} has no {error.name}, which devenv needs\n"
            "  install devenv again, with the Python that is to run it\n"
        )
        return 1


def leave(status: int) -> None:
    """End this process; do not return.

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


if __name__ == "__main__":
    try:
        status = start()
    except KeyboardInterrupt:
        status = INTERRUPTED_STATUS
    if status == INTERRUPTED_STATUS:
        # At once: a thread may still wait for a server that does not answer, and
        # what had to be put right has been by now.
        os._exit(status)
    leave(status)
