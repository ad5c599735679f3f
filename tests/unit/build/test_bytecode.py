"""Byte code: what is compiled, by which interpreter, and what comes out."""

import importlib.util
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from devenv.build.bytecode import (
    Compilation,
    Interpreter,
    compilations,
    compile_modules,
    compiled_name,
    interpreters,
    package_jobs,
)
from devenv.errors import RelocationError
from devenv.model.facts import FileFact, PackageFacts

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
UNCHECKED_HASH_FLAGS = b"\x01\x00\x00\x00"


def package(name: str, *paths: str) -> PackageFacts:
    return PackageFacts(
        name=name,
        version="1",
        directories=(),
        files=tuple(
            FileFact(path=path, is_executable=False, size=0, sha256="", mtime_seconds=0)
            for path in paths
        ),
        links=(),
        elf_files=(),
        texts=(),
        postinst="",
    )


PYTHON_313 = package("python3.13-minimal", "usr/bin/python3.13")
PYTHON_39 = package("python3.9-minimal", "usr/bin/python3.9")


def chosen(*packages: PackageFacts) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {
        item.package: (item.interpreter.version, item.sources)
        for item in compilations({facts.name: facts for facts in packages})
    }


def test_interpreters_are_found_by_their_program() -> None:
    found = interpreters({"a": PYTHON_313, "b": package("b", "usr/bin/python3")})
    assert list(found) == ["3.13"]


def test_shared_modules_belong_to_the_newest_interpreter() -> None:
    module = "usr/lib/python3/dist-packages/x.py"
    assert chosen(PYTHON_313, PYTHON_39, package("x", module, "usr/share/x/a.txt")) == {
        "x": ("3.13", (module,))
    }


def test_versioned_modules_belong_to_their_own_interpreter() -> None:
    old, new = "usr/lib/python3.9/os.py", "usr/lib/python3.13/os.py"
    found = chosen(PYTHON_313, PYTHON_39, package("o", old), package("n", new))
    assert found == {"n": ("3.13", (new,)), "o": ("3.9", (old,))}


def test_without_an_interpreter_nothing_is_compiled() -> None:
    assert chosen(package("x", "usr/lib/python3/dist-packages/x.py")) == {}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    (root / "usr/bin").mkdir(parents=True)
    (root / f"usr/bin/python{HERE}").symlink_to(sys.executable)
    modules = root / "usr/lib/python3"
    modules.mkdir(parents=True)
    (modules / "good.py").write_text("def f():\n    raise ValueError\n")
    (modules / "bad.py").write_text("print 'an older language'\n")
    return root


def compiled(tree: Path, target: Path) -> Path:
    target.mkdir()
    return compiled_into(tree, target)


def compiled_into(tree: Path, target: Path) -> Path:
    sources = ("usr/lib/python3/good.py", "usr/lib/python3/bad.py")
    interpreter = Interpreter(
        version=HERE, package="p", program=f"usr/bin/python{HERE}"
    )
    package = Compilation(package="x", interpreter=interpreter, sources=sources)
    jobs = package_jobs(package, unpacked=tree, target=target)
    compile_modules(jobs, tree=tree, workers=2, run=run)
    return target / compiled_name(sources[0], interpreter)


def run(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
    done = subprocess.run(list(argv), input=stdin, capture_output=True, check=False)
    return done.returncode, done.stderr.decode()


def test_byte_code_is_found_by_the_interpreter(tree: Path, tmp_path: Path) -> None:
    place = compiled(tree, tmp_path / "code")
    expected = importlib.util.cache_from_source("usr/lib/python3/good.py")
    assert str(place.relative_to(tmp_path / "code")) == expected
    assert place.read_bytes()[4:8] == UNCHECKED_HASH_FLAGS


def test_byte_code_is_the_same_bytes_wherever_it_is_made(
    tree: Path, tmp_path: Path
) -> None:
    once = compiled(tree, tmp_path / "once")
    again = compiled(tree.rename(tmp_path / "moved"), tmp_path / "again")
    assert once.read_bytes() == again.read_bytes()
    assert once.stat().st_mode & 0o777 == 0o444


def test_what_an_attempt_left_behind_is_no_obstacle(tree: Path, tmp_path: Path) -> None:
    place = compiled(tree, tmp_path / "code")
    expected = place.read_bytes()
    place.chmod(0o600)
    place.write_bytes(expected[:20])
    place.chmod(0o444)

    assert compiled_into(tree, tmp_path / "code").read_bytes() == expected
    assert place.stat().st_mode & 0o777 == 0o444


def test_what_does_not_compile_is_left_out(tree: Path, tmp_path: Path) -> None:
    place = compiled(tree, tmp_path / "code")
    assert [path.name for path in place.parent.iterdir()] == [place.name]


def test_an_interpreter_that_does_not_run_is_an_error(
    tree: Path, tmp_path: Path
) -> None:
    program = tree / f"usr/bin/python{HERE}"
    program.unlink()
    program.write_text("#!/bin/sh\necho broken >&2; exit 1\n")
    program.chmod(0o755)
    with pytest.raises(RelocationError, match="broken"):
        compiled(tree, tmp_path / "code")
