"""Command lines without options, done whole without typer, which takes 45 ms.

What stands here is what most call often: a program in a project's environment. The
typed-out form of the command (devenv.cli.project_use) does the same by the same code.
"""

import sys
from collections.abc import Sequence


def run_plainly(argv: Sequence[str]) -> int | None:
    """Run one command line if it is a plain one; return its exit status, or None."""
    if argv[:1] != ["exec"]:
        return None
    command = argv[2:] if argv[1:2] == ["--"] else argv[1:]
    if not command or not command[0] or command[0].startswith("-"):
        return None
    return _execute(command)


def _execute(command: Sequence[str]) -> int:
    from devenv.cli.enter import execute_in_project  # noqa: PLC0415 - only if plain
    from devenv.cli.option_values import Options  # noqa: PLC0415
    from devenv.cli.outcome import INTERRUPTED_STATUS, status_of  # noqa: PLC0415
    from devenv.cli.streams import open_closed_streams  # noqa: PLC0415

    open_closed_streams()
    try:
        execute_in_project(Options(), command)
    except Exception as error:  # noqa: BLE001 - as devenv.cli.main does
        return status_of(error, [])
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return INTERRUPTED_STATUS
    return 0
