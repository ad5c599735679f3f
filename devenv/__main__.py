"""Where Python starts: `shell-hooks/devenv` comes here when it has no record.

Python keeps no byte code of a program that it is given by its path, so all that can
stand in a module does (devenv.start).
"""

import os
import sys

OLDEST_PYTHON = (3, 11)


def start() -> None:
    """Run the command line of this process, and end it."""
    if sys.version_info < OLDEST_PYTHON:
        sys.stderr.write(
            f"devenv: {sys.executable} is Python {sys.version.split()[0]},"
            " and devenv needs 3.11 or later\n"
            "  install devenv again, with a newer Python\n"
        )
        sys.exit(1)
    main = os.path.abspath(__file__)  # noqa: PTH100 (pathlib: 5 ms)
    if not os.path.exists(main):  # noqa: PTH110
        # Called by "bin/../lib", and bin is a link.
        main = os.path.realpath(__file__)
    folder = os.path.dirname(os.path.dirname(main))  # noqa: PTH120
    # Whatever else Python knows, this devenv it shall be.
    sys.path.insert(0, folder)
    from devenv.start import run  # noqa: PLC0415 (the path is right)

    del sys.path[0]
    run(folder)


if __name__ == "__main__":
    start()
