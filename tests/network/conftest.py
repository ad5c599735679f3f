"""The installation under test, the sandbox, and the table of results."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.network.hermetic import Sandbox, make_equipment, missing_tools
from tests.network.installation import Installation, find_command, tree_of
from tests.network.results import Result, causes, results_table, totals
from tests.network.template_results import TemplateCollector

RESULTS_FILE = Path(__file__).with_name("results.md")
PREFACE = """# Workloads

Small real jobs, each in an environment of its own, on three kinds of host (see
`hermetic.py`). Written by `pytest tests/network -m network --write-results`.
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-results",
        action="store_true",
        help="write the tables to tests/network/results.md and templates.md",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(ResultsCollector(config), "workload-results")
    config.pluginmanager.register(TemplateCollector(config), "template-results")


class ResultsCollector:
    """Gathers what the workloads reported, from other processes too."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.results: list[Result] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        found = dict(report.user_properties).get("workload")
        if report.when == "call" and isinstance(found, dict):
            self.results.append(Result(**found))

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> None:
        if not self.results:
            return
        terminalreporter.section("workloads")
        terminalreporter.line(results_table(self.results))
        terminalreporter.line(totals(self.results))
        if self.config.getoption("write_results", default=False):
            parts = (PREFACE, results_table(self.results), totals(self.results))
            known = causes(self.results)
            text = "\n".join((*parts, "", known)) if known else "\n".join(parts)
            RESULTS_FILE.write_text(f"{text.rstrip()}\n")


def unavailable(reason: str) -> None:
    """Skip at home; in CI, where it should be there, fail."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Yield devenv with a store of this session; verify and delete it at the end.

    DEVENV_TEST_STORE names a folder to be used instead, and to be kept.
    """
    command = find_command()
    if command is None:
        pytest.fail("there is no devenv beside this Python: pip install -e .")
    kept = os.environ.get("DEVENV_TEST_STORE")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("devenv")
    folder.mkdir(parents=True, exist_ok=True)
    under_test = Installation(command=command, folder=folder.resolve())
    yield under_test
    if under_test.store.is_dir():
        under_test.run(["store", "verify", "--content"])
    if not kept:
        under_test.run(["store", "delete", "--all"])
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def sandbox(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Sandbox:
    """Return what makes the workloads' hosts."""
    if missing := missing_tools():
        unavailable(f"a hermetic host needs {', '.join(missing)}")
    busybox = Path(str(shutil.which("busybox"))).resolve()
    equipment = tmp_path_factory.mktemp("equipment")
    make_equipment(equipment, busybox=busybox)
    dash = tree_of(installation.environment(["dash"]), store=installation.store)
    return Sandbox(
        bwrap=Path(str(shutil.which("bwrap"))),
        busybox=busybox,
        shell=dash / "usr/bin/dash",
        store=installation.store,
        equipment=equipment,
        is_root=os.geteuid() == 0,
    )
