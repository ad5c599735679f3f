"""What the user sees: notes, a plan, bars or lines, and what came of it."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping

from devenv.cli.option_values import Options
from devenv.cli.progress_state import ProgressState
from devenv.cli.streams import data_line
from devenv.errors import Complaint, DevenvError, SpecError
from devenv.formats.printable import printable
from devenv.model.stage import Stage
from devenv.model.user_configuration import PROGRESS_VARIABLE, ProgressStyle
from devenv.typed import TextIO
from devenv.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from devenv.cli.bars import Bars

__all__ = ["Display", "Look", "data_line", "display_for"]

MAX_COMPLAINTS = 30
"""How many complaints of one file or project are shown."""

QUIET_SECONDS = 0.2
"""Work that is over sooner is not drawn: rich alone takes 60 ms to import."""

DRAW_SECONDS = 0.1
LINE_SECONDS = 5.0
"""How often bars are drawn anew, and how often a plain line tells how far it is."""

_STYLES = {"error": "31;1", "warning": "33;1", "note": "2", "hint": "36"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How talk is shown: on a terminal or not, coloured or not, how much."""

    is_terminal: bool
    is_coloured: bool
    is_quiet: bool = False
    is_verbose: bool = False
    progress: ProgressStyle = ProgressStyle.PLAIN

    @classmethod
    def of(
        cls,
        stream: TextIO,
        env: Mapping[str, str],
        *,
        no_color: bool = False,
        quiet: bool = False,
        verbose: bool = False,
        configured: ProgressStyle = ProgressStyle.AUTO,
    ) -> "Look":
        """Decide from the stream, the usual variables and the user's configuration.

        `NO_COLOR` (no-color.org) and TERM=dumb turn colours off. DEVENV_PROGRESS comes
        before what is configured; a word that it does not know counts as not there.
        """
        is_terminal = stream.isatty() and env.get("TERM", "dumb") != "dumb"
        plain = no_color or bool(env.get("NO_COLOR"))
        return cls(
            is_terminal=is_terminal,
            is_coloured=is_terminal and not plain,
            is_quiet=quiet,
            is_verbose=verbose,
            progress=_progress(env, configured, is_terminal=is_terminal),
        )


def _progress(
    env: Mapping[str, str], configured: ProgressStyle, *, is_terminal: bool
) -> ProgressStyle:
    """Return how progress is shown: bars need a terminal, whoever wants them."""
    asked = env.get(PROGRESS_VARIABLE, "")
    known = {style.value: style for style in ProgressStyle}
    style = known.get(asked, configured)
    if style is ProgressStyle.AUTO:
        style = ProgressStyle.BARS
    if style is ProgressStyle.BARS and not is_terminal:
        return ProgressStyle.PLAIN
    return style


class Display:
    """Talk on one stream (standard error). Safe to use from several threads."""

    def __init__(
        self,
        stream: TextIO,
        look: Look,
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stream = stream
        self._seconds = seconds
        self._look = look
        self._lock = threading.RLock()
        self._state = ProgressState()
        self._bars: Bars | None = None
        self._begun_at: float | None = None
        self._told_at = 0.0
        self._made: set[str] = set()
        self._fetched_bytes = 0

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

    def planned(self, labels: Iterable[str]) -> None:
        """Begin with packages that wait to be made; `finished` ends it."""
        with self._lock:
            known = tuple(labels)
            self._made.update(known)
            self._begin()
            self._state.plan(known)

    def started(self, label: str, total: int, *, is_bytes: bool = True) -> None:
        """Begin something of `total` bytes (or items)."""
        with self._lock:
            self._begin()
            self._state.begin(label, total, is_bytes=is_bytes)
            self.detail(f"{label} ...")

    def advanced(self, amount: int) -> None:
        """Tell of so many more bytes (or items)."""
        with self._lock:
            self._state.advance(amount)
            self._show()

    def became(self, label: str, stage: Stage) -> None:
        """Tell how far a package or a file is."""
        with self._lock:
            self._state.become(label, stage)
            self._show(at_once=stage is not Stage.DOWNLOADED)

    def finished(self) -> None:
        """End what was begun last; at the end of all, bars go away."""
        with self._lock:
            if not self._state.end():
                return
            self._fetched_bytes += self._state.done if self._state.is_bytes else 0
            self._state.clear()
            if self._bars is not None:
                self._bars.stop()
                self._bars = None

    def completed(self) -> None:
        """Say what was made, how long it took, and how much was downloaded."""
        with self._lock:
            if self._made and self._begun_at is not None:
                from devenv.formats.amounts import counted, size  # noqa: PLC0415 - rarely

                count = counted(len(self._made), "package")
                seconds = self._seconds() - self._begun_at
                how = f"{seconds:.1f} s, {size(self._fetched_bytes)} downloaded"
                self.note(f"{count} ready in {how}")
            self._made.clear()
            self._begun_at = None
            self._fetched_bytes = 0

    def _begin(self) -> None:
        if self._begun_at is None:
            self._begun_at = self._seconds()
        if self._state.depth == 0:
            self._told_at = self._seconds()

    def _show(self, *, at_once: bool = False) -> None:
        """Draw bars, or say a line, if that was not done a moment ago."""
        if self._look.is_quiet or self._state.depth == 0:
            return
        passed = self._seconds() - self._told_at
        if self._look.progress is ProgressStyle.BARS:
            if self._bars is None:
                is_due = passed >= QUIET_SECONDS
            else:
                is_due = at_once or passed >= DRAW_SECONDS
            if is_due:
                self._draw()
                self._told_at = self._seconds()
        elif self._look.progress is ProgressStyle.PLAIN and passed >= LINE_SECONDS:
            self._say_line()
            self._told_at = self._seconds()

    def _draw(self) -> None:
        if self._bars is None:
            # 60 ms, only to draw.
            from devenv.cli.bars import Bars  # noqa: PLC0415

            self._bars = Bars(self._stream, is_coloured=self._look.is_coloured)
            self._bars.start()
        self._bars.draw(self._state)

    def _say_line(self) -> None:
        state = self._state
        parts = []
        if state.total and state.is_bytes:
            from devenv.formats.amounts import size  # noqa: PLC0415 - rarely

            parts.append(f"{size(state.done)} of {size(state.total)} downloaded")
        elif state.total:
            parts.append(f"{state.label}: {state.done} of {state.total}")
        parts += [text for _, text in state.shown(0)]
        self._print("; ".join(parts))

    def _styled(self, style: str, text: str) -> str:
        if not self._look.is_coloured:
            return text
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m"

    def _print(self, text: str, *, is_safe: bool = False) -> None:
        shown = text if is_safe else printable(text)
        with self._lock:
            try:
                if self._bars is not None:
                    self._bars.console.print(
                        shown, markup=False, highlight=False, soft_wrap=True
                    )
                else:
                    self._stream.write(shown + "\n")
                    self._stream.flush()
            except (OSError, ValueError):
                # Nobody listens (closed or full): what was asked for goes on.
                self._look = Look(is_terminal=False, is_coloured=False, is_quiet=True)


def display_for(
    options: Options, configured: ProgressStyle = ProgressStyle.AUTO
) -> Display:
    """Return the talk on standard error, as options, variables and settings want it."""
    look = Look.of(
        sys.stderr,
        os.environ,
        no_color=options.no_color,
        quiet=options.quiet,
        verbose=options.verbose,
        configured=configured,
    )
    return Display(sys.stderr, look)
