"""What people are told who do not know devenv yet: tests/golden/newcomer.

Each command runs for real, with an archive of the test's own. What is told is one
file, to be judged by eye: what is wrong, where, and what to do next.
`DEVENV_WRITE_GOLDEN=1 pytest tests/e2e/test_newcomer.py` writes what is told now.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fixtures.project_world import ProjectWorld
from tests.fixtures.world import World, is_root
from tests.shells.terminal import required

GOLDEN = Path(__file__).parents[1] / "golden" / "newcomer"

Prepare = Callable[[ProjectWorld], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """Something a newcomer types, and what was there before.

    `typed` are words behind `devenv`, or a line of sh with `devenv` in it.
    """

    typed: str
    prepare: Sequence[Prepare] = ()
    where: str = "project"
    through: str = ""
    status: int = 1


NO_NETWORK = {
    "http_proxy": "http://127.0.0.1:1",
    "https_proxy": "http://127.0.0.1:1",
    "no_proxy": "127.0.0.1",
    "DEVENV_APT_MIRROR": "http://127.0.0.1:1/debian",
    "DEVENV_APT_SECURITY_MIRROR": "http://127.0.0.1:1/debian-security",
    "DEVENV_APT_SNAPSHOT": "http://127.0.0.1:1/snapshot",
}
"""Only the test's own archive answers."""

CHANGING = (
    (r"\b[0-9a-z]{32,64}\b", "DIGEST"),
    (r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:]{5,8}Z?|[0-9]{8}T[0-9]{6}Z", "MOMENT"),
    # The archive that everybody asks at last.
    (r"https?://[a-z]+\.[a-z]+\.org/", "http://MIRROR/"),
    # Progress, of which tests of its own tell.
    (r"(?m)^[0-9]+ packages? (to fetch|ready).*\n", ""),
    # Which shell runs the tests, and whether it has the hook.
    (r"(?m)^hook  .*\n", ""),
)
"""What is another each time, and what stands for it."""


def spec_of(text: str) -> Prepare:
    def prepare(project: ProjectWorld) -> None:
        project.spec_path.write_text(text)

    return prepare


def asking_for(*packages: str) -> Prepare:
    return lambda project: project.write_spec(*packages)


def without_spec(project: ProjectWorld) -> None:
    project.spec_path.unlink()


def with_file(name: str, text: str = "") -> Prepare:
    def prepare(project: ProjectWorld) -> None:
        (project.folder / name).write_text(text)

    return prepare


def run_before(*words: str) -> Prepare:
    def prepare(project: ProjectWorld) -> None:
        done = project.run(*words)
        assert done.returncode == 0, done.stderr

    return prepare


def unconfigured(project: ProjectWorld) -> None:
    """Leave what a first use has: devenv's own input, and no index."""
    (project.world.home / ".config/devenv/config.toml").unlink()


def unreachable(project: ProjectWorld) -> None:
    """Let nobody answer where the archive is."""
    text = project.spec_path.read_text()
    address = project.world.server.url("")
    project.spec_path.write_text(text.replace(address, "http://127.0.0.1:1/"))


def locked_elsewhere(project: ProjectWorld) -> None:
    """Leave the lock of a branch that asks for something else."""
    project.write_spec("toolbox")
    run_before("lock")(project)
    project.write_spec("hello")


def in_conflict(project: ProjectWorld) -> None:
    run_before("lock")(project)
    text = project.lock_text
    ours, theirs = "<" * 7 + " HEAD", ">" * 7 + " topic"
    project.lock_path.write_text(f"{ours}\n{text}{'=' * 7}\n{text}{theirs}\n")


def foreign(project: ProjectWorld) -> None:
    """Give the folders that `sudo devenv` made to somebody else."""
    run_before("build")(project)
    for path in project.world.store.parent, *project.world.store.parent.rglob("*"):
        os.chown(path, 65534, 65534, follow_symlinks=False)


def no_python(project: ProjectWorld) -> None:
    """Make an installation whose Python is gone."""
    launcher = project.world.home / "old/bin/devenv"
    launcher.parent.mkdir(parents=True)
    (launcher.parents[1] / "pyvenv.cfg").touch()
    shutil.copy(project.world.command()[0], launcher)


