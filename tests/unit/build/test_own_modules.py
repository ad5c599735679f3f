"""Modules that are a tree's own: which they are, and their byte code."""

import py_compile
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from devenv.build.bytecode import Compilation, Interpreter
from devenv.build.draft import SourceFile, TreeDraft
from devenv.build.own_modules import (
    OwnModule,
    compile_in_tree,
    own_modules,
    read_stream,
)
from devenv.errors import RelocationError
from devenv.model.systems import X86_64_LINUX

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
INTERPRETER = Interpreter(
    version=HERE, package="python", program=f"usr/bin/python{HERE}"
)
FOLDER = "usr/lib/python3"
CODE = f"{FOLDER}/__pycache__/NAME.cpython-{HERE.replace('.', '')}.pyc"


def code(name: str) -> str:
    return CODE.replace("NAME", name)


def compiled(*sources: str) -> Compilation:
    return Compilation(package="x", interpreter=INTERPRETER, sources=sources)


def shared(place: Path, content: bytes = b"") -> SourceFile:
    place.write_bytes(content)
    return SourceFile(
        source=str(place), is_executable=False, size=0, sha256="", mtime_seconds=0
    )


def run(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
    done = subprocess.run(list(argv), input=stdin, capture_output=True, check=False)
    text = done.stdout if done.returncode == 0 else done.stderr
    return done.returncode, text.decode("utf-8", "surrogateescape")


def module(name: str, source: bytes) -> OwnModule:
    return OwnModule(path=f"{FOLDER}/{name}.py", source=source, interpreter=INTERPRETER)


@pytest.fixture
def draft() -> TreeDraft:
    return TreeDraft(final="/store/tree", system=X86_64_LINUX)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a tree with this interpreter in it."""
    root = tmp_path / "tree"
    (root / "usr/bin").mkdir(parents=True)
    (root / INTERPRETER.program).symlink_to(sys.executable)
    return root


def test_modules_that_name_the_tree_or_are_links_are_its_own(
    draft: TreeDraft, tmp_path: Path
) -> None:
    draft.write(f"{FOLDER}/named.py", b"\nx = '/store/tree/usr'\n")
    draft.write(f"{FOLDER}/script.py", b"#!/store/tree/usr/bin/sh\nx = 1\n")
    draft.add_file(f"{FOLDER}/same.py", shared(tmp_path / "same", b"x = 2\n"))
    draft.add_link(f"{FOLDER}/link.py", "same.py")
    draft.write(f"{FOLDER}/text.txt", b"/store/tree\n")
    for name in ("named", "script", "same"):
        draft.add_file(code(name), shared(tmp_path / "code"))
    found = own_modules(draft, [compiled()])
    assert {item.path: item.source for item in found} == {
        f"{FOLDER}/link.py": b"x = 2\n",
        f"{FOLDER}/named.py": b"\nx = '/store/tree/usr'\n",
    }
    assert [item.target for item in found] == [code("link"), code("named")]
    assert code("named") not in draft.files
    assert code("script") in draft.files


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        pytest.param((f"{FOLDER}/script.py",), [], id="its package will have it"),
        pytest.param((), [f"{FOLDER}/script.py"], id="nobody has it"),
    ],
)
def test_a_module_that_does_not_name_the_tree_is_its_own_if_nobody_compiles_it(
    draft: TreeDraft, sources: tuple[str, ...], expected: list[str]
) -> None:
    draft.write(f"{FOLDER}/script.py", b"#!/store/tree/usr/bin/sh\nx = 1\n")
    found = own_modules(draft, [compiled(*sources)])
    assert [item.path for item in found] == expected


def test_a_tree_without_an_interpreter_has_none(draft: TreeDraft) -> None:
    draft.write(f"{FOLDER}/named.py", b"x = '/store/tree'\n")
    assert own_modules(draft, []) == ()


def test_their_byte_code_is_that_of_py_compile(tree: Path, tmp_path: Path) -> None:
    source = b"# coding: latin-1\nx = '\xe4'\ndef f():\n    return {1, 'y'}, f\n"
    modules = [module("good", source), module("bad", b"print 'older'\n\0")]
    found = compile_in_tree(modules, tree=str(tree), run=run)
    place, target = tmp_path / "good.py", tmp_path / "good.pyc"
    place.write_bytes(source)
    py_compile.compile(
        str(place),
        cfile=str(target),
        dfile=f"/{FOLDER}/good.py",
        optimize=0,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    assert found == {code("good"): target.read_bytes()}


def test_warnings_of_old_modules_are_nobodys_business(tree: Path) -> None:
    noisy = module("noisy", b"x = '\\d'\nx is 3\n")
    said = []

    def listening(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        done = subprocess.run(argv, input=stdin, capture_output=True, check=True)
        said.append(done.stderr)
        return 0, done.stdout.decode("utf-8", "surrogateescape")

    assert compile_in_tree([noisy], tree=str(tree), run=listening)
    assert said == [b""]


def test_an_interpreter_that_does_not_run_is_an_error(tree: Path) -> None:
    program = tree / INTERPRETER.program
    program.unlink()
    program.write_text("#!/bin/sh\necho broken >&2; exit 1\n")
    program.chmod(0o755)
    with pytest.raises(RelocationError, match="broken"):
        compile_in_tree([module("any", b"")], tree=str(tree), run=run)


@pytest.mark.parametrize("output", [b"", b"12\0short", b"what?"])
def test_an_answer_that_is_none_is_refused(output: bytes) -> None:
    with pytest.raises(ValueError, match=r"early|invalid literal"):
        read_stream(output, [module("any", b"")])
