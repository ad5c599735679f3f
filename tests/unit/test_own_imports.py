"""Our modules are found as Python's finder finds them, and never an old one."""

import os
import py_compile
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.ad_hoc import CHECKOUT

SCRIPT = """
import sys
sys.path.insert(0, {checkout!r})
from devenv.own_imports import OwnFinder
del sys.modules["devenv"], sys.modules["devenv.own_imports"]
sys.path[0] = {folder!r}
sys.meta_path.insert(0, OwnFinder({folder!r}))
import devenv.part.module as module
print(module.VALUE, type(module.__loader__).__name__)
print(module.__file__, module.__package__, sys.modules["devenv.part"].__path__)
"""


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """A module in a package in a package, all of them with byte code."""
    folder = tmp_path / "devenv" / "part"
    folder.mkdir(parents=True)
    (tmp_path / "devenv" / "__init__.py").touch()
    (folder / "__init__.py").touch()
    file = folder / "module.py"
    file.write_text("VALUE = 'first'\n")
    for each in (tmp_path / "devenv" / "__init__.py", folder / "__init__.py", file):
        py_compile.compile(str(each))
    return file


def imported(module: Path) -> list[str]:
    folder = module.parents[2]
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-c",
            SCRIPT.format(checkout=str(CHECKOUT), folder=str(folder)),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    first, second = done.stdout.splitlines()
    part = str(module.parent)
    assert second == f"{module} devenv.part {[part]}"
    return first.split()


def test_a_module_with_fresh_byte_code_is_found_by_us(module: Path) -> None:
    assert imported(module) == ["first", "OwnLoader"]


def test_a_large_module_is_read_to_its_end(module: Path) -> None:
    texts = "".join(
        f"T{number} = 'a text of number {number}'\n" for number in range(5000)
    )
    module.write_text(f"{texts}VALUE = 'last'\n")
    assert imported(module) == ["last", "SourceFileLoader"]
    (compiled,) = (module.parent / "__pycache__").glob("module.*")
    assert compiled.stat().st_size > 2 << 16
    assert imported(module) == ["last", "OwnLoader"]


def test_what_is_imported_looks_as_if_python_had_found_it(module: Path) -> None:
    program = (
        "import sys\n"
        "import devenv.part.module as module\n"
        "names = ('__file__', '__cached__', '__package__', '__name__')\n"
        "print([getattr(module, name, None) for name in names])\n"
        "print(module.__spec__.cached, module.__spec__.origin)\n"
        "print(sys.modules['devenv.part'].__spec__.submodule_search_locations)\n"
    )
    shown = [
        subprocess.run(
            [sys.executable, "-I", "-c", f"{before}\n{program}"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for before in (
            f"import sys; sys.path.insert(0, {str(module.parents[2])!r})",
            SCRIPT.partition("import devenv")[0].format(
                checkout=str(CHECKOUT), folder=str(module.parents[2])
            ),
        )
    ]
    assert shown[0] == shown[1]


def test_a_module_that_was_changed_is_read_anew(module: Path) -> None:
    module.write_text("VALUE = 'second'\n")
    assert imported(module) == ["second", "SourceFileLoader"]
    # Python has compiled it.
    assert imported(module) == ["second", "OwnLoader"]


def test_a_module_of_the_same_size_and_another_time_is_read_anew(module: Path) -> None:
    module.write_text("VALUE = 'other'\n")
    os.utime(module, (1, 1))
    assert imported(module) == ["other", "SourceFileLoader"]


def test_a_module_without_byte_code_is_left_to_python(module: Path) -> None:
    for file in (module.parent / "__pycache__").iterdir():
        file.unlink()
    assert imported(module) == ["first", "SourceFileLoader"]


def test_byte_code_of_another_kind_is_left_to_python(module: Path) -> None:
    mode = py_compile.PycInvalidationMode.CHECKED_HASH
    py_compile.compile(str(module), invalidation_mode=mode)
    assert imported(module) == ["first", "SourceFileLoader"]
    module.write_text("VALUE = 'third'\n")
    assert imported(module) == ["third", "SourceFileLoader"]


def test_byte_code_of_another_python_is_left_to_python(module: Path) -> None:
    (file,) = (module.parent / "__pycache__").glob("module.*")
    file.write_bytes(b"\0\0\r\n" + file.read_bytes()[4:])
    assert imported(module) == ["first", "SourceFileLoader"]
