"""What is proposed for a project: one folder of tests/golden/projects each.

`DEVENV_WRITE_GOLDEN=1 pytest tests/unit/operations/test_propose_spec.py` writes what
is proposed now; the difference is then for a person to judge.
"""

import os
from pathlib import Path

import pytest

from devenv.errors import FormatError, UsageError
from devenv.formats.project_files import READERS
from devenv.formats.spec_format import formatted
from devenv.formats.spec_initial import initial_spec
from devenv.formats.spec_toml import parse_spec
from devenv.model.proposal import NameKind
from devenv.operations.propose_spec import (
    findings_of_file,
    findings_of_folder,
    project_names,
    proposal_of,
)
from tests.fixtures.known_archive import KnownArchive

PROJECTS = Path(__file__).parents[2] / "golden" / "projects"
EXPECTED = "expected.toml"
NAMES = sorted(path.name for path in PROJECTS.iterdir())


def golden(name: str, text: str) -> None:
    path = PROJECTS / name / EXPECTED
    if os.environ.get("DEVENV_WRITE_GOLDEN"):
        path.write_text(text)
    assert text == path.read_text()


@pytest.mark.parametrize("name", NAMES)
def test_a_project_is_proposed_a_spec(name: str) -> None:
    proposal = proposal_of(findings_of_folder(PROJECTS / name), KnownArchive())
    spec = parse_spec(proposal.spec, file="/p/devenv.toml")
    written = [item.text for item in spec.common.requirements]
    assert written == [package.written for package in proposal.packages]
    assert all(package.reasons for package in proposal.packages)
    assert formatted(proposal.spec) == proposal.spec
    golden(name, proposal.spec)


def test_every_file_that_is_read_has_an_example() -> None:
    files = {path.name for path in PROJECTS.glob("*/*")}
    twins = {".mise.toml", ".node-version", "build.gradle", "environment.yaml"}
    assert set(READERS) - files - twins == {"Aptfile", "Containerfile"}


def test_nothing_to_go_by_is_the_first_spec_of_a_new_project(tmp_path: Path) -> None:
    archive = KnownArchive()
    proposal = proposal_of(findings_of_folder(tmp_path), archive)
    assert proposal.spec == initial_spec(())
    assert archive.asked == []


def test_without_package_lists_what_is_pinned_is_taken_at_its_word() -> None:
    folder = PROJECTS / "node-app"
    proposal = proposal_of(findings_of_folder(folder), KnownArchive(is_here=False))
    (node, *_) = proposal.packages
    assert node.written == "nodejs@20.11.1"
    assert node.reasons[-1] == "versions were not looked up"


def test_what_needs_no_answer_asks_nothing() -> None:
    archive = KnownArchive()
    proposal_of(findings_of_folder(PROJECTS / "node-lts"), archive)
    assert archive.asked == []


def test_one_file_is_looked_at_alone() -> None:
    found = findings_of_file(PROJECTS / "python-service" / ".python-version")
    proposal = proposal_of(found, KnownArchive())
    assert [package.written for package in proposal.packages] == ["python3@3.11"]


def test_a_file_that_nobody_reads_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not read flake"):
        findings_of_file(tmp_path / "flake.lock")
    with pytest.raises(FormatError, match="no such file"):
        findings_of_file(tmp_path / "go.mod")


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_bytes(b"\xff\xfe")
    os.mkfifo(tmp_path / "go.mod")
    (tmp_path / "Gemfile").symlink_to("nowhere")
    proposal = proposal_of(findings_of_folder(tmp_path), KnownArchive())
    assert proposal.unmapped == (
        "package.json: it cannot be read: it is not UTF-8",
        "go.mod: it cannot be read: this is not a regular file",
    )


def test_what_is_no_toml_is_said(tmp_path: Path) -> None:
    # Not among the golden ones: every tool that looks for a pyproject.toml fails.
    for name in ("pyproject.toml", "mise.toml", "Cargo.toml", "rust-toolchain.toml"):
        (tmp_path / name).write_text("[project\n")
    proposal = proposal_of(findings_of_folder(tmp_path), KnownArchive())
    assert len(proposal.unmapped) == len(list(tmp_path.iterdir()))
    assert all("this is not TOML" in item for item in proposal.unmapped)


def test_the_table_of_names_has_every_kind() -> None:
    assert set(project_names()) == set(NameKind)
