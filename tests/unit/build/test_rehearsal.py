"""The package that is unpacked before any other."""

import os
from pathlib import Path

import pytest

from devenv.build import rehearsal
from devenv.build.rehearsal import rehearse, rehearsed_package
from devenv.build.unpack import UnpackPool
from devenv.build.unpack_rules import UnpackLimits
from devenv.formats.facts_json import decode
from devenv.host.xz_library import load_xz


def test_it_has_everything_that_packages_have(tmp_path: Path) -> None:
    deb, target = tmp_path / "a.deb", tmp_path / "target"
    deb.write_bytes(rehearsed_package())
    target.mkdir()
    with UnpackPool(1) as pool:
        found = pool.unpack(deb, target, UnpackLimits(), name="rehearsal", version="1")
    facts = found.facts
    assert facts.postinst.startswith("#!")
    assert {file.hard_link_to for file in facts.files} == {None, "usr/lib/a.so"}
    assert all((facts.links, facts.directories, facts.texts))
    assert bool(facts.elf_files) is (load_xz() is not None)
    assert not (target / "usr/share/doc").exists()
    # The rehearsal goes the whole way, too.
    assert decode(rehearse()) == facts


def test_nothing_is_left_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before = {path.name for path in Path("/proc/self/fd").iterdir()}
    rehearse()
    assert {path.name for path in Path("/proc/self/fd").iterdir()} == before
    assert not list(tmp_path.iterdir())


def test_without_files_in_memory_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(os, "memfd_create", refuse)
    assert rehearse() == b""


@pytest.mark.skipif(load_xz() is None, reason="no library for this machine")
def test_without_our_decoder_it_has_no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    with_program = len(rehearsed_package())
    monkeypatch.setattr(rehearsal, "load_xz", lambda: None)
    assert len(rehearsed_package()) < with_program
