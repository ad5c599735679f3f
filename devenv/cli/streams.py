"""The standard streams: data that arrives whole or fails plainly.

Every way into devenv needs it, the quick ones too, so it imports nothing.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO


class DataOutputError(Exception):
    """Standard output took less than it was given."""


def data_line(text: str) -> None:
    """Print one line of data on standard output.

    Raises:
        DataOutputError: it cannot be written (a full disk).
        BrokenPipeError: nobody reads it.
    """
    try:
        sys.stdout.write(text + "\n")
    except BrokenPipeError:
        raise
    except OSError as error:
        raise DataOutputError(error.strerror) from error


def flush_data() -> None:
    """Write what is still in the buffer; see `data_line`."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise DataOutputError(error.strerror) from error


def data_file() -> "BinaryIO":
    """Return standard output for bytes, as a file of its own to be closed.

    What a full disk would leave in the buffer of `sys.stdout` would fail once more at
    the end.
    """
    return os.fdopen(os.dup(sys.stdout.fileno()), "wb")


def open_closed_streams() -> None:
    """Give what was closed for us (`2>&-`) a place where writing does no harm.

    Otherwise the next file to be opened would become a standard stream.
    """
    for number, name, mode in (
        (0, "stdin", "r"),
        (1, "stdout", "w"),
        (2, "stderr", "w"),
    ):
        if getattr(sys, name) is None:
            descriptor = os.open(os.devnull, os.O_RDWR)
            if descriptor != number:
                os.dup2(descriptor, number)
                os.close(descriptor)
            setattr(sys, name, open(number, mode, closefd=False))  # noqa: SIM115 - a descriptor, for good


def output_lost(error: Exception) -> int:
    """Return the status where standard output did not take what it was given."""
    # Nothing that is left in a buffer may fail once more at the end.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        # Whoever read our output has what it wanted (`search x | head`).
        return 0
    sys.stderr.write(f"error: the output cannot be written: {error}\n")
    return 1
