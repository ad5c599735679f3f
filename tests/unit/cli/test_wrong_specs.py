"""What a person is told about a wrong spec: one folder of tests/golden/specs each.

`DEVENV_WRITE_GOLDEN=1 pytest tests/unit/cli/test_wrong_specs.py` writes what is
told now; the difference is then for a person to judge.
"""

import io
import os
import shutil
from pathlib import Path

import pytest

from devenv.cli.display import Display, Look
from devenv.errors import SpecError
from devenv.operations.check_project import check_project

SPECS = Path(__file__).parents[2] / "golden" / "specs"
EXPECTED = "expected.txt"
OUTER = {"HOME": "/home/user", "PATH": "/usr/bin:/bin"}
NAMES = sorted(path.name for path in SPECS.iterdir())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder that the project is copied to, outside of the checkout."""
    return tmp_path / "project"


def told_about(folder: Path) -> SpecError:
    with pytest.raises(SpecError) as caught:
        check_project(folder, system="x86_64-linux", env=OUTER, is_named=True)
    return caught.value


def shown(error: SpecError, folder: Path) -> str:
    stream = io.StringIO()
    Display(stream, Look(is_terminal=False, is_coloured=False)).error(error)
    return stream.getvalue().replace(str(folder), "PROJECT")


@pytest.mark.parametrize("name", NAMES)
def test_a_mistake_is_told(name: str, folder: Path) -> None:
    shutil.copytree(SPECS / name, folder, ignore=shutil.ignore_patterns(EXPECTED))
    error = told_about(folder)
    text = shown(error, folder)
    golden = SPECS / name / EXPECTED
    if os.environ.get("DEVENV_WRITE_GOLDEN"):
        golden.write_text(text)
    assert text == golden.read_text()
    for complaint in error.complaints:
        assert complaint.where is not None
        assert complaint.where.startswith(f"{folder}/")
        assert complaint.hint


def test_a_person_is_not_drowned_in_complaints(folder: Path) -> None:
    folder.mkdir()
    (folder / "devenv.toml").write_text("\n".join(f"k{n} = 1" for n in range(40)))
    text = shown(told_about(folder), folder)
    assert text.count("error:") == 30
    assert text.endswith("... and 10 more\n")


def test_there_are_many() -> None:
    assert len(NAMES) >= 40
