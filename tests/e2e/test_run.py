"""`devenv run`, from the index to the program's exit status."""

import json
import stat
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fixtures.archive import Package
from tests.fixtures.deb import File
from tests.fixtures.world import HELLO, HELLO_DATA, PACKAGES, World


def test_a_package_is_run_with_its_arguments(world: World) -> None:
    done = world.run("run", "hello", "a b", "--help")
    assert done.stdout == "hello a b --help\n"
    assert done.returncode == 0


def test_the_program_ends_with_its_own_status(world: World) -> None:
    assert world.run("run", "hello", "--fail").returncode == 7
    assert world.run("run", "hello", "--fail").returncode == 7


def test_a_command_sees_several_packages(world: World) -> None:
    done = world.run("run", "-p", "hello", "-p", "toolbox", "--", "sh", "-c",
                     "hello 1; mallet")  # fmt: skip
    assert done.stdout == "hello 1\nbang\n"


def test_the_hosts_programs_stay_reachable_behind_those_of_packages(
    world: World,
) -> None:
    done = world.run("run", "-p", "toolbox", "--", "sh", "-c", "echo $PATH")
    first, *rest = done.stdout.strip().split(":")
    assert first.startswith(str(world.store))
    assert rest == ["/usr/bin", "/bin"]


def test_a_second_run_needs_no_network(world: World) -> None:
    world.run("run", "hello")
    asked = len(world.server.requests)
    assert world.run("run", "hello", "again").stdout == "hello again\n"
    assert len(world.server.requests) == asked


def test_packages_are_not_unpacked_twice(world: World) -> None:
    world.run("run", "hello")
    before = set(world.store_paths)
    done = world.run("run", "-p", "hello", "-p", "hello-data", "--", "hello", "x")
    fresh = set(world.store_paths) - before
    assert done.stdout == "hello x\n"
    assert [name.partition("-")[2] for name in fresh] == ["hello-and-1-env-tree"]


def test_a_tree_is_read_only_and_keeps_the_archives_times(world: World) -> None:
    world.run("run", "hello")
    program = Path(world.run("which", "hello").stdout.strip())
    assert stat.S_IMODE(program.stat().st_mode) == 0o555
    assert stat.S_IMODE(program.parent.stat().st_mode) == 0o555
    assert program.stat().st_mtime == 1_700_000_000


def test_documentation_is_left_out(world: World) -> None:
    world.run("run", "hello")
    assert not list(world.store.rglob("README"))


def test_a_newer_package_is_used_once_the_index_is_asked_again(world: World) -> None:
    world.run("run", "hello")
    files = {"usr/share/hello/greeting": b"good morning\n"}
    newer = Package(name="hello-data", version="3", architecture="all", files=files)
    world.publish(HELLO, newer)
    assert world.run("run", "hello", "x").stdout == "hello x\n"
    assert world.run("run", "--refresh", "hello", "x").stdout == "good morning x\n"
    assert world.run("run", "hello", "x").stdout == "good morning x\n"


def test_a_version_can_be_chosen(world: World) -> None:
    files = {"usr/share/hello/greeting": b"good morning\n"}
    newer = Package(name="hello-data", version="3", architecture="all", files=files)
    world.publish(HELLO, HELLO_DATA, newer)
    done = world.run("run", "-p", "hello", "-p", "hello-data@2", "--", "hello")
    assert done.stdout == "hello \n"


def test_the_package_that_holds_a_program_is_found_and_named(world: World) -> None:
    done = world.run("run", "saw")
    assert done.stdout == "rasp\n"
    assert "no package is called saw; toolbox holds a program of that name" in (
        done.stderr
    )


def test_several_programs_are_listed_to_choose_from(world: World) -> None:
    done = world.run("run", "toolbox")
    assert done.returncode == 1
    assert "toolbox has several programs: hammer, mallet, saw" in done.stderr
    assert "devenv run -p toolbox -- PROGRAM" in done.stderr


