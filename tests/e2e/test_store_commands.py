"""devenv store, as the user types it: look, mend, delete, carry elsewhere."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.fixtures.ad_hoc import LAUNCHER
from tests.fixtures.project_world import ProjectWorld
from tests.fixtures.world import is_root

OTHER_USER = 65531
AS_OTHER_USER = [
    *("setpriv", f"--reuid={OTHER_USER}", f"--regid={OTHER_USER}", "--clear-groups"),
]


@pytest.fixture
def built(project: ProjectWorld) -> ProjectWorld:
    assert project.run("exec", "hello").stdout == "hello \n"
    return project


def the_path(project: ProjectWorld, pattern: str) -> Path:
    (found,) = project.world.store.glob(pattern)
    return found


def damage(project: ProjectWorld) -> Path:
    """Change a file of hello-data, which is in the tree, too."""
    greeting = the_path(project, "*-hello-data-2.1-1/usr/share/hello/greeting")
    greeting.chmod(0o644)
    greeting.write_text("HACKED\n")
    return greeting


def forget_downloads(project: ProjectWorld) -> None:
    shutil.rmtree(project.world.home / ".cache/devenv/downloads")


def test_verify_looks_and_with_content_reads(built: ProjectWorld) -> None:
    done = built.run("store", "verify")
    assert done.returncode == 0
    assert "looked at, nothing has changed" in done.stderr
    greeting = the_path(built, "*-hello-data-2.1-1/usr/share/hello/greeting")
    before = greeting.stat()
    greeting.chmod(0o644)
    greeting.write_text("HELLO\n")
    greeting.chmod(0o444)
    os.utime(greeting, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert built.run("store", "verify").returncode == 0
    done = built.run("store", "verify", "--content")
    assert done.returncode == 1
    # The package, and the tree that has the same file.
    assert done.stdout.count("not what was put there") == 2
    assert "devenv store repair" in done.stderr
    (tree,) = built.world.store.glob("*-hello-env-tree")
    done = built.run("store", "verify", "--content", str(tree))
    assert done.stdout.count("not what was put there") == 1


@pytest.mark.parametrize("archive_is", ["in the cache", "at the mirror"])
def test_repair_makes_what_is_damaged_again(
    built: ProjectWorld, archive_is: str
) -> None:
    damage(built)
    assert built.run("exec", "hello").stdout == "HACKED \n"
    offline = ["--offline"] if archive_is == "in the cache" else []
    if not offline:
        forget_downloads(built)
    done = built.run("store", "repair", *offline)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(": mended") == 2
    assert built.run("exec", "hello").stdout == "hello \n"
    assert built.run("store", "verify", "--content").returncode == 0
    assert "nothing is damaged" in built.run("store", "repair").stderr


def test_repair_says_what_it_cannot_mend_and_leaves_it(built: ProjectWorld) -> None:
    damage(built)
    (tree,) = built.world.store.glob("*-hello-env-tree")
    forget_downloads(built)
    done = built.run("store", "repair", "--offline")
    assert done.returncode == 1
    assert "hello-data-2.1-1: still damaged: " in done.stdout
    assert "tree: still damaged: a part of it is damaged" in done.stdout
    assert tree.is_dir()
    assert built.run("exec", "hello").stdout == "HACKED \n"


def test_repair_mends_paths_and_records_that_are_gone(built: ProjectWorld) -> None:
    for path in built.world.store.glob("*-hello-*"):
        path.chmod(0o755)
        path.rename(built.world.home / path.name)
    for record in (built.world.store / ".records").glob("*-hello-data-*"):
        record.unlink()
    done = built.run("store", "repair")
    assert done.returncode == 0, done.stdout
    assert done.stdout.count(": mended") == 3
    assert built.run("exec", "--offline", "hello").stdout == "hello \n"


def test_repair_of_an_ad_hoc_environment_asks_the_indexes(
    built: ProjectWorld,
) -> None:
    built.world.configure()
    assert built.world.run("run", "toolbox:hammer").returncode in (0, 1, 2)
    assert built.world.run("run", "-p", "toolbox", "--", "hammer").stdout == "bang\n"
    hammer = the_path(built, "*-toolbox-1.0/usr/bin/hammer")
    hammer.chmod(0o755)
    hammer.write_text("#!/bin/sh\necho hacked\n")
    forget_downloads(built)
    done = built.run("store", "repair")
    assert done.returncode == 0, done.stdout + done.stderr
    assert built.world.run("run", "-p", "toolbox", "--", "hammer").stdout == "bang\n"


def test_info_tells_why_a_path_is_kept(built: ProjectWorld) -> None:
    tree = the_path(built, "*-hello-env-tree")
    done = built.run("store", "info", str(tree / "usr/bin/hello"))
    assert "by process" not in done.stdout
    assert f"path:    {tree}" in done.stdout
    assert f"by generation 1 of project {built.folder}" in done.stdout
    data = the_path(built, "*-hello-data-2.1-1")
    done = built.run("store", "info", data.name)
    assert "hello-env-tree, which is kept by" in done.stdout
    assert f"referred to by:\n  {tree.name}" in done.stdout
    assert "3 unpacked" not in built.run("store", "info").stdout
    assert built.run("store", "info", "/usr/bin/env").returncode == 2


def test_delete_refuses_what_lives_and_says_why(built: ProjectWorld) -> None:
    data = the_path(built, "*-hello-data-2.1-1")
    done = built.run("store", "delete", data.name)
    assert done.returncode == 1
    assert f"is kept by generation 1 of project {built.folder}" in done.stderr
    assert data.exists()
    for root in (built.world.home / ".local/state/devenv/roots").iterdir():
        root.unlink()
    assert built.run("store", "delete", data.name).returncode == 1
    every = [str(path) for path in built.world.store.glob("[a-z2-7]*-hello*")]
    done = built.run("store", "delete", *every)
    assert done.returncode == 0, done.stderr
    assert f"{len(every)} paths deleted" in done.stderr
    assert not data.exists()


def test_delete_is_told_what_to_delete(built: ProjectWorld) -> None:
    before = built.world.store_paths
    for words in ([], ["--force"], ["--all", "x"], ["not-a-path"]):
        assert built.run("store", "delete", *words).returncode == 2
    assert built.world.store_paths == before


def test_optimise_and_rebuild_change_nothing_that_is_used(built: ProjectWorld) -> None:
    assert "saved" in built.run("store", "optimise").stderr
    done = built.run("store", "rebuild")
    assert (done.returncode, done.stdout) == (0, "")
    assert "3 paths registered" in done.stderr
    assert built.run("store", "verify", "--content").returncode == 0
    assert built.run("exec", "hello").stdout == "hello \n"


@pytest.fixture
def exported(built: ProjectWorld, tmp_path: Path) -> Path:
    done = built.run("store", "export", "-o", str(tmp_path / "hello.tar"))
    assert done.returncode == 0, done.stderr
    assert "2 archives" in done.stderr
    return tmp_path / "hello.tar"


def test_an_export_is_the_same_bytes_and_may_go_to_a_pipe(
    built: ProjectWorld, exported: Path
) -> None:
    done = subprocess.run(
        built.world.command("store", "export"),
        cwd=built.folder,
        env=built.world.environment(),
        capture_output=True,
        check=True,
    )
    assert done.stdout == exported.read_bytes()
    listed = subprocess.run(
        ["tar", "-tf", exported], capture_output=True, text=True, check=True
    )
    assert listed.stdout.splitlines()[:2] == ["devenv-export.json", "devenv.lock.toml"]


def test_an_export_to_a_full_disk_is_told_plainly(built: ProjectWorld) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            built.world.command("store", "export"),
            cwd=built.folder,
            env=built.world.environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "the export cannot be written: No space left on device" in done.stderr
    assert "Exception" not in done.stderr


def test_what_was_exported_makes_the_environment_elsewhere(
    built: ProjectWorld, exported: Path, other_home: Path
) -> None:
    there = Elsewhere(other_home, built.folder, exported)
    there.copy_in()
    built.world.server.requests.clear()
    done = there.run("store", "import", "hello.tar")
    assert done.returncode == 0, done.stderr
    assert "imported: 2 archives" in done.stderr
    done = there.run("exec", "--offline", "hello", cwd="project")
    assert (done.stdout, done.returncode) == ("hello \n", 0), done.stderr
    assert built.world.server.paths() == []
    owners = {path.stat().st_uid for path in other_home.rglob("*-hello-*")}
    assert owners == {there.user}


def test_archives_of_others_are_used_if_they_are_what_they_should_be(
    built: ProjectWorld, exported: Path, other_home: Path
) -> None:
    downloads = built.world.home / ".cache/devenv/downloads"
    there = Elsewhere(other_home, built.folder, exported)
    there.copy_in()
    shutil.copytree(downloads, there.home / "shared")
    (row,) = (
        row
        for row in built.lock.systems["x86_64-linux"].packages
        if row.name == "hello-data"
    )
    bad = there.home / "shared" / row.sha256[:2] / row.sha256
    bad.write_bytes(bad.read_bytes()[::-1])
    there.configure(f'[cache]\nfrom = ["{there.home}/shared"]\n')
    done = there.run("exec", "--offline", "hello", cwd="project")
    assert done.returncode == 1
    assert f"{bad}: it is another file" in done.stderr
    # What the folder lacks is in an exported project.
    there.configure(f'[cache]\nfrom = ["/nowhere", "{there.home}/hello.tar"]\n')
    done = there.run("exec", "--offline", "hello", cwd="project")
    assert (done.stdout, done.returncode) == ("hello \n", 0), done.stderr


class Elsewhere:
    """Another user's home, with a copy of the project; if we can, of another uid."""

    def __init__(self, home: Path, project: Path, exported: Path) -> None:
        self.home, self._project, self._exported = home, project, exported
        self.user = OTHER_USER if can_be_another_user() else os.geteuid()

    def copy_in(self) -> None:
        shutil.copytree(self._project, self.home / "project")
        shutil.copy(self._exported, self.home)
        self._own()

    def configure(self, text: str) -> None:
        folder = self.home / ".config/devenv"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.toml").write_text(text)
        self._own()

    def _own(self) -> None:
        for path in (self.home, *self.home.rglob("*")):
            os.chown(path, self.user, -1)

    def run(self, *words: str, cwd: str = ".") -> "subprocess.CompletedProcess[str]":
        through = [] if self.user == os.geteuid() else AS_OTHER_USER
        return subprocess.run(
            [*through, str(LAUNCHER), *words],
            cwd=self.home / cwd,
            env={
                "HOME": str(self.home),
                "PATH": "/usr/bin:/bin",
                "TERM": "dumb",
                "LANG": "C.UTF-8",
            },
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def other_home() -> Iterator[Path]:
    """Yield a home that another user can reach, unlike the test's own folders."""
    with tempfile.TemporaryDirectory(prefix="devenv-home-") as name:
        home = Path(name)
        home.chmod(0o755)
        yield home


@cache
def can_be_another_user() -> bool:
    """Tell whether we may become one, who can read this checkout and its Python."""
    command = [*AS_OTHER_USER, str(LAUNCHER), "version"]
    return (
        is_root()
        and subprocess.run(command, capture_output=True, check=False).returncode == 0
    )


def test_a_damaged_export_is_refused_whole(built: ProjectWorld, exported: Path) -> None:
    shutil.rmtree(built.world.home / ".cache/devenv")
    assert built.run("store", "delete", "--all", "--force").returncode == 0
    content = exported.read_bytes()
    at = content.rindex(b"archives/") + 512 + 300
    exported.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    done = built.run("store", "import", str(exported))
    assert done.returncode == 1
    assert "not the one of its lock" in done.stderr
    assert built.world.store_paths == []
    exported.write_bytes(content)
    assert built.run("store", "import", str(exported)).returncode == 0
    assert len(built.world.store_paths) == 3
