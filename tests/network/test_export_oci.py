"""An image of real packages: run where nothing else is, and read by real tools."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.oci_archive import Image, read_image, run_in
from tests.network.installation import Installation

pytestmark = [pytest.mark.network, pytest.mark.timeout(900)]

PACKAGES = ("-p", "python3", "-p", "ripgrep")
SCRIPT = """
import pathlib, pwd, socket, sqlite3, ssl, subprocess, sys, zoneinfo
print(pwd.getpwuid(0).pw_name, socket.getservbyname("https"))
print(zoneinfo.ZoneInfo("Europe/Berlin"), sqlite3.connect(":memory:") is not None)
print(subprocess.check_output("echo from a shell", shell=True, text=True), end="")
pathlib.Path("/var/tmp/x").write_text("needle")
print(subprocess.check_output(["rg", "needle", "/var/tmp"], text=True), end="")
"""
EXPECTED = """root 443
Europe/Berlin True
from a shell
/var/tmp/x:needle
"""


@pytest.fixture(scope="module")
def archive(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    target = tmp_path_factory.mktemp("image") / "image.tar"
    words = ("--tag", "tools:1.0", "-o", str(target))
    more = ("-p", "tzdata", "-p", "netbase", "-p", "dash")
    installation.run(["export", "oci", *PACKAGES, *more, *words])
    return target


@pytest.fixture(scope="module")
def image(archive: Path) -> Image:
    return read_image(archive.read_bytes())


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "root"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


def test_python_and_ripgrep_run_where_there_is_nothing_else(
    image: Image, root: Path
) -> None:
    done = run_in(image, image.unpack(root), ["python3", "-c", SCRIPT])
    assert (done.stdout, done.returncode) == (EXPECTED, 0), done.stderr


def test_skopeo_and_umoci_take_it(
    installation: Installation, archive: Path, image: Image, tmp_path: Path
) -> None:
    tools = ("run", "-p", "skopeo", "-p", "umoci", "--")
    for kind in ("oci-archive", "docker-archive"):
        copy = ("skopeo", "--insecure-policy", "copy", f"{kind}:{archive}")
        target = f"oci:{tmp_path}/{kind}:latest"
        installation.run([*tools, *copy, target])
        words = (*tools, "skopeo", "inspect", "--config", target)
        config = json.loads(installation.run(words))
        assert config["rootfs"] == image.config["rootfs"]
        assert config["config"]["Env"] == image.config["config"]["Env"]
    unpack = ("umoci", "unpack", *([] if os.geteuid() == 0 else ["--rootless"]))
    layout = ("--image", f"{tmp_path}/oci-archive:latest", f"{tmp_path}/bundle")
    installation.run([*tools, *unpack, *layout])
    assert (tmp_path / "bundle/rootfs/etc/passwd").is_file()
    shutil.rmtree(tmp_path / "bundle")


def test_one_more_package_changes_few_layers(
    installation: Installation, image: Image, tmp_path: Path
) -> None:
    target = tmp_path / "more.tar"
    more = ("-p", "tzdata", "-p", "netbase", "-p", "dash", "-p", "jq")
    installation.run(["export", "oci", *PACKAGES, *more, "-o", str(target)])
    after = read_image(target.read_bytes())
    fresh = set(after.layer_digests) - set(image.layer_digests)
    assert len(fresh) <= len(after.layer_digests) // 2
