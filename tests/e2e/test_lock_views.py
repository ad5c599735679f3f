"""What a project's environment is made of, told by the commands that look at it."""

import json
from pathlib import Path

import pytest

from tests.fixtures.archive import Package
from tests.fixtures.project_world import ProjectWorld
from tests.fixtures.world import HELLO, HELLO_DATA, TOOLBOX

DASH = Package(
    name="dash",
    version="0.5",
    architecture="all",
    depends="libdash",
    files={"usr/share/dash/x": b"x"},
)
LIBDASH = Package(name="libdash", version="0.5", architecture="all")
OTHER = Package(
    name="toolbox",
    version="9.9-1",
    architecture="all",
    fields={"Installed-Size": "7"},
)


@pytest.fixture
def locked(project: ProjectWorld) -> ProjectWorld:
    """A project of two inputs, with a base set, locked."""
    hello_data = Package(
        name="hello-data",
        version="2.1-1",
        architecture="all",
        files=HELLO_DATA.files,
        fields={"Installed-Size": "2048"},
    )
    project.publish(HELLO, hello_data, TOOLBOX, DASH, LIBDASH)
    project.publish(OTHER, suite="other")
    project.write_spec("hello", "hello@2", "other:toolbox")
    done = project.run("lock")
    assert done.returncode == 0, done.stderr
    return project


