"""Charts are well-formed, to scale, and mark our own bars."""

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.chart import Bar, bar_chart, linear_axis, logarithmic_axis

SVG = "{http://www.w3.org/2000/svg}"
VALUES = st.lists(st.floats(min_value=0.001, max_value=1e6), min_size=1, max_size=8)


def widths(svg: str) -> list[float]:
    found = ET.fromstring(svg).iter(f"{SVG}rect")  # noqa: S314 -- made here
    return [float(rect.attrib["width"]) for rect in found]


def bars(*values: float) -> list[Bar]:
    return [Bar(label=f"<{value}>", value=value, text=f"{value} s") for value in values]


def test_a_linear_bar_is_as_long_as_its_value() -> None:
    one, four = widths(bar_chart(bars(1.0, 4.0), title="a & b", note="<seconds>"))

    assert four == pytest.approx(4 * one, abs=0.2)


def test_a_logarithmic_bar_grows_by_the_same_for_the_same_factor() -> None:
    chart = bar_chart(bars(1.0, 10.0, 100.0), title="t", note="n", is_logarithmic=True)
    first, second, third = widths(chart)

    assert third - second == pytest.approx(second - first, abs=0.2)


def test_only_our_bars_are_marked() -> None:
    ours = Bar(label="ours", value=1.0, text="1 s", is_ours=True)
    chart = bar_chart([ours, *bars(2.0)], title="t", note="n")

    assert re.findall(r'<rect class="([^"]*)"', chart) == ["bar ours", "bar"]


def test_a_long_label_is_cut_and_a_short_one_is_not() -> None:
    long = Bar(label="x" * 200, value=1.0, text="1 s")
    chart = bar_chart([long, *bars(1.0)], title="t", note="n")

    assert "x" * 200 not in chart
    assert "…</text>" in chart
    assert "&lt;1.0&gt;" in chart


@given(VALUES)
def test_a_linear_axis_starts_at_nothing_and_holds_every_value(
    values: list[float],
) -> None:
    axis = linear_axis(values)

    assert axis.ticks[0] == 0
    assert max(values) <= axis.end * (1 + 1e-9)
    assert 2 <= len(axis.ticks) <= 9


@given(VALUES)
def test_a_logarithmic_axis_begins_below_and_ends_above_every_value(
    values: list[float],
) -> None:
    axis = logarithmic_axis(values)

    assert axis.start < min(values)
    assert axis.end >= max(values)
    assert all(0 < axis.share(value) <= 1 for value in values)