def test_a_package_without_programs_says_how_it_is_used(world: World) -> None:
    done = world.run("run", "hello-data")
    assert done.returncode == 1
    assert "hello-data has no program to run" in done.stderr


def test_an_unknown_name_gets_a_suggestion(world: World) -> None:
    done = world.run("run", "helo")
    assert done.returncode == 1
    assert "no package called helo" in done.stderr
    assert "did you mean hello" in done.stderr


def test_what_cannot_be_satisfied_is_explained(world: World) -> None:
    done = world.run("run", "broken")
    assert done.returncode == 1
    assert "broken" in done.stderr
    assert "no-such-thing" in done.stderr


def test_a_command_that_is_nowhere_is_an_error(world: World) -> None:
    done = world.run("run", "-p", "hello", "--", "no-such-command")
    assert done.returncode == 1
    assert "there is no command called no-such-command" in done.stderr


def test_a_script_can_ask_for_its_interpreter(world: World, tmp_path: Path) -> None:
    bin_directory = tmp_path / "bin"
    bin_directory.mkdir()
    (bin_directory / "devenv").symlink_to(world.command()[0])
    script = tmp_path / "script"
    script.write_text("#!/usr/bin/env -S devenv run -p hello -- sh\nhello from sh\n")
    script.chmod(0o755)
    env = {"PATH": f"{bin_directory}:/usr/bin:/bin"}
    done = world.run(env=env, through=["/usr/bin/env", str(script)])
    assert done.stdout == "hello from sh\n", done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(("run",), "nothing to run", id="no words"),
        pytest.param(("run", "a/b"), "not the name of a package", id="a path"),
        pytest.param(("run", "nowhere:jq"), "no input", id="an unknown input"),
        pytest.param(("store", "delete"), "say what to delete", id="delete"),
        pytest.param(("run", "--no-such-option"), "has no option", id="an option"),
    ],
)
def test_a_command_line_that_makes_no_sense_has_status_2(
    world: World, arguments: tuple[str, ...], message: str
) -> None:
    done = world.run(*arguments)
    assert message in done.stderr
    assert done.returncode == 2


def test_signals_are_as_a_shell_leaves_them(world: World) -> None:
    command = ("run", "-p", "hello", "--", "grep", "SigIgn", "/proc/self/status")
    cold, warm = world.run(*command).stdout, world.run(*command).stdout
    assert cold.split() == warm.split() == ["SigIgn:", "0" * 16]


def test_a_version_counts_for_the_package_that_holds_a_program(world: World) -> None:
    assert world.run("run", "saw@1.0").stdout == "rasp\n"
    done = world.run("run", "saw@7")
    assert done.returncode == 1
    assert "1.0" in done.stderr


def test_a_program_may_have_capitals(world: World) -> None:
    shouting = Package(
        name="shout",
        version="1",
        architecture="all",
        files={"usr/bin/Shout": b"#!/bin/sh\necho LOUD\n"},
    )
    world.publish(shouting)
    assert world.run("run", "Shout").stdout == "LOUD\n"


def test_a_mistake_in_one_input_does_not_break_another(world: World) -> None:
    with (world.home / ".config/devenv/config.toml").open("a") as file:
        file.write('other = { apt = "http://127.0.0.1", suite = "x", key = "none" }\n')
    assert world.run("run", "hello").returncode == 0
    done = world.run("run", "other:hello")
    assert done.returncode == 1
    assert "key of the input other" in done.stderr


def test_which_finds_what_run_would_run(world: World) -> None:
    assert world.run("which", "saw").stdout.endswith("/usr/bin/saw\n")
    assert world.run("which", "hello").stdout.endswith("/usr/bin/hello\n")


def test_an_older_index_is_refused_until_it_is_meant(world: World) -> None:
    world.run("run", "hello")
    older = replace(world.suite, date=world.suite.date - timedelta(days=3))
    world.archive.publish(older, {"main": PACKAGES})
    refused = world.run("search", "--refresh", "hello")
    assert refused.returncode == 1
    assert "--allow-rollback" in refused.stderr
    assert world.run("search", "--refresh", "--allow-rollback", "hello").returncode == 0


