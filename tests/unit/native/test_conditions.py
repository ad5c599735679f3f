"""The redirecting library where little is allowed, or others are in between."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir

import pytest

from devenv.formats.elf_patch import patch_elf
from devenv.plan.relocate import REDIRECT_LIBRARY
from tests.fixtures.elf_tree import ElfTree, compile_program, make_tree, need_compiler
from tests.unit.native.test_redirect import FILE, MISSING

SOURCE = (Path(__file__).parent / "conditions.c").read_text()
FINE = "fine\n"
CANNOT = 77


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """A program of a tree that does one job under a condition."""

    tree: ElfTree
    folder: Path

    def program(self, name: str, *options: str) -> Path:
        compiled = compile_program(self.folder / name, SOURCE, "-pthread", *options)
        return self.tree.add_program(f"/usr/bin/{name}", compiled)


@pytest.fixture(scope="module")
def conditions(tmp_path_factory: pytest.TempPathFactory) -> Conditions:
    need_compiler()
    folder = tmp_path_factory.mktemp("conditions")
    tree = make_tree(folder / "tree")
    tree.add_file(FILE)
    return Conditions(tree=tree, folder=folder)


@pytest.fixture(scope="module")
def plain(conditions: Conditions) -> Path:
    return conditions.program("plain")


def said(
    program: Path, *arguments: str, env: Mapping[str, str] | None = None
) -> tuple[int, str]:
    done = subprocess.run(
        [program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/nowhere"} if env is None else env,
    )
    if done.returncode == CANNOT:
        pytest.skip("this machine does not allow the condition")
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    "condition",
    [
        "before main",
        "signal handler",
        "small signal stack",
        "threads",
        "threads and forks",
        "closed descriptors",
        "no environment",
        "overwritten arguments",
        "faccessat is denied",
        "faccessat is deadly",
    ],
)
def test_a_file_of_the_tree_is_found(plain: Path, condition: str) -> None:
    assert said(plain, condition) == (0, FINE)


def test_nothing_is_allocated(conditions: Conditions) -> None:
    program = conditions.program("counting", "-DCOUNT_ALLOCATIONS")

    assert said(program, "no allocation") == (0, FINE)


def test_what_is_denied_is_told(plain: Path) -> None:
    assert said(plain, "openat is denied") == (0, "Operation not permitted\n")


def test_a_program_without_an_environment_finds_its_files(plain: Path) -> None:
    assert said(plain, "before main", env={}) == (0, FINE)


def test_the_programs_own_name_is_not_redirected(plain: Path) -> None:
    assert said(plain, "own program") == (0, f"{plain}\n")


def test_another_library_in_front_sees_every_call_once(
    plain: Path, tmp_path: Path
) -> None:
    library = compile_program(tmp_path / "front.so", FRONT, "-shared", "-fPIC", "-ldl")

    status, text = said(plain, "no environment", env={"LD_PRELOAD": str(library)})
    assert (status, text.splitlines()) == (0, [f"open {FILE}"] * 2 + ["fine"])


FRONT = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>
int open(const char *path, int flags, ...)
{
    int (*next)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
    write(1, "open ", 5), write(1, path, strlen(path)), write(1, "\\n", 1);
    return next(path, flags, 0);
}
"""


@pytest.mark.parametrize(
    ("sanitizer", "options"),
    [
        # As a library it wants to be the first that is loaded; ours is.
        ("address", ["-static-libasan"]),
        ("undefined", []),
        ("thread", []),
    ],
)
def test_a_program_with_a_sanitizer_finds_its_files(
    conditions: Conditions, sanitizer: str, options: list[str]
) -> None:
    try:
        program = conditions.program(sanitizer, f"-fsanitize={sanitizer}", *options)
    except subprocess.CalledProcessError:
        pytest.skip(f"this compiler has no sanitizer called {sanitizer}")
    status, text = said(program, "signal handler", env={})
    if "unexpected memory mapping" in text:
        pytest.skip("this kernel's addresses are too random for the sanitizer")
    assert (status, text) == (0, FINE)


