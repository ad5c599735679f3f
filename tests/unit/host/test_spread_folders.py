"""The store's folders lie apart where the file system can be asked for that."""

from pathlib import Path

import pytest

from devenv.host.process import run
from devenv.host.spread_folders import are_folders_spread, spread_folders
from tests.fixtures.stores import open_store

ENVIRONMENT = {"PATH": "/usr/bin:/bin"}


def test_a_file_system_that_knows_it_not_is_left_alone() -> None:
    spread_folders(Path("/proc"))
    assert not are_folders_spread(Path("/proc"))


def test_a_new_store_on_ext4_asks_for_it(tmp_path: Path) -> None:
    kind = run(["stat", "-f", "-c", "%T", str(tmp_path)], env=ENVIRONMENT).stdout
    if kind.strip() != b"ext2/ext3":
        pytest.skip(f"this is no ext4: {kind.decode().strip()}")
    assert not are_folders_spread(tmp_path)
    open_store(tmp_path).close()
    assert are_folders_spread(tmp_path / "store")
