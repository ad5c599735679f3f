"""The worker from inside: what it can still do once it has begun."""

import json
import os
from dataclasses import asdict
from pathlib import Path

import pytest

from devenv.build.unpack_rules import UnpackLimits
from devenv.build.unpack_worker import MEMORY_BYTES, UNPACKED, _answer
from devenv.host.landlock import landlock_version
from tests.fixtures.deb import make_deb
from tests.fixtures.forked import in_child


@pytest.fixture
def job(tmp_path: Path) -> tuple[bytes, list[int]]:
    """A request, and descriptors of a package, a target and a report."""
    (tmp_path / "target").mkdir()
    (tmp_path / "a.deb").write_bytes(make_deb("a", "1", {"etc/a": b"x"}))
    request = {
        "name": "a",
        "version": "1",
        "limits": asdict(UnpackLimits()),
        "reads_ahead": False,
    }
    descriptors = [
        os.open(tmp_path / "a.deb", os.O_RDONLY),
        os.open(tmp_path / "target", os.O_RDONLY | os.O_DIRECTORY),
        os.open(tmp_path / "report", os.O_RDWR | os.O_CREAT, 0o600),
    ]
    return json.dumps(request).encode(), descriptors


@pytest.mark.skipif(landlock_version() == 0, reason="this kernel has no Landlock")
def test_after_its_work_a_worker_can_read_nothing_else(
    job: tuple[bytes, list[int]], tmp_path: Path
) -> None:
    def child() -> str:
        _answer(*job)
        return Path("/etc/passwd").read_text()

    assert in_child(child).startswith("PermissionError")
    assert (tmp_path / "report").read_bytes().startswith(UNPACKED)


def test_after_its_work_a_worker_can_allocate_no_more_than_its_limit(
    job: tuple[bytes, list[int]],
) -> None:
    def child() -> str:
        _answer(*job)
        return str(len(bytearray(MEMORY_BYTES)))

    assert in_child(child).startswith("MemoryError")
