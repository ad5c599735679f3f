"""Figures as people read them."""

import json
from pathlib import Path

import pytest

from benchmarks.cold.devenv import synced
from benchmarks.report import (
    markdown_table,
    milliseconds,
    plain_seconds,
    raw,
    three_figures,
    write_results,
)
from benchmarks.run.peers import new_packages
from benchmarks.timing import Sample


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(0.7349, "0.73", id="below ten"),
        pytest.param(13.06, "13.1", id="below a hundred"),
        pytest.param(139.4, "139", id="from a hundred on"),
        pytest.param(20000.0, "20000", id="never an exponent"),
    ],
)
def test_three_figures_are_enough(value: float, text: str) -> None:
    assert three_figures(value) == text


def test_seconds_are_told_in_the_unit_that_fits() -> None:
    assert (milliseconds(0.00135), plain_seconds(12.62)) == ("1.35 ms", "12.6 s")


def test_a_table_keeps_its_columns_whatever_a_cell_holds() -> None:
    table = markdown_table(("", "median"), [("a | b", "1 s")])

    assert table == "|  | median |\n| --- | ---: |\n| a / b | 1 s |"


def test_results_are_written_as_text_figures_and_charts(tmp_path: Path) -> None:
    sample = Sample(seconds=1.5, cpu_seconds=1.0, largest_process_mib=8.0)
    figures = raw({"one": [sample]})
    write_results(
        "speed",
        text="# Speed\n\n",
        figures=figures,
        charts={"speed": "<svg/>\n"},
        folder=tmp_path / "results",
    )
    written = {path.name: path.read_text() for path in (tmp_path / "results").iterdir()}

    assert written["speed.md"] == "# Speed\n"
    assert written["speed.svg"] == "<svg/>\n"
    assert json.loads(written["speed.json"])["one"]["seconds"] == [1.5]


def test_a_row_of_figures_is_one_line(tmp_path: Path) -> None:
    figures = {"row": [1, -2.5, 3e-05], "other": [], "text": ["1", "2"]}
    write_results("speed", text="", figures=figures, charts={}, folder=tmp_path)
    written = (tmp_path / "speed.json").read_text()
    assert json.loads(written) == figures
    assert '"row": [ 1, -2.5, 3e-05 ]' in written


def test_a_simulated_installation_tells_new_packages_from_upgrades() -> None:
    said = (
        "Reading package lists...\n"
        "Inst perl [5.36.0-7] (5.36.0-8 Debian:12 [amd64]) []\n"
        "Inst libgc1 (1:8.2.2-3 Debian:12.15/oldstable [amd64])\n"
        "Inst nix-bin (2.8.0-1.1+b1 Debian:12.15/oldstable [amd64])\n"
        "Conf libgc1 (1:8.2.2-3 Debian:12.15/oldstable [amd64])\n"
    )

    assert new_packages(said) == ["libgc1", "nix-bin"]


def test_a_synced_command_is_quoted_word_by_word(tmp_path: Path) -> None:
    shell, option, line = synced(("echo", "a b", "$HOME"), folder=tmp_path / "c d")

    assert (shell, option) == ("/bin/sh", "-c")
    assert line == f"echo 'a b' '$HOME' && exec sync -f '{tmp_path}/c d'"