def told(project: ProjectWorld, *words: str, cwd: Path | None = None) -> str:
    done = project.run(*words, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_was_asked_for_is_listed_with_its_origin(locked: ProjectWorld) -> None:
    lines = [line.split() for line in told(locked, "list").splitlines()]
    assert [(line[:3], line[5:]) for line in lines] == [
        (["hello", "2.1-1", "own"], ["as", "hello@2"]),
        (["toolbox", "9.9-1", "other"], ["as", "other:toolbox"]),
    ]


def test_everything_is_listed_with_what_it_is_for(locked: ProjectWorld) -> None:
    lines = [line.split() for line in told(locked, "list", "--all").splitlines()]
    assert {line[0]: " ".join(line[5:]) for line in lines} == {
        "dash": "for scripts",
        "hello": "as hello@2",
        "hello-data": "needed",
        "libdash": "for scripts",
        "toolbox": "as other:toolbox",
    }


def test_a_project_is_found_from_below_and_by_its_name(locked: ProjectWorld) -> None:
    below = locked.folder / "a/b"
    below.mkdir(parents=True)
    expected = told(locked, "list")
    assert told(locked, "list", cwd=below) == expected
    folder = str(locked.folder)
    assert told(locked, "list", "--project", folder, cwd=Path("/")) == expected


def test_needs_are_drawn_as_a_tree(locked: ProjectWorld) -> None:
    assert told(locked, "tree").splitlines() == [
        "hello 2.1-1 (own)",
        "└── hello-data 2.1-1",
        "toolbox 9.9-1 (other)",
    ]
    assert told(locked, "tree", "--depth", "0").splitlines()[0] == (
        "hello 2.1-1 (own) ..."
    )
    assert told(locked, "tree", "hello-data", "--reverse").splitlines() == [
        "hello-data 2.1-1 (own)",
        "└── hello 2.1-1",
    ]
    assert told(locked, "tree", "other:toolbox") == "toolbox 9.9-1 (other)\n"


def test_the_tree_of_what_only_scripts_need_can_be_asked_for(
    locked: ProjectWorld,
) -> None:
    assert told(locked, "tree", "dash").splitlines()[1] == "└── libdash 0.5"


def test_reversing_needs_a_package(locked: ProjectWorld) -> None:
    done = locked.run("tree", "--reverse")
    assert done.returncode == 2
    assert "devenv tree PKG --reverse" in done.stderr


@pytest.mark.parametrize(
    ("package", "expected"),
    [
        pytest.param(
            "hello-data",
            ["hello-data 2.1-1 of own", "  hello, hello@2: hello -> hello-data"],
            id="needed",
        ),
        pytest.param(
            "toolbox",
            ["toolbox 9.9-1 of other", "  other:toolbox: toolbox"],
            id="asked for",
        ),
        pytest.param(
            "libdash",
            [
                "libdash 0.5 of own",
                "  only for scripts, which may use the base set",
                "  the base set: dash -> libdash",
            ],
            id="base set",
        ),
    ],
)
def test_why_a_package_is_there_is_told(
    locked: ProjectWorld, package: str, expected: list[str]
) -> None:
    assert told(locked, "why", package).splitlines() == expected


def test_what_is_not_in_the_environment_is_an_error_with_the_nearest_name(
    locked: ProjectWorld,
) -> None:
    done = locked.run("why", "helo")
    assert done.returncode == 1
    assert "helo is not in the project's environment" in done.stderr
    assert "did you mean hello" in done.stderr


def test_sizes_tell_what_only_a_package_brings(locked: ProjectWorld) -> None:
    found = json.loads(told(locked, "size", "--json"))
    hello, toolbox = found["packages"]
    assert (hello["name"], toolbox["name"]) == ("hello", "toolbox")
    assert hello["only"]["packages"] == 2
    assert hello["only"]["unpacked_bytes"] >= 2048 * 1024
    assert toolbox["only"]["unpacked_bytes"] == 7 * 1024
    assert found["for_scripts"]["packages"] == 2
    assert found["total"]["packages"] == 5
    lines = told(locked, "size").splitlines()
    assert lines[0].split()[:3] == ["package", "from", "download"]
    assert lines[-1].split()[:3] == ["all", "5", "packages"]


def test_looking_opens_no_socket(locked: ProjectWorld) -> None:
    asked = len(locked.world.server.requests)
    for words in (["list"], ["tree"], ["why", "hello"], ["size"], ["config"]):
        told(locked, *words)
    assert len(locked.world.server.requests) == asked


def test_another_system_can_be_looked_at(locked: ProjectWorld) -> None:
    found = json.loads(told(locked, "list", "--system", "aarch64-linux", "--json"))
    assert found["system"] == "aarch64-linux"
    done = locked.run("list", "--system", "sparc-linux")
    assert done.returncode == 1
    assert "the lock has nothing for sparc-linux" in done.stderr


def test_a_lock_that_is_out_of_date_is_made_or_refused(locked: ProjectWorld) -> None:
    locked.write_spec("hello-data")
    refused = locked.run("list", "--locked")
    assert refused.returncode == 1
    assert "the lock is out of date" in refused.stderr
    assert "toolbox" in told(locked, "list", "--frozen")
    assert told(locked, "list").split()[:1] == ["hello-data"]


def test_outside_of_a_project_there_is_nothing_to_look_at(
    locked: ProjectWorld,
) -> None:
    done = locked.run("list", cwd=locked.world.home)
    assert done.returncode == 1
    assert "there is no devenv.toml" in done.stderr


def test_a_project_without_packages_says_so(project: ProjectWorld) -> None:
    project.write_spec()
    done = project.run("list")
    assert (done.returncode, done.stdout) == (0, "")
    assert "asks for no packages" in done.stderr


def test_info_tells_what_the_project_has_and_why(locked: ProjectWorld) -> None:
    newer = Package(name="hello-data", version="3", architecture="all")
    locked.publish(HELLO, newer)
    text = told(locked, "info", "hello-data", "--refresh")
    shown = dict(line.split(":", 1) for line in text.splitlines())
    assert shown["version"].strip() == "3"
    assert shown["in this project (own)"].strip() == (
        "2.1-1; hello, hello@2: hello -> hello-data"
    )


def test_a_program_is_found_with_its_package(locked: ProjectWorld) -> None:
    done = locked.run("which", "hello")
    assert Path(done.stdout.strip()).is_relative_to(locked.world.store)
    assert "of hello 2.1-1, own" in done.stderr


def test_a_program_that_is_not_the_projects_is_no_answer(locked: ProjectWorld) -> None:
    done = locked.run("which", "sh")
    assert (done.returncode, done.stdout) == (1, "")
    assert "there runs /usr/bin/sh, which is not the project's" in done.stderr


def test_versions_of_all_inputs_come_newest_first(locked: ProjectWorld) -> None:
    found = json.loads(told(locked, "versions", "toolbox", "--offline", "--json"))
    rows = [(row["version"], row["inputs"]) for row in found["versions"]]
    assert rows == [("9.9-1", ["other"]), ("1.0", ["own"])]
    assert told(locked, "versions", "own:toolbox").split()[:3] == [
        "toolbox",
        "1.0",
        "own",
    ]
    assert told(locked, "versions", "toolbox@9", "--offline").count("\n") == 1


def test_what_was_never_fetched_is_said_offline(locked: ProjectWorld) -> None:
    done = locked.run("versions", "toolbox", "--offline")
    assert "offline: never fetched, so left out: " in done.stderr
    assert "bookworm" in done.stderr


def test_an_unknown_package_has_no_versions(locked: ProjectWorld) -> None:
    done = locked.run("versions", "own:toolbx")
    assert done.returncode == 1
    assert "own has no package 'own:toolbx'" in done.stderr
    assert "did you mean toolbox" in done.stderr


def test_settings_are_told_with_their_source(locked: ProjectWorld) -> None:
    mirror = "http://user:secret@127.0.0.1:1/debian"
    configuration = locked.world.home / ".config/devenv/config.toml"
    configuration.parent.mkdir(parents=True)
    configuration.write_text('[apt]\nmirrors = ["http://127.0.0.1:2/debian"]\n')
    done = locked.run("config", "--json", env={"DEVENV_APT_MIRROR": mirror})
    found = json.loads(done.stdout)
    settings = [(row["name"], row["value"], row["source"]) for row in found["settings"]]
    assert found["project"] == str(locked.folder)
    assert ("default_input", "own", str(locked.folder)) in settings
    assert settings.index(
        ("apt.mirror.debian", "http://127.0.0.1:2/debian", str(configuration))
    ) < settings.index(
        ("apt.mirror.debian", "http://127.0.0.1:1/debian", "DEVENV_APT_MIRROR")
    )
    assert ("file.lock", str(locked.lock_path), "read") in settings
    assert "secret" not in done.stdout
    assert "folder.store" in told(locked, "config")


def test_versions_that_stand_in_names_are_versions_too(project: ProjectWorld) -> None:
    project.publish(
        HELLO,
        Package(name="golang-go", version="2:1.24~2", architecture="all"),
        Package(name="golang-1.23-go", version="1.23.5-1", architecture="all"),
        Package(name="golang-x-go", version="1-1", architecture="all"),
    )
    lines = told(project, "versions", "own:go").splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["golang-1.23-go", "1.23.5-1"],
        ["golang-go", "2:1.24~2"],
    ]
