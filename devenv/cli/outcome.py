"""How a command ends: what is said of an error, and the exit status.

Apart from typer, for the commands that do without it (devenv.cli.quick).
"""

import sys
from collections.abc import Sequence

from devenv import __version__
from devenv.cli.display import display_for
from devenv.cli.option_values import Options
from devenv.cli.streams import DataOutputError, output_lost
from devenv.errors import DevenvError

BUG_STATUS = 3
INTERRUPTED_STATUS = 130


def status_of(error: Exception, argv: Sequence[str]) -> int:
    """Say what went wrong in a command line, and return the exit status.

    Raises:
        ModuleNotFoundError: a library that devenv needs is not installed.
    """
    match error:
        case DevenvError():
            no_color = "--no-color" in argv
            display_for(Options(no_color=no_color)).error(error)
            return error.exit_status
        case ModuleNotFoundError() if not _is_ours(error):
            raise error
        case BrokenPipeError() | DataOutputError():
            return output_lost(error)
        case _:
            return _bug(error)


def _is_ours(error: ModuleNotFoundError) -> bool:
    return (error.name or "devenv").partition(".")[0] == "devenv"


def _bug(error: Exception) -> int:
    # Not sys.excepthook, which typer replaces; not traceback, which takes 6 ms.
    sys.__excepthook__(type(error), error, error.__traceback__)
    text = "this is a bug of devenv's; please report it with the lines above"
    sys.stderr.write(f"devenv {__version__}: {text}\n")
    return BUG_STATUS
