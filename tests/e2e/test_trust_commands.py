"""allow, reload, wait, log, status and trust list, as the user types them."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from devenv.host.exclusive import try_lock
from devenv.operations.activation_state import activation_folder
from tests.fixtures.archive import Package
from tests.fixtures.project_world import ProjectWorld

TABLES = '[env]\nGREETING = "hello"\n'
GIT = Package(
    name="git",
    version="1.0-1",
    architecture="all",
    files={"usr/bin/git": b"#!/bin/sh\necho not the one you think\n"},
)
TOOLBOX_WITH_SSH = Package(
    name="toolbox",
    version="2.0",
    architecture="all",
    files={"usr/bin/ssh": b"#!/bin/sh\necho evil\n"},
)


def hooks(project: ProjectWorld) -> Path:
    state = project.world.home / ".local/state/devenv"
    return activation_folder(state, str(project.folder.resolve()))


def active(project: ProjectWorld) -> str:
    """Return what hooks would bring into bash, "" for nothing."""
    link = hooks(project) / "current.bash"
    return link.read_text() if link.exists() else ""


def told(project: ProjectWorld) -> list[str]:
    """Return the word and the sentence that hooks were told."""
    return (hooks(project) / "state").read_text().splitlines()[:2]


def done(project: ProjectWorld, *words: str) -> "subprocess.CompletedProcess[str]":
    found = project.run(*words)
    assert found.returncode == 0, (words, found.stdout, found.stderr)
    return found


@pytest.fixture
def allowed(project: ProjectWorld) -> ProjectWorld:
    project.write_spec("hello", tables=TABLES)
    done(project, "allow", "--yes")
    return project


def test_nothing_is_allowed_that_nobody_agreed_to(project: ProjectWorld) -> None:
    project.write_spec("hello", tables=TABLES)
    asked = project.run("allow")
    assert asked.returncode == 2
    assert "devenv allow --yes" in asked.stderr
    assert "GREETING=hello" in asked.stdout
    assert "hello 2.1-1" in asked.stdout
    assert project.world.archive.signers[0].fingerprint in asked.stdout
    assert not active(project)
    assert not project.lock_path.exists()
    # What was typed is consent for that command, and for nothing else.
    done(project, "exec", "hello")
    assert not active(project)
    assert not hooks(project).exists()
    reloaded = project.run("reload")
    assert reloaded.returncode == 1
    assert not active(project)


def test_allow_shows_builds_and_activates(project: ProjectWorld) -> None:
    text = "line one\\nline two"
    project.write_spec(
        "hello",
        tables='[env]\nNODE_OPTIONS = "-r ./x"\nAPI_TOKEN = "hunter2"\nPAGER = false\n'
        'PATH = { prepend = ["./bin"] }\n'
        f'[alias]\nt = "make test"\n[shell]\nenter = "{text}"\n',
    )
    shown = done(project, "allow", "--yes").stdout
    lines = [line.strip() for line in shown.splitlines()]
    assert lines[0] == str(project.folder.resolve())
    for expected in (
        "text that every shell runs on entering:",
        "| line one",
        "| line two",
        "variables that make other programs run something:",
        "taken away:",
        "PAGER",
        f"{project.folder.resolve()}/bin  in front of PATH",
        "t=make test",
    ):
        assert expected in lines, expected
    assert any(line.startswith("NODE_OPTIONS=-r ./x") for line in lines)
    assert any(line.startswith("API_TOKEN=(7 characters") for line in lines)
    assert "hunter2" not in shown
    assert "line two" in active(project)
    assert told(project) == ["allowed", ""]
    assert done(project, "wait", "--timeout", "20").stdout == ""
    found = json.loads(done(project, "trust", "list", "--json").stdout)
    (decision,) = found["decisions"]
    assert decision["path"] == str(project.folder.resolve())
    assert decision["state"] == "allowed"


def test_a_failure_leaves_the_last_good_one_and_its_reason(
    allowed: ProjectWorld,
) -> None:
    before = active(allowed)
    good = allowed.spec_path.read_text()
    allowed.spec_path.write_text(good + "\nthis is \x1b[31m no toml\n")
    assert allowed.run("reload", "--background").returncode == 0
    assert allowed.run("wait", "--timeout", "20").returncode == 1
    word, sentence = told(allowed)
    assert word == "failed"
    assert "devenv log" in sentence
    log = done(allowed, "log").stdout
    assert "devenv.toml" in log
    assert "\x1b" not in log + sentence
    assert active(allowed) == before
    allowed.spec_path.write_text(good)
    done(allowed, "wait", "--timeout", "20")
    assert told(allowed)[0] == "allowed"


def test_one_build_of_a_project_runs_at_a_time(allowed: ProjectWorld) -> None:
    held = try_lock(hooks(allowed) / "lock")
    assert held is not None
    allowed.write_spec("hello", "toolbox", tables=TABLES)
    assert allowed.run("reload", "--background").returncode == 0
    assert told(allowed) == ["allowed", ""]
    assert allowed.run("wait", "--timeout", "0.2").returncode == 124
    assert '"building":true' in done(allowed, "status", "--json").stdout
    os.close(held)
    done(allowed, "wait", "--timeout", "30")
    assert told(allowed)[1] == "toolbox 1.0 of own is new"