def test_which_knows_programs_of_the_environment_only(world: World) -> None:
    assert world.run("which", "/bin/sh", "-p", "hello").returncode == 1
    assert world.run("which", "x" * 300, "-p", "hello").returncode == 1


def test_search_finds_by_name_and_description(world: World) -> None:
    assert world.run("search", "hello").stdout.splitlines() == [
        "hello       2.1-1  greets the world",
        "hello-data  2.1-1  what hello says",
    ]
    found = json.loads(world.run("search", "--json", "tools").stdout)
    assert [item["name"] for item in found["packages"]] == ["toolbox"]


def test_search_that_finds_nothing_has_status_1(world: World) -> None:
    done = world.run("search", "nothing-like-it")
    assert (done.returncode, done.stdout) == (1, "")


def test_info_tells_what_a_package_brings_along(world: World) -> None:
    facts = json.loads(world.run("info", "--json", "hello").stdout)
    assert facts["version"] == "2.1-1"
    assert facts["closure"] == ["hello", "hello-data"]
    assert "greets the world" in world.run("info", "hello").stdout


def test_foreign_text_cannot_reach_the_terminal_raw(world: World) -> None:
    nasty = Package(
        name="nasty",
        version="1",
        architecture="all",
        fields={"Description": "red \x1b[31m alert"},
        files={"usr/bin/nasty": File(b"#!/bin/sh\n", mode=0o755)},
    )
    world.publish(nasty)
    assert "\\x1b[31m" in world.run("search", "nasty").stdout


def test_doctor_is_content_with_a_machine_that_works(world: World) -> None:
    done = world.run("doctor")
    assert done.returncode == 0, done.stdout
    assert "PROBLEM" not in done.stdout


def test_a_module_that_names_the_tree_is_compiled_as_the_tree_has_it(
    world: World,
) -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    start = f'#!/bin/sh\nexec {sys.executable} "$@"\n'.encode()
    interpreter = Package(
        name=f"python{version}-minimal",
        version="1",
        architecture="all",
        files={f"usr/bin/python{version}": start},
    )
    module = Package(
        name="python3-place",
        version="1",
        architecture="all",
        depends=f"python{version}-minimal",
        files={
            "usr/lib/python3/dist-packages/place.py": b"DATA = '/usr/share/place'\n",
            "usr/share/place/data": b"",
        },
    )
    world.publish(interpreter, module, *PACKAGES)
    ask = (
        "import sys; tree = sys.argv[1].rpartition('/usr/bin/')[0];"
        "sys.path.insert(0, tree + '/usr/lib/python3/dist-packages');"
        "import place; print(place.DATA == tree + '/usr/share/place')"
    )
    show = f'python{version} -I -c "$0" "$(command -v python{version})"'
    for packages in (("python3-place",), ("python3-place", "toolbox")):
        flags = [word for name in packages for word in ("-p", name)]
        done = world.run("run", *flags, "--", "sh", "-c", show, ask)
        assert done.stdout == "True\n", done.stderr
    assert world.run("store", "verify", "--content").returncode == 0


def test_essential_packages_join_where_a_script_needs_them(world: World) -> None:
    essential = Package(
        name="coreutils",
        version="1",
        architecture="all",
        files={"usr/bin/from-coreutils": b"#!/bin/sh\necho essential\n"},
    )
    world.publish(essential, *PACKAGES)
    with_script = world.run("run", "-p", "hello", "--", "from-coreutils")
    assert with_script.stdout == "essential\n", with_script.stderr
    without = world.run("run", "-p", "hello-data", "--", "from-coreutils")
    assert without.returncode == 1
    again = world.run("run", "-p", "hello", "-p", "toolbox", "--", "from-coreutils")
    assert again.stdout == "essential\n"
