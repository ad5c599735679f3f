"""devenv export oci: what is in an image, and that it runs where nothing else is."""

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.fixtures.archive import Package, SignedArchive
from tests.fixtures.deb import Entry, File, HardLink, Symlink
from tests.fixtures.elf_tree import (
    compile_program,
    host_loader,
    need_compiler,
    this_system,
)
from tests.fixtures.http_server import FileServer
from tests.fixtures.oci_archive import Image, read_image, run_in
from tests.fixtures.project_world import ProjectWorld, make_project_world
from tests.fixtures.world import HELLO, HELLO_DATA, PACKAGES
from tests.shells.terminal import required

LIB = f"usr/lib/{this_system().triplet}"
PROGRAM = r"""
#include <stdio.h>
int main(void) {
    char line[80] = "nothing\n";
    FILE *file = fopen("/usr/share/answer/text", "r");
    if (file) fgets(line, sizeof line, file);
    fputs(line, stdout);
    return 0;
}
"""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> list[Package]:
    """Return a C library, a program that needs it, and a shell that needs nothing."""
    need_compiler()
    program = compile_program(tmp_path_factory.mktemp("made") / "answer", PROGRAM)
    loader = Path(host_loader(program))
    library = subprocess.run(
        ["gcc", "-print-file-name=libc.so.6"], capture_output=True, check=True
    )
    busybox = Path(required("busybox")).read_bytes()
    made: dict[str, dict[str, Entry]] = {
        "libc6": {
            f"{LIB}/{this_system().loader}": File(loader.read_bytes(), 0o755),
            f"{LIB}/libc.so.6": Path(os.fsdecode(library.stdout.strip())).read_bytes(),
        },
        "answer": {
            "usr/bin/answer": program.read_bytes(),
            "usr/bin/again": HardLink("usr/bin/answer"),
            "usr/share/answer/text": b"forty-two\n",
        },
        "shell": {
            "usr/bin/busybox": File(busybox, 0o755),
            "usr/bin/env": Symlink("busybox"),
            "usr/bin/sh": Symlink("busybox"),
            "etc/services": b"http 80/tcp\n",
        },
    }
    return [
        HELLO,
        HELLO_DATA,
        *(
            Package(
                name=name,
                version="2.41-1",
                architecture="all",
                fields={"Installed-Size": "9000"},
                files=files,
                depends="libc6" if name == "answer" else "",
            )
            for name, files in made.items()
        ),
    ]


@pytest.fixture
def real(
    home: Path, server: FileServer, archive: SignedArchive, packages: list[Package]
) -> ProjectWorld:
    """Return a project whose programs run: it takes a second to publish them."""
    made = make_project_world(home, server, archive, packages)
    made.write_spec("answer", "shell", "hello")
    return made


