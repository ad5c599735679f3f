"""Real packages: what is damaged is made again, and a compiler is carried elsewhere."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.network.installation import Installation

pytestmark = [pytest.mark.network, pytest.mark.timeout(900)]

OTHER_USER = 65531
PACKAGES = ("gcc", "python3")
MAP = () if os.geteuid() == 0 else ("--map-root-user",)
PROGRAM = """#include <stdio.h>
int main(void) { puts("carried"); return 0; }
"""


@pytest.fixture
def own(installation: Installation, tmp_path: Path) -> Iterator[Installation]:
    """Yield an installation of its own, since the test damages its store."""
    folder = tmp_path / "own"
    folder.mkdir()
    mine = replace(installation, folder=folder)
    yield mine
    mine.run(["store", "delete", "--all", "--force"])
    shutil.rmtree(folder)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    listed = ", ".join(f'"{package}"' for package in PACKAGES)
    (folder / "devenv.toml").write_text(f"packages = [{listed}]\n")
    (folder / "hello.c").write_text(PROGRAM)
    return folder


def damage(file: Path) -> None:
    """Change the last byte of a file, and nothing else."""
    status = file.stat()
    file.chmod(0o644)
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    file.chmod(status.st_mode)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def one_of_each_kind(store: Path) -> dict[str, Path]:
    """Return a file of a store path of each kind; the tree's is its own."""
    patterns = {
        "unpacked": "*-libc6-2.*[0-9]/usr/lib/*/libm.so.6",
        "patched": "*-libc6-*-patched/usr/lib/*/ld-linux-*.so.*",
        "bytecode": "*-libpython3.*-stdlib-*-bytecode/usr/lib/**/*.pyc",
        "tree": "*-env-tree/usr/bin/*gcc",
    }
    found = {kind: sorted(store.glob(pattern)) for kind, pattern in patterns.items()}
    return {kind: files[0] for kind, files in found.items()}


def test_whatever_kind_of_path_is_damaged_is_made_again(
    own: Installation, project: Path
) -> None:
    own.run(["build"], directory=project)
    before = own.run(["store", "info", "--json"])
    for file in one_of_each_kind(own.store).values():
        damage(file)
    own.run(["store", "verify", "--content"], expected_status=1)
    repaired = json.loads(own.run(["store", "repair", "--json"]))
    assert repaired["left"] == []
    kinds = {name.rpartition("-")[2] for name in repaired["mended"]}
    assert {"patched", "bytecode", "tree"} <= kinds
    own.run(["store", "verify", "--content"])
    after = own.run(["store", "info", "--json"])
    counts = [json.loads(text)["path_counts"] for text in (before, after)]
    assert counts[0] == counts[1]
    compiled = ["exec", "--offline", "sh", "-c", "gcc hello.c -o hello && ./hello"]
    assert own.run(compiled, directory=project) == b"carried\n"


def test_equal_files_are_joined_and_everything_still_works(
    own: Installation, project: Path
) -> None:
    own.run(["build"], directory=project)
    own.run(["store", "optimise"])
    own.run(["store", "verify", "--content"])
    compiled = ["exec", "--offline", "sh", "-c", "gcc hello.c -o hello && ./hello"]
    assert own.run(compiled, directory=project) == b"carried\n"


@pytest.fixture
def there() -> Iterator[Path]:
    """Yield another user's home."""
    with tempfile.TemporaryDirectory(prefix="devenv-home-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_a_compiler_is_carried_to_another_user_and_works_without_a_network(
    own: Installation, project: Path, there: Path
) -> None:
    own.run(["store", "export", "-o", str(there / "gcc.tar")], directory=project)
    shutil.copytree(project, there / "project")
    user = other_user(own.command)
    for path in (there, *there.rglob("*")):
        os.chown(path, user, -1)
    script = (
        f"'{own.command}' store import ../gcc.tar && '{own.command}' exec --offline"
        " sh -c 'gcc hello.c -o hello && ./hello && python3 -c \"print(6 * 7)\"'"
    )
    done = subprocess.run(
        ["unshare", *MAP, "--net", *as_user(user), "sh", "-c", script],
        cwd=there / "project",
        env={"HOME": str(there), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "carried\n42\n", done.stderr
    assert {path.lstat().st_uid for path in there.rglob("*-gcc-*")} == {user}


def other_user(command: Path) -> int:
    """Return a user who can read the installation: another one if possible."""
    tried = [*as_user(OTHER_USER), str(command), "version"]
    can = os.geteuid() == 0 and not subprocess.run(tried, check=False).returncode
    return OTHER_USER if can else os.geteuid()


def as_user(user: int) -> list[str]:
    if user == os.geteuid():
        return []
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