READ_ONLY_HOME = (
    "mount --bind {home} {home} && mount -o remount,ro,bind {home} && cd {folder}"
)
SMALL_DISK = (
    "mkdir -p {home}/.local/share/devenv && mount -t tmpfs -o size=32k tmpfs"
    " {home}/.local/share/devenv && cd {folder}"
)
READ_ONLY_FOLDER = (
    "mount --bind {folder} {folder} && mount -o remount,ro,bind {folder} && cd {folder}"
)

MISTAKES = {
    "activate": Mistake(typed="activate", status=2),
    "add-url": Mistake(typed="add https://example.org/tool.tar.gz", status=2),
    "add-pip-version": Mistake(typed="add python==3.11", status=2),
    "add-range": Mistake(typed="add node^1.2", status=2),
    "add-npm-range": Mistake(typed="add node@^18", status=2),
    "add-apt-version": Mistake(typed="add hello=2.1-1", status=2),
    "add-apt-suite": Mistake(typed="add hello/stable", status=2),
    "add-nix-attribute": Mistake(typed="add nixpkgs#hello", status=2),
    "add-pip-extra": Mistake(typed="add 'uvicorn[standard]'", status=2),
    "add-unknown": Mistake(typed="add helo"),
    "add-wrong-case": Mistake(typed="add Hello", status=0),
    "add-program": Mistake(typed="add hammer"),
    "add-nothing": Mistake(typed="add", status=2),
    "add-flag-misspelt": Mistake(typed="add --ofline hello", status=2),
    "add-unknown-input": Mistake(typed="add bokworm:hello"),
    "add-without-project": Mistake(typed="add hello", prepare=[without_spec]),
    "add-in-read-only-folder": Mistake(typed="add toolbox", through=READ_ONLY_FOLDER),
    "allow-outside": Mistake(typed="allow", where=""),
    "allow-untrusted-shell": Mistake(typed="reload"),
    "broken-toml": Mistake(
        typed="build", prepare=[spec_of('packages = ["hello"\n[env]\nA = 1\n')]
    ),
    "cd-without-hook": Mistake(typed="deactivate", status=2),
    "command-misspelt": Mistake(typed="serach hello", status=2),
    "develop": Mistake(typed="develop", status=2),
    "exec-nothing": Mistake(typed="exec", status=2),
    "exec-unknown": Mistake(typed="exec helo"),
    "export-docker": Mistake(typed="export docker", status=2),
    "export-oci-entry": Mistake(typed="export oci -o x.tar --entry 'helo you'"),
    "export-oci-place": Mistake(typed="export oci -o x.tar --add src", status=2),
    "foreign-folder": Mistake(
        typed="build",
        prepare=[foreign],
    ),
    "gc-nothing": Mistake(typed="gc --dry-run", status=0),
    "help-unknown": Mistake(typed="help serach", status=2),
    "hook-wrong-shell": Mistake(typed="hook tcsh", status=2),
    "hook-misspelt-shell": Mistake(typed="hook zhs", status=2),
    "fish-line-in-bash": Mistake(typed="sh: devenv hook fish | bash", status=2),
    "home-unset": Mistake(typed="sh: unset HOME; devenv build", status=0),
    "home-read-only": Mistake(typed="run hello", through=READ_ONLY_HOME),
    "disk-full": Mistake(typed="build", through=SMALL_DISK),
    "init-again": Mistake(typed="init minimal --yes", status=2),
    "init-unknown-template": Mistake(typed="init pyton", where=""),
    "install": Mistake(typed="install hello", status=2),
    "list-wrong-system": Mistake(typed="list --system x86-64-linux"),
    "locate-folder": Mistake(typed="locate usr/bin/", status=2),
    "locate-no-expression": Mistake(typed="locate --regex '*.h'", status=2),
    "locate-nothing": Mistake(typed="locate", status=2),
    "locate-unknown": Mistake(typed="locate libGL.so.1"),
    "lock-in-conflict": Mistake(typed="exec --frozen hello", prepare=[in_conflict]),
    "lock-of-another-branch": Mistake(
        typed="exec --locked hello", prepare=[locked_elsewhere]
    ),
    "no-network": Mistake(typed="build", prepare=[unreachable]),
    "no-network-search": Mistake(
        typed="search json",
        prepare=[without_spec, unconfigured],
    ),
    "not-installed-command": Mistake(typed="use node", status=2),
    "nothing-typed-wrong-option": Mistake(typed="--verson", status=2),
    "package-option-empty": Mistake(typed="shell -p", status=2),
    "provides": Mistake(typed="provides zlib.h", status=2),
    "python-gone": Mistake(typed="sh: ~/old/bin/devenv version", prepare=[no_python]),
    "rollback-unknown": Mistake(
        typed="rollback 99 --yes", prepare=[run_before("build")]
    ),
    "rollback-word": Mistake(typed="rollback last", status=2),
    "run-nothing": Mistake(typed="run", status=2),
    "run-program": Mistake(typed="run hammer", status=0),
    "search-nothing": Mistake(typed="search", status=2),
    "search-without-find": Mistake(typed="search zzqqxx"),
    "spec-named-yaml": Mistake(
        typed="build",
        prepare=[without_spec, with_file("devenv.yaml", "packages: [hello]\n")],
    ),
    "spec-named-nix": Mistake(
        typed="shell",
        prepare=[without_spec, with_file("devenv.nix", "{ pkgs }: {}\n")],
    ),
    "spec-quotes": Mistake(typed="build", prepare=[spec_of("packages = ['hello\n")]),
    "spec-unknown-version": Mistake(
        typed="build", prepare=[asking_for("own:hello@99")]
    ),
    "spec-wrong-key": Mistake(
        typed="build", prepare=[spec_of('package = ["hello"]\n')]
    ),
    "template-unknown": Mistake(typed="template show pyton", status=1),
    "untrusted-project": Mistake(typed="status", status=0),
    "up": Mistake(typed="up", status=2),
    "update-unknown": Mistake(
        typed="update helo", prepare=[run_before("lock")], status=2
    ),
    "version-option": Mistake(typed="--version", status=0),
    "nothing": Mistake(typed="", status=0),
    "status-extra-word": Mistake(typed="status now", status=2),
    "wait-not-a-number": Mistake(typed="wait --timeout soon", status=2),
    "why-unknown": Mistake(typed="why helo", prepare=[run_before("lock")]),
}