def exported(project: ProjectWorld, *words: str, **env: str) -> Image:
    done = subprocess.run(
        project.world.command("export", "oci", *words),
        cwd=project.folder,
        env=project.world.environment(**env),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return read_image(done.stdout)


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "root"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


def in_image(image: Image, root: Path, *command: str) -> str:
    done = run_in(image, image.unpack(root), command or None)
    assert done.returncode == 0, done.stderr
    return done.stdout


def store_name(project: ProjectWorld, pattern: str) -> str:
    (found,) = project.world.store.glob(pattern)
    return str(found)[1:]


def test_programs_run_where_there_is_nothing_else(
    real: ProjectWorld, root: Path
) -> None:
    image = exported(real)
    script = "answer; again; hello you; env | busybox grep -c PATH; id -un; pwd"
    assert in_image(image, root, "sh", "-c", script).splitlines() == [
        "forty-two",
        "forty-two",
        "hello you",
        "1",
        "root",
        "/",
    ]
    assert image.config["config"]["Cmd"] == ["sh"]
    assert image.variables["PATH"].startswith(
        f"/{store_name(real, '*-env-tree')}/usr/bin:"
    )
    done = run_in(image, root, ["/bin/sh", "-c", "busybox grep http /etc/services"])
    assert done.stdout == "http 80/tcp\n", done.stderr


def test_only_what_is_reached_is_in_it(real: ProjectWorld) -> None:
    image = exported(real)
    store = str(real.world.store)[1:] + "/"
    names = {
        name.removeprefix(store).partition("/")[0]
        for name in image.members()
        if name.startswith(store)
    }
    tree = store_name(real, "*-env-tree").removeprefix(store)
    loader = store_name(real, "*-libc6-*-patched").removeprefix(store)
    assert names == {"env-own", tree, loader}
    members = image.members()
    assert members[store + tree].linkname == "env-own"
    assert not [name for name in members if ".devenv" in name]
    assert not [name for name in members if name.endswith("doc/hello/README")]
    assert real.folder.name not in str(image.config)


ODD = Package(
    name="odd",
    version="1",
    architecture="all",
    files={
        "usr/bin/odd": File(b"#!/bin/sh\n", 0o4755),
        "usr/share/odd/copy": b"the same\n",
        "usr/share/odd/original": b"the same\n",
        "usr/share/odd/older": File(b"the same\n", mtime_seconds=1_600_000_000),
        "usr/share/odd/runs": File(b"the same\n", 0o755),
    },
)


@pytest.fixture
def odd(project: ProjectWorld) -> ProjectWorld:
    project.publish(*PACKAGES, ODD)
    project.write_spec("odd")
    return project


def test_everything_is_roots_and_nothing_is_set_uid(odd: ProjectWorld) -> None:
    members = exported(odd).members()
    assert {(each.uid, each.gid, each.uname) for each in members.values()} == {
        (0, 0, "")
    }
    assert not [name for name, each in members.items() if each.mode & 0o6000]
    files = [each for each in members.values() if each.isfile()]
    assert {each.mode for each in files} == {0o444, 0o555, 0o644}
    assert members["tmp"].mode == 0o1777
    others = [each for each in members.values() if each.issym() or each.isdir()]
    assert {each.mtime for each in others} == {0}


def test_files_that_are_equal_in_all_are_in_it_once(odd: ProjectWorld) -> None:
    image = exported(odd)
    members = image.members()
    linked = {
        name.rpartition("/")[2]: each.linkname.rpartition("/")[2]
        for name, each in members.items()
        if each.islnk()
    }
    assert linked == {"original": "copy"}
    # Which names share an inode here does not matter.
    assert odd.run("store", "optimise").returncode == 0
    assert exported(odd).layer_digests == image.layer_digests


def test_the_same_environment_gives_the_same_bytes(
    project: ProjectWorld, tmp_path: Path
) -> None:
    first, second = tmp_path / "one.tar", tmp_path / "two.tar"
    words = ("export", "oci", "--add", "archive.pgp=/key")
    assert project.run(*words, "-o", str(first)).returncode == 0
    assert project.run("store", "delete", "--all").returncode == 0
    done = project.run(*words, "-o", str(second), env={"LANG": "C", "USER": "other"})
    assert done.returncode == 0, done.stderr
    assert first.read_bytes() == second.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [
        "one.tar",
        "two.tar",
    ]


def test_layers_of_packages_outlive_another_environment(
    project: ProjectWorld,
) -> None:
    project.write_spec("hello", "toolbox")
    before = exported(project)
    project.write_spec("toolbox")
    after = exported(project)
    kept = set(before.layer_digests) & set(after.layer_digests)
    # What hello was in is gone, and what only the environment has is another.
    assert kept
    assert len(set(after.layer_digests) - kept) == 1
    assert len(before.layer_digests) > len(after.layer_digests)


def test_added_files_are_there_and_the_entry_starts_in_them(
    real: ProjectWorld, root: Path
) -> None:
    (real.folder / "src/deep").mkdir(parents=True)
    main = real.folder / "src/main"
    main.write_text('#!/usr/bin/env sh\necho "$1 $(cat deep/data) $APP"\n')
    main.chmod(0o2755)
    (real.folder / "src/deep/data").write_text("of the folder")
    real.write_spec(
        "answer", "shell", tables="[env]\nPATH = { prepend = ['src'] }\nAPP = 'it'\n"
    )
    image = exported(real, "--add", "src=/srv/app", "--entry", "main 'a b'")
    assert image.config["config"]["Entrypoint"] == ["main", "a b"]
    assert image.config["config"]["WorkingDir"] == "/srv/app"
    assert image.variables["PATH"].startswith("/srv/app:/")
    assert in_image(image, root) == "a b of the folder it\n"
    member = image.members()["srv/app/main"]
    assert (member.mode, member.mtime) == (0o755, int(main.stat().st_mtime))


def test_a_date_is_the_newest_that_a_file_can_have(project: ProjectWorld) -> None:
    words = ("--add", "devenv.toml=/spec")
    image = exported(project, *words, SOURCE_DATE_EPOCH="1700000001")
    assert image.members()["spec"].mtime == 1_700_000_001
    assert image.config["created"] == "2023-11-14T22:13:21Z"
    again = exported(project, *words, SOURCE_DATE_EPOCH="1700000001")
    assert again.layer_digests == image.layer_digests
    done = project.run(
        "export", "oci", "-o", "x.tar", env={"SOURCE_DATE_EPOCH": "today"}
    )
    assert done.returncode == 2
    assert "is no number of seconds: 'today'" in done.stderr


SECRETS = """[env]
TOKEN = { file = "key" }
URL = "https://${PASSWORD}@example.org"
HERE = "${PROJECT}/x"
PLAIN = "plain"
"""


def with_secrets(project: ProjectWorld) -> None:
    (project.folder / ".env").write_text("PASSWORD=hunter2\n")
    (project.folder / "key").write_text("s3cr3t\n")
    (project.folder / ".git").mkdir()
    (project.folder / ".git/config").write_text("url = https://hunter2@example.org\n")
    project.write_spec("hello", more='dotenv = [".env"]', tables=SECRETS)


def test_secrets_stay_out_and_that_is_said(project: ProjectWorld) -> None:
    with_secrets(project)
    done = project.run("export", "oci", "-o", "../x.tar", "--add", ".=/app")
    assert done.returncode == 0, done.stderr
    assert f"TOKEN is left out: it is what {project.folder}/key holds" in done.stderr
    assert f"URL is left out: it is from {project.folder}/.env" in done.stderr
    assert f"PASSWORD is left out: it is from {project.folder}/.env" in done.stderr
    assert "--with-secrets puts secrets into the image" in done.stderr
    assert f"{project.folder}: .env and 2 more: left out of the image" in done.stderr
    image = read_image((project.folder.parent / "x.tar").read_bytes())
    everything = json.dumps(dict(image.config)).encode() + b"".join(image.layers)
    assert b"hunter2" not in everything
    assert b"s3cr3t" not in everything
    assert image.variables["PLAIN"] == "plain"
    assert image.variables["HERE"] == "/app/x"
    assert image.variables["DEVENV_PROJECT"] == "/app"


def test_what_only_the_user_says_stays_out(project: ProjectWorld) -> None:
    project.write_spec("hello", tables="[env]\nA = 'shared'\nB = 'both'\n")
    (project.folder / "devenv.local.toml").write_text(
        "dotenv = ['own.env']\n[env]\nA = 's3cr3t'\nC = 's3cr3t'\n"
    )
    (project.folder / "real").write_text("D=s3cr3t\n")
    (project.folder / "own.env").symlink_to("real")
    done = project.run("export", "oci", "-o", "x.tar", "--add", ".=/app")
    assert "A is as it is without devenv.local.toml" in done.stderr
    image = read_image((project.folder / "x.tar").read_bytes())
    assert (image.variables["A"], image.variables["B"]) == ("shared", "both")
    everything = json.dumps(dict(image.config)).encode() + b"".join(image.layers)
    assert b"s3cr3t" not in everything


def test_an_image_is_never_in_itself(project: ProjectWorld) -> None:
    words = ("export", "oci", "-o", "x.tar", "--add", ".=/app", "-q")
    assert project.run(*words).returncode == 0
    first = (project.folder / "x.tar").read_bytes()
    done = project.run(*words)
    assert "x.tar: left out of the image" in done.stderr
    assert (project.folder / "x.tar").read_bytes() == first


def test_secrets_are_in_it_if_they_are_asked_for(project: ProjectWorld) -> None:
    with_secrets(project)
    words = ("--add", ".=/app", "--with-secrets")
    done = project.run("export", "oci", "-o", "../x.tar", *words)
    assert done.returncode == 0, done.stderr
    archive = project.folder.parent / "x.tar"
    assert archive.stat().st_mode & 0o777 == 0o600
    image = read_image(archive.read_bytes())
    assert image.variables["URL"] == "https://hunter2@example.org"
    assert image.variables["TOKEN"] == "s3cr3t"  # noqa: S105 - made up
    assert {"app/.env", "app/key"} <= image.members().keys()
    assert "app/.git/config" not in image.members()


def test_what_is_of_this_machine_stays_out(project: ProjectWorld) -> None:
    tables = "[env]\nMINE = '${SSH_TTY}'\nHERE = '${PROJECT}'\n[shell]\nenter = 'x'\n"
    project.write_spec("toolbox", tables=tables)
    done = project.run("export", "oci", "-o", "x.tar", env={"SSH_TTY": "/dev/pts/7"})
    assert "MINE is left out: it is made from $SSH_TTY of this machine" in done.stderr
    assert "HERE is left out: it names the project's folder" in done.stderr
    assert "what [shell] says is not done in an image" in done.stderr
    image = read_image((project.folder / "x.tar").read_bytes())
    assert image.variables.keys() == {"PATH", "DEVENV_ENVIRONMENT"}
    # Nothing starts a shell that is not there.
    assert "Cmd" not in image.config["config"]


def odd_files(folder: Path) -> Mapping[bytes, bytes]:
    """Fill a folder with what is hard on tar files; return names and contents."""
    folder.mkdir()
    names = [
        *(b"-rf", b"a\nb", b"\x1b]0;x\x07", b"\xff\xfe", b" ", b"n" * 255, b"'$(x)'"),
        *(b"d" * 200 + b"/" + b"e" * 200 + b"/f", b"30 path=elsewhere"),
    ]
    for name in names:
        place = folder / os.fsdecode(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(name)
    return {name: name for name in names}


def test_any_name_of_a_file_arrives_as_it_is(project: ProjectWorld, root: Path) -> None:
    expected = odd_files(project.folder / "odd")
    image = exported(project, "--add", "odd=/odd")
    image.unpack(root)
    files = [path for path in (root / "odd").rglob("*") if path.is_file()]
    assert {
        bytes(path.relative_to(root / "odd")): path.read_bytes() for path in files
    } == expected


def test_a_name_that_would_take_another_file_away_is_refused(
    project: ProjectWorld,
) -> None:
    (project.folder / "odd").mkdir()
    (project.folder / "odd/.wh.main").touch()
    done = project.run("export", "oci", "-o", "x.tar", "--add", "odd=/odd")
    assert done.returncode == 1
    assert "cannot have a name that begins with .wh." in done.stderr
    assert not (project.folder / "x.tar").exists()


def test_no_link_is_followed_and_what_is_no_file_stays_out(
    project: ProjectWorld, tmp_path: Path
) -> None:
    (tmp_path / "private").mkdir()
    (tmp_path / "private/key").write_text("s3cr3t")
    folder = project.folder / "odd"
    folder.mkdir()
    (folder / "outward").symlink_to(tmp_path / "private")
    (folder / "upward").symlink_to("../devenv.toml")
    (folder / "inward").symlink_to("outward")
    assert project.run("build").returncode == 0
    (tree,) = project.world.store.glob("*-env-tree")
    (folder / "hello").symlink_to(tree / "usr/bin/hello")
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        # A socket's path is short.
        where = os.open(folder, os.O_PATH)
        listening.bind(f"/proc/self/fd/{where}/socket")
        os.close(where)
        done = project.run("export", "oci", "-o", "x.tar", "--add", "odd=/odd")
    assert done.returncode == 0, done.stderr
    assert "outward and 1 more: a link that leads out of the folder" in done.stderr
    assert "pipe and 1 more: left out of the image: neither file" in done.stderr
    image = read_image((project.folder / "x.tar").read_bytes())
    assert b"s3cr3t" not in b"".join(image.layers)
    members = image.members()
    assert members["odd/outward"].linkname == str(tmp_path / "private")
    assert {name for name in members if name.startswith("odd/")} == {
        *("odd/outward", "odd/upward", "odd/inward", "odd/hello")
    }


def test_nothing_can_be_put_into_a_folder_of_the_environment(
    project: ProjectWorld,
) -> None:
    bundle = Package(
        name="bundle",
        version="1",
        architecture="all",
        files={"etc/ssl/certs/ca-certificates.crt": b"one\n"},
    )
    project.publish(*PACKAGES, bundle)
    project.write_spec("bundle")
    image = exported(project)
    tree = store_name(project, "*-env-tree").rpartition("/")[0] + "/env-own"
    assert image.members()["etc/ssl/certs"].linkname == f"/{tree}/etc/ssl/certs"
    words = ("--add", "archive.pgp=/etc/ssl/certs/own.crt")
    done = project.run("export", "oci", "-o", "x.tar", *words)
    assert done.returncode == 2
    assert "is the environment's, and nothing can be put into it" in done.stderr


def test_an_image_without_packages_is_one(project: ProjectWorld) -> None:
    project.write_spec()
    members = exported(project, "--add", "devenv.toml=/x").members()
    assert {"x", "tmp", "etc/passwd"} <= members.keys()


def test_an_image_of_packages_needs_no_project(real: ProjectWorld, root: Path) -> None:
    real.world.configure()
    image = exported(real, "-p", "answer", "-p", "shell", "--tag", "it:1")
    assert in_image(image, root, "answer") == "forty-two\n"
    (described,) = image.index["manifests"]
    assert described["annotations"]["io.containerd.image.name"].endswith("/it:1")


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["--tag", "No Name"], 2, "no image can be called 'No Name'"),
        (["--add", "src"], 2, "'src' does not say where"),
        (["--add", "none=/x"], 2, "there is no such folder or file to add"),
        (["--entry", "'"], 2, "a quote is open"),
        (["--entry", ""], 2, "--entry is empty"),
        (["--entry", "nosuch x"], 1, "there is no command called nosuch"),
        (["-o", "."], 2, "this is a folder"),
        (["-o", "none/x.tar"], 1, "at none/x.tar"),
        (["-o", "/dev/full/x.tar"], 1, "at /dev/full/x.tar"),
        (["-o", "/proc/x.tar"], 1, "at /proc/x.tar"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_makes_no_sense_is_said(
    project: ProjectWorld, words: list[str], status: int, told: str
) -> None:
    target = [] if "-o" in words else ["-o", "x.tar"]
    done = project.run("export", "oci", *words, *target)
    assert (done.returncode, done.stdout) == (status, "")
    assert told in done.stderr
    assert not (project.folder / "x.tar").exists()


def test_a_file_that_is_there_stays_until_there_is_a_whole_one(
    project: ProjectWorld,
) -> None:
    target = project.folder / "x.tar"
    target.write_text("before")
    (project.folder / "odd").mkdir()
    (project.folder / "odd/.wh.x").touch()
    words = ("export", "oci", "-o", "x.tar")
    assert project.run(*words, "--add", "odd=/odd").returncode == 1
    assert target.read_text() == "before"
    assert project.run(*words).returncode == 0
    read_image(target.read_bytes())
    assert not list(project.folder.glob(".x.tar*"))


def test_a_full_disk_and_a_lost_reader_are_told_plainly(
    project: ProjectWorld,
) -> None:
    assert project.run("build").returncode == 0
    command = [*project.world.command("export", "oci"), "-o", "-"]
    env = project.world.environment()
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command, cwd=project.folder, env=env, stdout=full, stderr=subprocess.PIPE,
            check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert b"the image cannot be made: No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr
    with subprocess.Popen(
        command, cwd=project.folder, env=env, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        process.stdout.read(1)
        process.stdout.close()
        assert process.stderr is not None
        said = process.stderr.read()
    assert b"Traceback" not in said