def test_a_traced_program_makes_no_call_that_it_would_not_make(plain: Path) -> None:
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("there is no strace")
    done = subprocess.run(
        [strace, "-e", "trace=file", plain, "no environment"],
        capture_output=True,
        text=True,
        check=False,
    )
    if "ptrace" in done.stderr and done.returncode:
        pytest.skip("this machine does not allow tracing")
    assert done.stdout == FINE
    calls = [line for line in done.stderr.splitlines() if FILE in line]
    assert len(calls) == 2
    assert all(line.startswith("openat(") and " = -1" not in line for line in calls)
    assert "faccessat" not in done.stderr


def test_a_set_uid_program_is_left_alone(
    conditions: Conditions, tmp_path: Path
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make such a program of another user")
    program = set_uid(conditions, tmp_path)
    other = said(program, "rights of another")
    if other == (0, FINE) and not is_honoured(program):
        pytest.skip("this file system knows no set-uid programs")
    assert other == (0, f"{MISSING}\n")


def set_uid(conditions: Conditions, tmp_path: Path) -> Path:
    """Make a set-uid program: its run path is absolute, or the loader drops it."""
    compiled = compile_program(tmp_path / "other", SOURCE, "-pthread")
    content = patch_elf(
        compiled.read_bytes(),
        interpreter=None,
        run_path=str(conditions.tree.libraries),
        add_needed=(REDIRECT_LIBRARY,),
    )
    program = conditions.tree.root / "usr/bin/other"
    program.write_bytes(content)
    os.chown(program, 65534, 65534)
    program.chmod(0o4755)
    shared = Path(gettempdir()).resolve()
    for folder in program.parents:
        if shared in folder.parents:
            folder.chmod(folder.stat().st_mode | 0o055)
    return program


def is_honoured(program: Path) -> bool:
    """Tell whether the kernel changes the user for set-uid programs here."""
    shown = compile_program(
        program.parent / "shown",
        "#include <stdio.h>\n#include <sys/auxv.h>\n"
        'int main(void) { printf("%lu", getauxval(AT_SECURE)); }',
    )
    os.chown(shown, 65534, 65534)
    shown.chmod(0o4755)
    return said(shown) == (0, "1")


def test_a_program_in_another_root_folder_finds_what_is_there(
    plain: Path, tmp_path: Path
) -> None:
    (tmp_path / "etc/devenv-test-of-redirection").mkdir(parents=True)
    (tmp_path / "etc/devenv-test-of-redirection/file").write_text("inside\n")

    assert said(plain, "root folder", str(tmp_path)) == (0, FINE)


CALLER = """
#define _GNU_SOURCE
#include <dlfcn.h>
const char *load(int is_apart)
{
    void *library = is_apart ? dlmopen(LM_ID_BASE, "libprivate.so", RTLD_NOW)
                             : dlopen("libprivate.so", RTLD_NOW);
    return library ? "fine" : dlerror();
}
"""
LOADER = """
#include <stdio.h>
const char *load(int is_apart);
int main(int argc, char **argv)
{
    (void)argv;
    printf("%s\\n", load(argc > 1));
}
"""


@pytest.mark.parametrize("tag", ["--disable-new-dtags", "--enable-new-dtags"])
@pytest.mark.parametrize("arguments", [(), ("apart",)], ids=["dlopen", "dlmopen"])
def test_a_library_is_looked_for_where_its_caller_has_its_own(
    conditions: Conditions, tag: str, arguments: tuple[str, ...]
) -> None:
    folder = conditions.tree.libraries / tag
    shared = ("-shared", "-fPIC")
    private = folder / "private/libprivate.so"
    compile_program(private, "int f;", *shared)
    own = f"-Wl,-rpath,$ORIGIN/private,{tag}"
    caller = folder / "libcaller.so"
    compile_program(caller, CALLER, *shared, own, "-ldl")
    link = ["-xnone", str(caller), f"-Wl,-rpath,{folder}"]
    compiled = compile_program(conditions.folder / "loader", LOADER, *link)
    content = patch_elf(
        compiled.read_bytes(),
        interpreter=None,
        run_path=f"{conditions.tree.libraries}:{folder}",
        add_needed=(REDIRECT_LIBRARY,),
    )
    program = conditions.tree.root / "usr/bin/loader"
    program.unlink(missing_ok=True)
    program.write_bytes(content)
    program.chmod(0o755)

    assert said(program, *arguments) == (0, FINE)
