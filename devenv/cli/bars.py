"""A bar and lines on a terminal, drawn by rich: import this only to draw.

Nothing is drawn by a thread: who works takes a moment for it now and then.
"""

from typing import TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.text import Text

from devenv.cli.progress_state import ProgressState
from devenv.formats.printable import printable

MOST_LINES = 6
NARROW_COLUMNS = 60
_STAGE_WIDTH = 12


class Bars:
    """What is drawn while long work goes on; it goes away when that ends."""

    def __init__(self, stream: TextIO, *, is_coloured: bool) -> None:
        self.console = Console(
            file=stream,
            force_terminal=True,
            no_color=not is_coloured,
            highlight=False,
        )
        self._live = Live(
            console=self.console,
            transient=True,
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._progress: Progress | None = None

    def start(self) -> None:
        """Begin to draw."""
        self._live.start()

    def draw(self, state: ProgressState) -> None:
        """Draw how far it is."""
        parts: list[Progress | Text] = []
        if state.total:
            parts.append(self._bar(state))
        room = max(1, min(MOST_LINES, self.console.height - 3))
        parts += [self._line(*each) for each in state.shown(room)]
        self._live.update(Group(*parts), refresh=True)

    def stop(self) -> None:
        """Take all of it away."""
        self._live.stop()

    def _bar(self, state: ProgressState) -> Progress:
        if self._progress is None:
            self._progress = Progress(*self._columns(state), console=self.console)
            self._progress.add_task(printable(state.label), total=state.total)
        (task,) = self._progress.task_ids
        self._progress.update(
            task,
            description=printable(state.label),
            total=state.total,
            completed=state.done,
        )
        return self._progress

    def _columns(self, state: ProgressState) -> list[ProgressColumn]:
        """Return what there is room for: on a narrow terminal, the bar and a share."""
        if self.console.width < NARROW_COLUMNS:
            return [BarColumn(bar_width=None), TaskProgressColumn()]
        ends: list[ProgressColumn] = [TimeRemainingColumn()]
        if state.is_bytes:
            ends = [DownloadColumn(), TransferSpeedColumn(), *ends]
        else:
            ends = [MofNCompleteColumn(), *ends]
        return [TextColumn("{task.description}"), BarColumn(), *ends]

    def _line(self, label: str, stage: str) -> Text:
        text = f"  {stage:<{_STAGE_WIDTH}}{printable(label)}" if label else f"  {stage}"
        style = "" if label or self.console.no_color else "dim"
        line = Text(text, style=style, no_wrap=True)
        line.truncate(self.console.width - 1, overflow="ellipsis")
        return line
