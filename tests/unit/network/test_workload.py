"""The table of workloads is sound, and its reader refuses what it does not know."""

import pytest

from tests.network.workload import Mode, Workload, all_workloads, parse_workloads

ONE = """
[[workload]]
name = "tree"
packages = ["tree"]
proves = "tree draws"
script = "tree"
"""


def test_a_workload_runs_as_a_user_on_two_hosts_and_as_root_on_demand() -> None:
    (plain,) = parse_workloads(ONE)
    (rooted,) = parse_workloads(f"{ONE}as_root = true\n")

    assert plain.modes == (Mode.HERMETIC, Mode.HOST)
    assert rooted.modes == (Mode.HERMETIC, Mode.HOST, Mode.ROOT)


def test_a_known_failure_names_its_mode_and_cause() -> None:
    (found,) = parse_workloads(f'{ONE}fails = {{ hermetic = "a fixed path" }}\n')

    assert found.fails == {Mode.HERMETIC: "a fixed path"}


@pytest.mark.parametrize(
    ("line", "error"),
    [
        pytest.param('fails = { elsewhere = "?" }', ValueError, id="unknown mode"),
        pytest.param("timeout = 3", TypeError, id="unknown key"),
        pytest.param("name = 3 4", ValueError, id="not TOML"),
    ],
)
def test_a_mistake_in_the_table_is_an_error(line: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse_workloads(f"{ONE}{line}\n")


def test_every_workload_has_a_name_of_its_own() -> None:
    names = [workload.name for workload in all_workloads()]

    assert len(names) >= 57
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("workload", all_workloads(), ids=lambda each: each.name)
def test_a_workload_can_fail_and_says_what_it_proves(workload: Workload) -> None:
    assert workload.packages
    assert workload.proves
    assert "|| true\n" not in workload.script.rstrip().splitlines()[-1]
    assert "sleep 1\n" not in workload.script
