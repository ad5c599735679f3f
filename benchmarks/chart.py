"""Bar charts as SVG: readable in a light and in a dark page, with no library."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 760
LABEL_WIDTH = 250
VALUE_WIDTH = 110
TOP = 64
ROW = 34
BAR = 20
BOTTOM = 40
CHARACTER_WIDTH = 7.0

STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f; }
.title { font-size: 16px; font-weight: 600; }
.note, .tick { font-size: 12px; fill: #656d76; }
.grid { stroke: #d0d7de; stroke-width: 1; }
.bar { fill: #8c959f; }
.ours { fill: #1f6feb; }
.value { font-weight: 600; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .note, .tick { fill: #9198a1; }
  .grid { stroke: #3d444d; }
  .bar { fill: #656c76; }
  .ours { fill: #4493f8; }
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: `value` decides its length, `text` is written behind it."""

    label: str
    value: float
    text: str
    is_ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """Where values stand: from `start` to `end`, with a line at each tick."""

    start: float
    end: float
    ticks: tuple[float, ...]
    is_logarithmic: bool

    def share(self, value: float) -> float:
        """Return how far along the axis `value` is, from 0 to 1."""
        if self.is_logarithmic:
            span = math.log(self.end / self.start)
            return max(0.0, math.log(max(value, self.start) / self.start) / span)
        return (value - self.start) / (self.end - self.start)


def linear_axis(values: Iterable[float]) -> Axis:
    """Return an axis from 0 with four to eight ticks on round numbers."""
    top = max(values)
    step = next(
        size
        for power in range(-9, 12)
        for size in (10.0**power, 2 * 10.0**power, 5 * 10.0**power)
        if top / size <= 7
    )
    count = math.ceil(top / step)
    ticks = tuple(step * number for number in range(count + 1))
    return Axis(start=0.0, end=ticks[-1], ticks=ticks, is_logarithmic=False)


def logarithmic_axis(values: Sequence[float]) -> Axis:
    """Return an axis of 1, 2, 5, 10 ... with a tick below and above all values."""
    sizes = [base * 10.0**power for power in range(-6, 10) for base in (1, 2, 5)]
    below = max(size for size in sizes if size < min(values))
    above = min(size for size in sizes if size >= max(values))
    ticks = tuple(size for size in sizes if below <= size <= above)
    return Axis(start=below, end=above, ticks=ticks, is_logarithmic=True)


def bar_chart(
    bars: Sequence[Bar], *, title: str, note: str, is_logarithmic: bool = False
) -> str:
    """Return an SVG document with one bar a row, under `title` and `note`."""
    values = [bar.value for bar in bars]
    axis = logarithmic_axis(values) if is_logarithmic else linear_axis(values)
    height = TOP + ROW * len(bars) + BOTTOM
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>{STYLE}</style>",
        f'<text class="title" x="16" y="26">{escape(title)}</text>',
        f'<text class="note" x="16" y="46">{escape(note)}</text>',
        *_grid(axis, bottom=height - BOTTOM),
        *(line for row, bar in enumerate(bars) for line in _row(bar, axis, row)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _x(axis: Axis, value: float) -> float:
    return LABEL_WIDTH + axis.share(value) * (WIDTH - LABEL_WIDTH - VALUE_WIDTH)


def _grid(axis: Axis, *, bottom: int) -> Iterable[str]:
    for tick in axis.ticks:
        x = f"{_x(axis, tick):.1f}"
        y1, y2 = TOP - 4, bottom + 4
        yield f'<line class="grid" x1="{x}" x2="{x}" y1="{y1}" y2="{y2}"/>'
        place = f'x="{x}" y="{bottom + 20}" text-anchor="middle"'
        yield f'<text class="tick" {place}>{tick:g}</text>'


def _row(bar: Bar, axis: Axis, row: int) -> Iterable[str]:
    top = TOP + ROW * row + (ROW - BAR) // 2
    middle = top + BAR / 2 + 4.5
    length = max(2.0, _x(axis, bar.value) - LABEL_WIDTH)
    kind = "bar ours" if bar.is_ours else "bar"
    place = f'x="{LABEL_WIDTH - 10}" y="{middle}" text-anchor="end"'
    yield f"<text {place}>{escape(_fitting(bar.label))}</text>"
    area = f'x="{LABEL_WIDTH}" y="{top}" width="{length:.1f}" height="{BAR}" rx="3"'
    yield f'<rect class="{kind}" {area}/>'
    x = LABEL_WIDTH + length + 8
    yield f'<text class="value" x="{x:.1f}" y="{middle}">{escape(bar.text)}</text>'


def _fitting(label: str) -> str:
    room = int((LABEL_WIDTH - 20) / CHARACTER_WIDTH)
    return label if len(label) <= room else label[: room - 1] + "…"
