"""Every workload does its job on every kind of host, and changes nothing."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.network.hermetic import Sandbox, listing, process_variables
from tests.network.installation import Installation, tree_of
from tests.network.results import WORKED, Result
from tests.network.workload import Mode, Workload, all_workloads

pytestmark = [pytest.mark.network, pytest.mark.timeout(1800)]

Record = Callable[[str, object], None]


class WorkloadError(AssertionError):
    """A workload's script failed, though its environment was made."""


def _cases() -> Iterator[object]:
    for workload in all_workloads():
        for mode in workload.modes:
            cause = workload.fails.get(mode)
            marks = pytest.mark.xfail(reason=cause or "", raises=WorkloadError)
            name = f"{workload.name}-{mode}"
            yield pytest.param(workload, mode, id=name, marks=marks if cause else ())


def _result(workload: Workload, mode: Mode, *, verdict: str) -> dict[str, str]:
    result = Result(
        name=workload.name,
        packages=" ".join(workload.packages),
        proves=workload.proves,
        mode=mode,
        verdict=verdict,
        cause=workload.fails.get(mode, ""),
    )
    return {key: str(value) for key, value in asdict(result).items()}


@pytest.mark.parametrize(("workload", "mode"), tuple(_cases()))
def test_a_workload_does_its_job_and_leaves_its_environment_as_it_was(
    workload: Workload,
    mode: Mode,
    installation: Installation,
    sandbox: Sandbox,
    tmp_path: Path,
    record_property: Record,
) -> None:
    added = installation.environment(workload.packages)
    tree = tree_of(added, store=installation.store)
    before = listing(tree)
    variables = process_variables(added, mode=mode, tree=tree)
    outcome = sandbox.run(workload, mode, work=tmp_path, variables=variables)
    verdict = WORKED if outcome.status == 0 else f"exit {outcome.status}"
    record_property("workload", _result(workload, mode, verdict=verdict))
    if outcome.status != 0:
        said = f"exit {outcome.status} in {tree.name}\n{outcome.output}"
        raise WorkloadError(said)

    assert listing(tree) == before
