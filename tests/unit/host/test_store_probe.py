import os
import subprocess
from pathlib import Path

import pytest

from devenv.errors import StoreError
from devenv.host import store_probe
from devenv.host.files import names_in
from devenv.host.store_probe import (
    PROBE_PREFIX,
    check_can_hold_store,
    is_probe_of_living,
)


def test_a_usual_directory_can_hold_a_store(tmp_path: Path) -> None:
    store, memory = tmp_path / "store", tmp_path / "memory"
    store.mkdir()

    check_can_hold_store(store, remembered_in=memory)

    assert names_in(store) == []
    assert memory.read_text() == f"{store.stat().st_dev} {store}"


def test_an_answer_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_can_hold_store(tmp_path, remembered_in=tmp_path / "memory")
    monkeypatch.setattr(store_probe, "_SCRIPT_STATUS", 8)

    check_can_hold_store(tmp_path, remembered_in=tmp_path / "memory")


def test_a_directory_where_programs_do_not_run_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_probe, "_SCRIPT", b"#!/no/such/interpreter\n")

    with pytest.raises(StoreError, match="programs cannot be run") as caught:
        check_can_hold_store(tmp_path, remembered_in=tmp_path / "memory")

    assert "DEVENV_STORE_DIR" in str(caught.value.hint)
    assert list(tmp_path.glob(".tmp-*")) == []


def test_a_file_system_without_hard_links_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)

    with pytest.raises(StoreError, match="hard links"):
        check_can_hold_store(tmp_path, remembered_in=tmp_path / "memory")


def test_what_another_process_tries_with_is_not_taken_for_a_leftover() -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    assert is_probe_of_living(f"{PROBE_PREFIX}{os.getpid()}-abc")
    assert not is_probe_of_living(f"{PROBE_PREFIX}{ended.pid}-abc")
    assert not is_probe_of_living(f"{PROBE_PREFIX}abc")
    assert not is_probe_of_living(f".tmp-{os.getpid()}-abc")
