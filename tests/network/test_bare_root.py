"""The README's two commands work on a machine with only python3 and git."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from devenv.formats.quantities import size
from tests.network.bare_results import (
    PIP_LOG,
    BareResult,
    disk_bytes,
    downloads_text,
    write_row,
)
from tests.network.conftest import unavailable

pytestmark = [pytest.mark.network, pytest.mark.timeout(3600)]

CHECKOUT = Path(__file__).parents[2]
RELEASE = "trixie"
PACKAGES = ("ca-certificates", "git", "python3")
MORE_PACKAGES = {"bare": (), "with pip": ("python3-pip", "python3-venv")}
USER_ID = 1000
HOME = "/home/me"
BLOCK = re.compile(r"<!-- run: (\S+) -->\n```sh\n(.*?)```", re.DOTALL)
NETWORK_FILES = (
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/ssl/certs/ca-certificates.crt",
)


def readme_blocks(text: str) -> Mapping[str, str]:
    """Return the commands below each `<!-- run: NAME -->`."""
    return dict(BLOCK.findall(text))


def network_variables(outer: Mapping[str, str]) -> dict[str, str]:
    """Return what makes this host's network work, and nothing else of it."""
    return {
        name: value
        for name, value in outer.items()
        if name.lower().endswith("_proxy")
        or name.startswith(("PIP_", "DEVENV_APT_"))
        or name in {"SSL_CERT_FILE", "CI"}
    }


def _debootstrap(root: Path, *, packages: Iterable[str]) -> None:
    part = root.with_name("part")
    shutil.rmtree(part, ignore_errors=True)
    included = f"--include={','.join(packages)}"
    subprocess.run(
        ["debootstrap", "--variant=minbase", included, RELEASE, str(part)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    for index in (part / "var/cache/apt/archives").glob("*.deb"):
        index.unlink()
    part.rename(root)


@pytest.fixture(scope="module", params=MORE_PACKAGES)
def bare_root(request: pytest.FixtureRequest) -> tuple[str, Path]:
    """Return what kind of minimal Debian it is, and where.

    It is made once and kept in pytest's cache folder.
    Debian's python3 has neither pip nor ensurepip; both kinds must do.
    """
    kind: str = request.param
    if os.geteuid() != 0:
        unavailable("only root can make a bare root")
    missing = [tool for tool in ("debootstrap", "bwrap") if not shutil.which(tool)]
    if missing:
        unavailable(f"a bare root needs {', '.join(missing)}")
    cache = request.config.cache
    assert cache is not None
    root = cache.mkdir(f"root-{RELEASE}-{kind.replace(' ', '-')}") / "root"
    if not root.is_dir():
        _debootstrap(root, packages=(*PACKAGES, *MORE_PACKAGES[kind]))
    return kind, root


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """Yield the home of an ordinary user, with a checkout in it."""
    target = tmp_path / "home"
    checkout = target / "devenv"
    target.mkdir()
    git = ["git", "-c", "safe.directory=*", "-C", str(CHECKOUT)]
    clone = ["git", "clone", "-q", "--no-hardlinks", str(CHECKOUT), str(checkout)]
    subprocess.run(clone, check=True)
    files = [*git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(files, check=True, capture_output=True).stdout
    for name in listed.decode().split("\0"):
        if name and (CHECKOUT / name).is_file():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, checkout / name)
    for folder, folders, names in os.walk(target):
        for name in (".", *folders, *names):
            os.lchown(f"{folder}/{name}", USER_ID, USER_ID)
    yield target
    shutil.rmtree(target)


def run_as_user(script: str, *, root: Path, home: Path) -> str:
    """Run `script` in the checkout, and return all it said.

    The root is read-only: what the commands write, they write to the home.
    """
    shared = (path for path in NETWORK_FILES if Path(path).exists())
    network = (word for path in shared for word in ("--ro-bind", path, path))
    command = [
        *("bwrap", "--ro-bind", str(root), "/", "--die-with-parent", "--unshare-pid"),
        *("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"),
        *("--dev", "/dev", "--proc", "/proc"),
        *("--perms", "1777", "--tmpfs", "/tmp", "--tmpfs", "/home"),  # noqa: S108
        *("--bind", str(home), HOME, *network, "--chdir", f"{HOME}/devenv"),
        *("setpriv", f"--reuid={USER_ID}", f"--regid={USER_ID}", "--clear-groups"),
        *("sh", "-c", script),
    ]
    own = {
        "HOME": HOME,
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PIP_LOG": f"{HOME}/{PIP_LOG}",
    }
    done = subprocess.run(
        command,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**network_variables(os.environ), **own},
    )
    said = done.stdout.decode(errors="replace")
    assert done.returncode == 0, without_skips(said)[-12000:]
    return said


def without_skips(said: str) -> str:
    """Return what was said without a suite's long list of what it left out."""
    lines = said.splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("SKIPPED"))


@dataclass(frozen=True)
class BareMachine:
    """A bare root, the home of its user, and whether results are written."""

    kind: str
    root: Path
    home: Path
    writes: bool

    def run_readme(self, name: str, *, sign: str) -> None:
        """Run one of the README's commands; it says `sign` if it went well."""
        script = readme_blocks((CHECKOUT / "README.md").read_text())[name]
        before, start = disk_bytes(self.home), time.monotonic()
        said = run_as_user(script, root=self.root, home=self.home)
        result = BareResult(
            machine=self.kind,
            command=f"`{script.strip()}`",
            seconds=f"{time.monotonic() - start:.0f}",
            downloaded=downloads_text(self.home),
            on_disk=size(disk_bytes(self.home) - before),
            ended=f"`{_line_with(sign, said)}`",
        )
        if self.writes:
            write_row(result)


def _line_with(sign: str, said: str) -> str:
    found = [line for line in said.splitlines() if sign in line]
    assert found, said[-6000:]
    return found[-1].strip("= ")


@pytest.fixture
def machine(
    request: pytest.FixtureRequest, bare_root: tuple[str, Path], home: Path
) -> BareMachine:
    kind, root = bare_root
    writes = bool(request.config.getoption("write_results", default=False))
    return BareMachine(kind=kind, root=root, home=home, writes=writes)


def test_the_readmes_first_command_sets_up_and_runs_a_program(
    machine: BareMachine,
) -> None:
    machine.run_readme("use", sign="< hello >")


@pytest.mark.long
def test_the_readmes_second_command_sets_up_and_passes_the_tests(
    machine: BareMachine,
) -> None:
    machine.run_readme("test", sign=" passed")
