"""The table of what became of each template, and where it is written."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

import pytest

RESULTS_FILE = Path(__file__).with_name("templates.md")
PREFACE = """# Templates

A project of each, made by `devenv init NAME --yes`, realised from the real archive,
then built and run in `devenv shell --pure` by an ordinary user without a network, its
source edited, and built and run again. Times are in seconds on a machine that other
work kept busy; the store is shared: a later template takes what an earlier one made.
Written by `pytest tests/network/test_templates.py -m network -n0 --write-results`.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateResult:
    """How long each step took ("" if it was not reached), and how large it is."""

    template: str
    packages: str = ""
    download: str = ""
    unpacked: str = ""
    init: str = ""
    realise: str = ""
    build: str = ""
    run: str = ""
    rebuild: str = ""


def template_table(results: Iterable[TemplateResult]) -> str:
    """Return one Markdown row a template."""
    names = [each.name for each in fields(TemplateResult)]
    rows = [
        [str(getattr(result, name)) for name in names]
        for result in sorted(results, key=lambda result: result.template)
    ]
    lines = (names, ["---"] * len(names), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


class TemplateCollector:
    """Gathers what the templates' tests reported, from other processes too."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.results: list[TemplateResult] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        found = dict(report.user_properties).get("template")
        if report.when == "call" and isinstance(found, dict):
            self.results.append(TemplateResult(**found))

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> None:
        if not self.results:
            return
        table = template_table(self.results)
        terminalreporter.section("templates")
        terminalreporter.line(table)
        if self.config.getoption("write_results", default=False):
            RESULTS_FILE.write_text(f"{PREFACE}\n{table}\n")
