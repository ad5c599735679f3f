"""What the user sees while devenv works: notes, a plan, one progress bar."""

import os
import sys
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, TextIO

from devenv.cli.option_values import Options
from devenv.cli.streams import data_line
from devenv.errors import Complaint, DevenvError, SpecError
from devenv.formats.printable import printable
from devenv.values import dataclass

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["Display", "Look", "data_line", "display_for"]

MAX_COMPLAINTS = 30
"""How many complaints of one file or project are shown."""

_STYLES = {"error": "31;1", "warning": "33;1", "note": "2", "hint": "36"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How talk is shown: on a terminal or not, coloured or not, how much."""

    is_terminal: bool
    is_coloured: bool
    is_quiet: bool = False
    is_verbose: bool = False

    @classmethod
    def of(
        cls,
        stream: TextIO,
        env: Mapping[str, str],
        *,
        no_color: bool = False,
        quiet: bool = False,
        verbose: bool = False,
    ) -> "Look":
        """Decide from the stream and the usual variables.

        `NO_COLOR` (no-color.org) and TERM=dumb turn colours off.
        """
        is_terminal = stream.isatty() and env.get("TERM", "dumb") != "dumb"
        plain = no_color or bool(env.get("NO_COLOR"))
        return cls(
            is_terminal=is_terminal,
            is_coloured=is_terminal and not plain,
            is_quiet=quiet,
            is_verbose=verbose,
        )


class Display:
    """Talk on one stream (standard error). Safe to use from several threads."""

    def __init__(self, stream: TextIO, look: Look) -> None:
        self._stream = stream
        self._look = look
        self._lock = threading.RLock()
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def note(self, text: str) -> None:
        """Say something worth knowing; `-q` hides it."""
        if not self._look.is_quiet:
            self._print(text)

    def detail(self, text: str) -> None:
        """Say something only `-v` wants to know."""
        if self._look.is_verbose:
            self._print(self._styled("note", printable(text)), is_safe=True)

    def warn(self, text: str) -> None:
        """Say something that may be wrong."""
        head = self._styled("warning", "warning:")
        self._print(f"{head} {printable(text)}", is_safe=True)

    def error(self, error: DevenvError) -> None:
        """Say what went wrong, where, and what to do next; each thing by itself."""
        told = error.complaints if isinstance(error, SpecError) else (error,)
        lines = [self._told(each) for each in told[:MAX_COMPLAINTS]]
        if len(told) > MAX_COMPLAINTS:
            lines.append(f"... and {len(told) - MAX_COMPLAINTS} more")
        self._print("\n".join(lines), is_safe=True)

    def _told(self, complaint: DevenvError | Complaint) -> str:
        head = self._styled("error", "error:")
        lines = [f"{head} {printable(complaint.what)}"]
        if complaint.where:
            places = printable(complaint.where).split("; ")
            lines.extend(f"  at {place}" for place in places)
        if complaint.hint:
            lines.append(self._styled("hint", f"  {printable(complaint.hint)}"))
        return "\n".join(lines)

    def started(self, label: str, total: int) -> None:
        """Begin the progress of something of `total` bytes (or items)."""
        with self._lock:
            if self._look.is_quiet:
                return
            if not self._look.is_terminal:
                self.detail(f"{label} ...")
                return
            self._begin_bar(label, total)

    def advanced(self, amount: int) -> None:
        """Move the bar by so many bytes (or items)."""
        with self._lock:
            if self._bar is not None and self._task is not None:
                self._bar.advance(self._task, amount)

    def finished(self) -> None:
        """Take the bar away: what stays on the screen is what was said."""
        with self._lock:
            if self._bar is not None:
                self._bar.stop()
                self._bar = None
                self._task = None

    def _begin_bar(self, label: str, total: int) -> None:
        from rich.console import Console  # noqa: PLC0415 - 40 ms, only to draw
        from rich.progress import (  # noqa: PLC0415
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        self.finished()
        console = Console(
            file=self._stream, no_color=not self._look.is_coloured, highlight=False
        )
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            DownloadColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._task = self._bar.add_task(printable(label), total=total)
        self._bar.start()

    def _styled(self, style: str, text: str) -> str:
        if not self._look.is_coloured:
            return text
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m"

    def _print(self, text: str, *, is_safe: bool = False) -> None:
        shown = text if is_safe else printable(text)
        with self._lock:
            try:
                if self._bar is not None:
                    self._bar.console.print(
                        shown, markup=False, highlight=False, soft_wrap=True
                    )
                else:
                    self._stream.write(shown + "\n")
                    self._stream.flush()
            except (OSError, ValueError):
                # Nobody listens (closed or full): what was asked for goes on.
                self._look = Look(is_terminal=False, is_coloured=False, is_quiet=True)


def display_for(options: Options) -> Display:
    """Return the talk on standard error, as the options and variables want it."""
    look = Look.of(
        sys.stderr,
        os.environ,
        no_color=options.no_color,
        quiet=options.quiet,
        verbose=options.verbose,
    )
    return Display(sys.stderr, look)
