"""What the three hosts are made of, and what a process on them is told."""

from pathlib import Path

import pytest

from tests.network.hermetic import Sandbox, listing, process_variables
from tests.network.installation import (
    added_variables,
    parse_environment,
    passed_on,
    tree_of,
)
from tests.network.results import Result, causes, results_table, totals
from tests.network.test_bare_root import network_variables, readme_blocks
from tests.network.workload import Mode

STORE = Path("/var/store")


def sandbox(*, is_root: bool = False) -> Sandbox:
    return Sandbox(
        bwrap=Path("/usr/bin/bwrap"),
        busybox=Path("/bin/busybox"),
        shell=STORE / "tree/usr/bin/dash",
        store=STORE,
        equipment=Path("/equipment"),
        is_root=is_root,
    )


def options(command: tuple[str, ...], option: str, *, values: int) -> list[str]:
    places = (place for place, word in enumerate(command) if word == option)
    return [" ".join(command[place + 1 : place + 1 + values]) for place in places]


def test_a_hermetic_host_has_nothing_of_this_one_but_a_static_busybox() -> None:
    command = sandbox().command(Mode.HERMETIC, work=Path("/w"))
    bound = options(command, "--ro-bind", values=2)

    assert "--dev-bind" not in command
    assert options(command, "--bind", values=2) == ["/w /tmp/work"]
    assert bound == [
        "/bin/busybox /bin/busybox",
        "/equipment/applets /applets",
        "/equipment/passwd /etc/passwd",
        "/equipment/group /etc/group",
        "/equipment/hosts /etc/hosts",
        "/var/store /var/store",
    ]


@pytest.mark.parametrize("mode", [Mode.HOST, Mode.ROOT])
def test_other_hosts_could_write_to_the_store(mode: Mode) -> None:
    command = sandbox().command(mode, work=Path("/w"))

    assert "/var/store /var/store" in options(command, "--bind", values=2)


@pytest.mark.parametrize("mode", Mode)
def test_no_host_has_a_network(mode: Mode) -> None:
    assert "--unshare-net" in sandbox().command(mode, work=Path("/w"))


@pytest.mark.parametrize(
    ("is_root", "numbers"),
    [
        pytest.param(True, [], id="the real one, if there is one"),
        pytest.param(False, ["0"], id="else one of a user namespace"),
    ],
)
def test_root_is_real_where_the_tester_is_root(
    *, is_root: bool, numbers: list[str]
) -> None:
    command = sandbox(is_root=is_root).command(Mode.ROOT, work=Path("/w"))

    assert options(command, "--uid", values=1) == numbers
    assert options(command, "--cap-add", values=1) == ["ALL"]


def test_the_environment_comes_before_the_tools_of_the_host(tmp_path: Path) -> None:
    added = {"PATH": "/t/usr/bin:/t/bin", "A": "1"}
    found = process_variables(added, mode=Mode.HERMETIC, tree=tmp_path)

    assert found["PATH"] == "/t/usr/bin:/t/bin:/applets:/bin"
    assert found["A"] == "1"
    assert "LOCPATH" not in found


@pytest.mark.parametrize(
    ("mode", "is_told"), [(Mode.HERMETIC, True), (Mode.HOST, False)]
)
def test_only_a_host_without_locales_is_told_of_the_environments(
    mode: Mode, *, is_told: bool, tmp_path: Path
) -> None:
    (tmp_path / "usr/lib/locale").mkdir(parents=True)
    found = process_variables({"PATH": "/t"}, mode=mode, tree=tmp_path)

    assert ("LOCPATH" in found) is is_told


def test_what_an_environment_adds_is_told_from_what_was_there() -> None:
    ambient = {"PATH": "/usr/bin:/bin", "HOME": "/h"}
    printed = b"PATH=/t/bin:/usr/bin:/bin\0HOME=/h\0X=a\nb=c\0SHLVL=1\0"

    assert added_variables(parse_environment(printed), ambient=ambient) == {
        "PATH": "/t/bin",
        "X": "a\nb=c",
    }


def test_a_command_under_test_sees_the_way_to_the_network_and_no_search_path() -> None:
    outer = {"https_proxy": "p", "DEVENV_X": "1", "PYTHONPATH": "/x", "HOME": "/h"}

    assert passed_on(outer) == {"https_proxy": "p", "DEVENV_X": "1", "HOME": "/h"}


def test_the_tree_is_the_store_path_that_comes_first_on_path() -> None:
    variables = {"PATH": f"{STORE}/abc-tree/usr/local/bin:/usr/bin"}

    assert tree_of(variables, store=STORE) == STORE / "abc-tree"


@pytest.mark.parametrize("change", ["write", "add", "remove", "mode", "touch"])
def test_a_listing_differs_after_any_change(change: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    file = tmp_path / "folder/file"
    file.write_text("one")
    before = listing(tmp_path)
    match change:
        case "write":
            file.write_text("longer")
        case "add":
            (tmp_path / "folder/other").touch()
        case "remove":
            file.unlink()
        case "mode":
            file.chmod(0o600 if file.stat().st_mode & 0o077 else 0o644)
        case _:
            file.write_text("two")

    assert listing(tmp_path) != before


def test_results_are_a_row_a_workload_with_totals_and_causes() -> None:
    common = {"name": "r", "packages": "r-base", "proves": "it runs"}
    results = [
        Result(**common, mode="hermetic", verdict="exit 1", cause="unknown"),
        Result(**common, mode="host", verdict="ok"),
    ]

    assert results_table(results).splitlines()[-1] == (
        "| r | r-base | it runs | exit 1 | ok |  |"
    )
    assert totals(results) == "hermetic: 0 of 1\nhost: 1 of 1"
    assert causes(results) == "- r (hermetic): unknown"


def test_the_readmes_commands_are_found_by_their_marks() -> None:
    text = "a\n<!-- run: use -->\n```sh\none &&\ntwo\n```\n```sh\nno\n```\n"

    assert readme_blocks(text) == {"use": "one &&\ntwo\n"}


def test_a_bare_root_gets_the_hosts_network_and_nothing_else() -> None:
    outer = {"HTTPS_PROXY": "p", "PIP_CERT": "c", "PYTHONPATH": "/x", "HOME": "/h"}

    assert network_variables(outer) == {"HTTPS_PROXY": "p", "PIP_CERT": "c"}
