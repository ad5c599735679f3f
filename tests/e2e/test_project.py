"""`exec`, `shell`, `build` and `env` in a project, as whole commands."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.fixtures.archive import Package
from tests.fixtures.project_world import ProjectWorld
from tests.fixtures.remembered_project import LONG_AGO
from tests.fixtures.world import HELLO, HELLO_DATA, PACKAGES
from tests.shells.terminal import required

STRACE = ("-f", "-qq", "-o", "/dev/stdout")


def rest(project: ProjectWorld) -> None:
    """Make the project's files old enough to be told apart by their times."""
    for path in project.folder.iterdir():
        os.utime(path, (LONG_AGO, LONG_AGO))


def programs_started(project: ProjectWorld, *words: str) -> list[str]:
    """Return the programs that a command line executes, one after the other."""
    done = subprocess.run(
        [
            required("strace"),
            *STRACE,
            "-e",
            "trace=execve",
            *project.world.command(*words),
        ],
        cwd=project.folder,
        env=project.world.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line for line in done.stdout.splitlines() if "execve(" in line]
    return [Path(line.split('"')[1]).name for line in lines if line.endswith("= 0")]


def test_a_command_runs_in_the_projects_environment(project: ProjectWorld) -> None:
    done = project.run("exec", "hello", "a b")
    assert (done.stdout, done.returncode) == ("hello a b\n", 0)
    assert project.lock_path.exists()


def test_the_environment_is_that_of_the_project_above(project: ProjectWorld) -> None:
    below = project.folder / "a" / "b"
    below.mkdir(parents=True)
    done = project.run("exec", "sh", "-c", "hello x; pwd", cwd=below)
    assert done.stdout == f"hello x\n{below}\n"


def test_a_project_may_be_named(project: ProjectWorld) -> None:
    done = project.run("exec", "--project", str(project.folder), "hello", cwd=Path("/"))
    assert done.stdout == "hello \n"


def test_the_programs_status_passes_through(project: ProjectWorld) -> None:
    assert project.run("exec", "hello", "--fail").returncode == 7
    assert project.run("exec", "hello", "--fail").returncode == 7


def test_an_unchanged_project_needs_no_python(project: ProjectWorld) -> None:
    project.run("exec", "true")
    rest(project)
    project.run("exec", "true")
    assert programs_started(project, "exec", "hello") == ["devenv", "hello"]


def test_a_touched_project_needs_no_more_than_a_look(project: ProjectWorld) -> None:
    project.run("exec", "true")
    project.spec_path.touch()
    requests = len(project.world.server.requests)
    assert project.run("exec", "hello", "x").stdout == "hello x\n"
    assert len(project.world.server.requests) == requests


def test_another_requirement_is_met_at_the_next_command(
    project: ProjectWorld,
) -> None:
    project.run("exec", "true")
    project.write_spec("hello", "toolbox")
    assert project.run("exec", "hammer").stdout == "bang\n"
    project.write_spec("toolbox")
    assert project.run("exec", "hello").returncode == 1


def test_what_was_edited_twice_within_a_second_is_seen(project: ProjectWorld) -> None:
    for value in range(4):
        project.write_spec("hello", tables=f'[env]\nVALUE = "{value}"\n')
        done = project.run("exec", "printenv", "VALUE")
        assert done.stdout == f"{value}\n"


def test_a_command_that_is_nowhere_is_said_so(project: ProjectWorld) -> None:
    done = project.run("exec", "no-such-command")
    assert done.returncode == 1
    assert "there is no command called no-such-command" in done.stderr
    assert "devenv locate bin/no-such-command" in done.stderr


@pytest.mark.parametrize("mode", ["--locked", "--frozen"])
def test_a_missing_lock_is_not_made_unasked(project: ProjectWorld, mode: str) -> None:
    done = project.run("exec", mode, "hello")
    assert done.returncode == 1
    assert "devenv lock" in done.stderr
    assert not project.lock_path.exists()


def test_a_lock_that_is_out_of_date_is_refused_or_not_looked_at(
    project: ProjectWorld,
) -> None:
    project.run("lock")
    before = project.lock_text
    project.write_spec("hello", "toolbox")
    refused = project.run("exec", "--locked", "hello")
    assert refused.returncode == 1
    assert "toolbox" in refused.stderr
    assert project.run("exec", "--frozen", "hello").stdout == "hello \n"
    assert project.run("exec", "--frozen", "hammer").returncode == 1
    assert project.lock_text == before
    # And what was made with --frozen is not what the next command takes.
    assert project.run("exec", "hammer").stdout == "bang\n"