def told(project: ProjectWorld, mistake: Mistake) -> "subprocess.CompletedProcess[str]":
    world = project.world
    cwd = world.home / mistake.where
    through: list[str] = []
    if mistake.through:
        script = mistake.through.format(home=world.home, folder=project.folder)
        through = ["unshare", "-m", "sh", "-c", f'{script} && exec "$@"', "-"]
    if mistake.typed.startswith("sh: "):
        line = mistake.typed.removeprefix("sh: ")
    else:
        line = f"devenv {mistake.typed}".rstrip()
    elsewhere = {
        f"XDG_{name}_HOME": str(world.home / below)
        for name, below in (
            ("DATA", ".local/share"),
            ("STATE", ".local/state"),
            ("CACHE", ".cache"),
            ("CONFIG", ".config"),
        )
    }
    path = f"{Path(world.command()[0]).parent}:/usr/bin:/bin:/usr/sbin:/sbin"
    return subprocess.run(
        [*through, "sh", "-c", line],
        env=world.environment(PATH=path, **NO_NETWORK, **elsewhere),
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def shown(
    mistake: Mistake, done: "subprocess.CompletedProcess[str]", world: World
) -> str:
    """Return a session as it looks, without what is another each time."""
    line = mistake.typed.removeprefix("sh: ")
    typed = line if line != mistake.typed else f"devenv {line}".rstrip()
    text = f"$ {typed}\n{done.stdout}{done.stderr}[{done.returncode}]\n"
    text = text.replace(str(world.home), "~").replace(world.server.url(""), "ARCHIVE/")
    for pattern, word in CHANGING:
        text = re.sub(pattern, word, text)
    return text


@pytest.mark.parametrize("name", MISTAKES)
def test_a_newcomer_is_told(project: ProjectWorld, name: str) -> None:
    mistake = MISTAKES[name]
    if (mistake.through or foreign in mistake.prepare) and not is_root():
        pytest.skip("only root can mount, and give files away")
    if mistake.through:
        required("unshare")
    project.world.configure()
    for prepare in mistake.prepare:
        prepare(project)
    done = told(project, mistake)
    text = shown(mistake, done, project.world)
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("DEVENV_WRITE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text)
    assert text == golden.read_text()
    assert done.returncode == mistake.status
    assert "Traceback" not in text


def test_every_file_is_of_a_mistake() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(MISTAKES)
