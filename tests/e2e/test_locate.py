"""`devenv locate`: which package holds a file."""

import json

import pytest

from tests.fixtures.archive import Package
from tests.fixtures.project_world import ProjectWorld
from tests.fixtures.world import PACKAGES, World

LIBRARY = "usr/lib/x86_64-linux-gnu"
LIBRARY_LINE = (
    'for programs that devenv did not supply, in devenv.toml: libraries = ["libfoo1"]'
)
FILES = Package(
    name="libfoo1",
    version="1",
    files={
        f"{LIBRARY}/libfoo.so.1": b"",
        "usr/share/doc/libfoo1/hello": b"",
        "usr/share/foo/\x1b[31mred": b"",
    },
)
OTHER = Package(
    name="other",
    version="1",
    architecture="all",
    files={"bin/foo": b"", "usr/bin/saw": b""},
)


@pytest.fixture
def full(world: World) -> World:
    world.publish(*PACKAGES, FILES, OTHER)
    return world


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        pytest.param(
            ["hello"],
            [
                "hello    /usr/bin/hello",
                "libfoo1  /usr/share/doc/libfoo1/hello",
            ],
            id="a name, programs first",
        ),
        pytest.param(
            ["bin/saw"],
            ["other    /usr/bin/saw", "toolbox  /usr/bin/saw"],
            id="the end of a path, of two packages",
        ),
        pytest.param(["/bin/foo"], ["other  /usr/bin/foo"], id="bin is usr/bin"),
        pytest.param(
            ["lib*.so*"], [f"libfoo1  /{LIBRARY}/libfoo.so.1"], id="a pattern"
        ),
        pytest.param(
            ["--regex", "/(hammer|mallet)$"],
            ["toolbox  /usr/bin/hammer", "toolbox  /usr/bin/mallet"],
            id="an expression",
        ),
        pytest.param(
            ["*red"],
            ["libfoo1  /usr/share/foo/\\x1b[31mred"],
            id="a name that would colour the terminal",
        ),
        pytest.param(
            ["bin/*", "--limit", "1"], ["hello  /usr/bin/hello"], id="a limit"
        ),
    ],
)
def test_packages_are_listed_with_their_files(
    full: World, words: list[str], lines: list[str]
) -> None:
    done = full.run("locate", *words)
    assert done.stdout.splitlines() == lines, done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (["bin/hello"], ["try it: devenv shell -p hello"]),
        (
            ["libfoo.so.1"],
            [
                "try it: devenv shell -p libfoo1",
                LIBRARY_LINE,
            ],
        ),
        (
            ["bin/*", "--limit", "1"],
            [
                "these are the best 1; --limit shows more",
                "try it: devenv shell -p hello",
            ],
        ),
        (["bin/hello", "-q"], []),
        (["bin/hello", "--json"], []),
    ],
)
def test_what_to_do_next_is_said_aside(
    full: World, words: list[str], lines: list[str]
) -> None:
    full.run("locate", "hello")
    assert full.run("locate", *words).stderr.splitlines() == lines


def test_a_second_look_asks_nobody(full: World) -> None:
    first = full.run("locate", "saw")
    asked = len(full.server.requests)
    assert full.run("locate", "saw").stdout == first.stdout
    offline = full.run("locate", "saw", "--offline")
    assert offline.stdout == first.stdout
    assert "offline: using the package lists of" in offline.stderr
    assert len(full.server.requests) == asked


def test_newer_files_are_found_once_the_index_is_asked_again(full: World) -> None:
    full.run("locate", "new-file")
    newer = Package(name="newer", version="1", files={"usr/bin/new-file": b""})
    full.publish(*PACKAGES, newer)
    assert full.run("locate", "new-file").returncode == 1
    done = full.run("locate", "new-file", "--refresh")
    assert done.stdout == "newer  /usr/bin/new-file\n"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("nothing-like-it", "devenv locate '*nothing-like-it*'"),
        ("bin/nothing-like-it", "devenv locate 'nothing-like-it'"),
        ("nothing*", "another input: --input NAME"),
        ("bin/java", "default-jre-headless has a program of this name"),
    ],
)
def test_where_nothing_is_found_it_is_told_what_was_looked_in(
    full: World, text: str, hint: str
) -> None:
    done = full.run("locate", text)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"error: no package of own has a file {text}" in done.stderr
    assert "at 11 files of own" in done.stderr
    assert hint in done.stderr
    quiet = full.run("locate", text, "--json")
    assert json.loads(quiet.stdout)["files"] == []
    assert (quiet.returncode, quiet.stderr) == (1, "")


def test_a_list_that_is_not_the_signed_one_is_refused(full: World) -> None:
    lists = full.archive.path("debian", "dists/stable/main")
    for place in (*lists.glob("Contents-*"), *lists.glob("by-hash/SHA256/*")):
        place.write_bytes(b"usr/bin/evil misc/evil\n")
    done = full.run("locate", "saw")
    assert done.returncode == 1
    assert "is not the file that was signed for" in done.stderr
    assert not list((full.home / ".cache/devenv").rglob("*.files"))


def test_a_damaged_list_is_made_anew(full: World) -> None:
    before = full.run("locate", "*saw").stdout
    (file,) = (full.home / ".cache/devenv/indexes").glob("*.files")
    whole = file.read_bytes()
    for damaged in (whole[:100], b"", b"XXXXXX" + whole[6:]):
        file.write_bytes(damaged)
        assert full.run("locate", "*saw").stdout == before
    assert file.read_bytes() == whole


def test_an_archive_without_lists_says_so(full: World) -> None:
    text = full.archive.signed_text(full.suite)
    lines = [line for line in text.splitlines() if "Contents" not in line]
    full.archive.sign(full.suite, "\n".join(lines) + "\n")
    done = full.run("locate", "saw")
    assert done.returncode == 1
    assert "error: own publishes no lists of files" in done.stderr


@pytest.fixture
def two_inputs(project: ProjectWorld) -> ProjectWorld:
    project.publish(*PACKAGES, OTHER)
    project.publish(OTHER, suite="other")
    project.write_spec("toolbox")
    assert project.run("lock").returncode == 0
    return project


def test_what_the_project_has_comes_first(two_inputs: ProjectWorld) -> None:
    done = two_inputs.run("locate", "saw")
    assert done.stdout.splitlines() == [
        "toolbox  /usr/bin/saw  in this project",
        "other    /usr/bin/saw",
    ]
    assert done.stderr == ""


def test_packages_of_another_input_are_written_with_it(
    two_inputs: ProjectWorld,
) -> None:
    done = two_inputs.run("locate", "bin/saw", "--input", "other")
    assert done.stdout == "other:other  /usr/bin/saw\n"
    assert done.stderr.splitlines() == ["add it: devenv add other:other"]
    assert two_inputs.run("add", "other:other").returncode == 0
    assert "in this project" in (
        two_inputs.run("locate", "bin/saw", "--input", "other").stdout
    )