def test_with_a_lock_and_a_full_store_no_socket_is_opened(
    project: ProjectWorld,
) -> None:
    project.run("exec", "true")
    project.spec_path.write_text(project.spec_path.read_text() + "# changed\n")
    done = subprocess.run(
        [
            *(required("strace"), *STRACE, "-e", "trace=socket,connect"),
            *project.world.command("exec", "--offline", "hello"),
        ],
        cwd=project.folder,
        env=project.world.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "hello \n"


def test_a_lock_is_enough_for_an_empty_store_without_an_index(
    project: ProjectWorld,
) -> None:
    project.run("exec", "true")
    for place in (project.world.store, project.world.home / ".cache/devenv"):
        subprocess.run(["chmod", "-R", "u+w", place], check=True)
        shutil.rmtree(place)
    before = len(project.world.server.requests)
    assert project.run("exec", "--locked", "hello", "x").stdout == "hello x\n"
    asked = [request.path for request in project.world.server.requests[before:]]
    assert asked
    assert all(path.endswith(".deb") for path in asked)


def test_an_edited_hash_is_refused_and_named(project: ProjectWorld) -> None:
    project.run("lock")
    text = project.lock_text
    row = next(
        package
        for package in project.lock.systems["x86_64-linux"].packages
        if package.name == "hello"
    )
    project.lock_path.write_text(text.replace(row.sha256, "0" * 64))
    done = project.run("exec", "hello")
    assert done.returncode == 1
    assert "hello" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_package_that_left_the_archive_is_named_with_what_to_do(
    project: ProjectWorld,
) -> None:
    project.run("lock")
    for deb in project.world.archive.root.rglob("hello_*.deb"):
        deb.unlink()
    done = project.run("exec", "hello")
    assert done.returncode == 1
    assert "hello" in done.stderr
    assert "devenv update" in done.stderr


def test_packages_of_two_inputs_live_side_by_side(project: ProjectWorld) -> None:
    other = Package(
        name="hello-data",
        version="9",
        architecture="all",
        files={"usr/share/hello/greeting": b"goodbye\n"},
    )
    tool = Package(
        name="later",
        version="1",
        architecture="all",
        depends="hello-data (>= 9)",
        files={"usr/bin/later": b"#!/bin/sh\ncat /usr/share/hello/greeting\n"},
    )
    project.publish(other, tool, suite="other")
    project.write_spec("other:later", "hello")
    done = project.run("exec", "sh", "-c", "hello x; later")
    assert done.stdout == "hello x\ngoodbye\n"
    trees = json.loads(project.run("build", "--json").stdout)["trees"]
    assert [tree["input"] for tree in trees] == ["other", "own"]


def test_variables_of_the_spec_come_on_top(project: ProjectWorld) -> None:
    (project.folder / "bin").mkdir()
    script = project.folder / "bin" / "hello"
    script.write_text("#!/bin/sh\necho mine\n")
    script.chmod(0o755)
    (project.folder / ".env").write_text("SECRET=s\n")
    project.write_spec(
        "hello",
        more='dotenv = [".env"]',
        tables='[env]\nPATH = { prepend = ["./bin"] }\nHERE = "${PROJECT}"\n'
        "GONE = false\n",
    )
    script_text = 'hello; echo "$HERE $SECRET ${GONE-unset} $DEVENV_PROJECT"'
    done = project.run("exec", "sh", "-c", script_text, env={"GONE": "x"})
    assert done.stdout == f"mine\n{project.folder} s unset {project.folder}\n"
    (project.folder / ".env").write_text("SECRET=t\n")
    assert project.run("exec", "printenv", "SECRET").stdout == "t\n"


def test_a_value_made_from_an_outer_variable_follows_it(project: ProjectWorld) -> None:
    project.write_spec("hello", tables='[env]\nMINE = "<${OUTER:-none}>"\n')
    rest_and_ask = ["exec", "printenv", "MINE"]
    for outer, expected in (("a", "<a>"), ("b", "<b>"), ("b", "<b>")):
        done = project.run(*rest_and_ask, env={"OUTER": outer})
        assert done.stdout == f"{expected}\n"
    assert project.run(*rest_and_ask).stdout == "<none>\n"


def test_a_shell_has_the_environment_and_the_projects_text(
    project: ProjectWorld,
) -> None:
    project.write_spec("hello", tables='[shell]\nenter = "export ENTERED=yes"\n')
    done = project.run(
        "shell", "-c", "hello $ENTERED; exit 5", env={"SHELL": "/bin/bash"}
    )
    assert (done.stdout, done.returncode) == ("hello yes\n", 5)
    pure = project.run(
        "shell",
        *("--pure", "--keep", "KEPT", "-c", "echo $KEPT$LOST; hello"),
        env={"SHELL": "/bin/bash", "KEPT": "k", "LOST": "l"},
    )
    assert pure.stdout == "k\nhello \n"


def test_building_prints_the_tree_and_makes_a_link_that_keeps_it(
    project: ProjectWorld,
) -> None:
    done = project.run("build", "-o", "result")
    tree = Path(done.stdout.strip())
    assert (project.folder / "result").resolve() == tree
    assert (tree / "usr/bin/hello").exists()
    project.write_spec("toolbox")
    again = project.run("build", "-o", "result")
    assert (project.folder / "result").resolve() == Path(again.stdout.strip())
    (project.folder / "file").touch()
    refused = project.run("build", "-o", "file")
    assert refused.returncode == 2
    assert "left alone" in refused.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_may_take_the_environment_itself(
    project: ProjectWorld, shell: str
) -> None:
    project.write_spec("hello", tables='[env]\nODD = "it\'s $$(id)\\n\\"x\\""\n')
    text = project.run("env", "--format", shell).stdout
    done = subprocess.run(
        [required(shell), "-c", f"{text}\nhello; printenv ODD"],
        env=project.world.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == 'hello \nit\'s $(id)\n"x"\n'


def test_programs_may_take_the_environment_as_json(project: ProjectWorld) -> None:
    project.write_spec("hello", tables="[env]\nGONE = false\n")
    done = project.run("env", "--format", "json", env={"GONE": "x"})
    found = json.loads(done.stdout)
    assert found["project"] == str(project.folder)
    assert found["variables"]["GONE"] is None
    assert found["variables"]["PATH"].endswith("/usr/bin:/bin")
    assert (
        project.run("env", "--json").stdout
        == project.run("env", "--format", "json").stdout
    )


def test_a_format_that_is_none_is_named_with_those_that_are(
    project: ProjectWorld,
) -> None:
    done = project.run("env", "--format", "ini")
    assert done.returncode == 2
    assert "dotenv" in done.stderr


@pytest.mark.parametrize(
    "words",
    [("exec", "true"), ("shell", "-c", "true"), ("build",), ("env",)],
    ids=lambda words: words[0],
)
def test_without_a_project_the_next_step_is_named(
    project: ProjectWorld, words: tuple[str, ...]
) -> None:
    done = project.run(*words, cwd=project.world.home)
    assert done.returncode == 1
    assert "there is no devenv.toml here" in done.stderr
    assert "devenv init" in done.stderr


def test_the_state_of_a_project_is_not_in_its_folder(project: ProjectWorld) -> None:
    project.run("exec", "true")
    project.run("shell", "-c", "true")
    names = sorted(path.name for path in project.folder.iterdir())
    assert names == ["archive.pgp", "devenv.lock.toml", "devenv.toml"]


def test_a_project_whose_path_is_awkward_works(project: ProjectWorld) -> None:
    folder = project.folder.parent / 'it\'s "a" \n$project é'
    project.folder.rename(folder)
    project.folder = folder
    for _ in range(2):
        done = project.run("exec", "sh", "-c", "hello x; printenv DEVENV_PROJECT")
        assert done.stdout == f"hello x\n{folder}\n"


def test_a_project_without_packages_has_variables_only(project: ProjectWorld) -> None:
    project.write_spec(tables='[env]\nA = "1"\n')
    assert project.run("exec", "printenv", "A").stdout == "1\n"
    done = project.run("build")
    assert (done.stdout, done.returncode) == ("", 0)
    assert "no packages" in done.stderr


def test_a_system_that_is_not_locked_is_refused_with_words(
    project: ProjectWorld,
) -> None:
    project.write_spec("hello", more='systems = ["aarch64-linux"]')
    done = project.run("exec", "hello")
    assert done.returncode == 1
    assert "x86_64-linux" in done.stderr
    assert "systems" in done.stderr


def test_two_at_once_make_one_environment(project: ProjectWorld) -> None:
    command = project.world.command("exec", "hello", "x")
    running = [
        subprocess.Popen(
            command,
            cwd=project.folder,
            env=project.world.environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    assert [each.communicate()[0] for each in running] == ["hello x\n"] * 4


def test_a_newer_package_comes_with_an_update_only(project: ProjectWorld) -> None:
    project.run("exec", "true")
    newer = Package(
        name="hello-data",
        version="3",
        architecture="all",
        files={"usr/share/hello/greeting": b"good morning\n"},
    )
    project.publish(HELLO, newer, *PACKAGES[2:])
    assert project.run("exec", "--refresh", "hello", "x").stdout == "hello x\n"
    assert project.run("update", "--refresh").returncode == 0
    assert project.run("exec", "hello", "x").stdout == "good morning x\n"
    assert HELLO_DATA.version != newer.version
