"""Where Python starts."""

import ast
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

import pytest

from devenv.cli.quick import run_quickly
from tests.fixtures.ad_hoc import CHECKOUT

MAIN = CHECKOUT / "devenv" / "__main__.py"
HEAVY = {"typer", "rich", "click", "json", "re", "pathlib", "subprocess", "sqlite3"}
WORKING = {"sqlite3", "ctypes", "tomllib", "json"}
SLOW = {"dataclasses", "typing", "collections", "datetime", "contextlib", "importlib"}
ONLY_TO_FETCH = {"urllib3", "ssl", "rich", "pysequoia"}
LIBRARIES = {"typer", "rich", "inspect", "dataclasses", "email.utils"}
UNUSED_AT_FIRST = {
    *("typing", "json", "tomllib", "sqlite3", "string", "signal", "shlex"),
    *("subprocess", "shutil", "tempfile", "random", "platform", "difflib", "queue"),
    *("base64", "lzma", "bz2", "gzip", "hashlib", "_hashlib", "ssl", "urllib3"),
    *("concurrent.futures", "importlib.util", "socket", "urllib.parse", "ipaddress"),
}
"""What an environment of what is in the store needs none of."""
TO_FETCH_OR_SOLVE = (
    *("devenv.sources.apt.release", "devenv.sources.apt.index", "devenv.plan.resolve"),
    *("devenv.sources.apt.mirrors", "devenv.host.connections", "devenv.host.fetching"),
    *("devenv.host.signatures", "devenv.host.urls", "devenv.host.process"),
    *("devenv.store.collect", "devenv.store.rebuild", "devenv.store.verify"),
    *("devenv.operations.package_set", "devenv.formats.user_configuration"),
    *("devenv.sources.apt.inputs", "devenv.formats.inputs"),
)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package folder whose command line only shows what it was started with."""
    folder = tmp_path / "devenv"
    (folder / "cli").mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "cli" / "__init__.py").touch()
    (folder / "cli" / "quick.py").write_text("def run_quickly(argv): return None\n")
    (folder / "cli" / "plain.py").write_text("def run_plainly(argv): return None\n")
    (folder / "__main__.py").write_bytes(MAIN.read_bytes())
    for name in ("own_imports.py", "start.py"):
        (folder / name).write_bytes(MAIN.with_name(name).read_bytes())
    (folder / "cli" / "main.py").write_text(
        "import os, sys\n"
        "def main(argv):\n"
        "    print(os.environ.get('LC_CTYPE'))\n"
        "    print(argv)\n"
        "    print(sorted(sys.modules))\n"
        "    print(sys.path)\n"
        "    return 7\n"
    )
    return folder


def imported_by(script: str, *words: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{script}\nprint([*sys.modules])", *words],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(eval(done.stdout.splitlines()[-1]))  # noqa: S307 (a list that we printed)


@pytest.mark.parametrize(
    ("words", "module"),
    [
        (["version"], "settings_command"),
        (["--help"], "run_command"),
        (["run", "--help"], "run_command"),
    ],
    ids=["version", "help", "help of a command"],
)
def test_a_command_that_does_nothing_imports_no_operation(
    words: list[str], module: str
) -> None:
    script = "from devenv.cli.main import main\nmain(sys.argv[1:])"
    modules = imported_by(script, *words)
    assert f"devenv.cli.{module}" in modules
    assert not modules & (WORKING | ONLY_TO_FETCH)
    assert not {name for name in modules if name.startswith("devenv.operations.")}


def test_what_is_here_already_needs_nothing_that_downloads_or_draws() -> None:
    modules = imported_by(
        "import devenv.cli.context\nimport devenv.operations.run_program"
    )
    assert "_sqlite3" in modules
    assert not modules & ONLY_TO_FETCH


def test_a_quick_command_imports_nothing_heavy() -> None:
    modules = imported_by(
        "from devenv.cli.quick import run_quickly\n"
        "import devenv.cli.quick_search\n"
        "assert run_quickly(sys.argv[1:]) is None",
        *("search", "json", "query"),
    )
    assert not modules & (HEAVY | WORKING | ONLY_TO_FETCH | SLOW)
    assert {name for name in modules if name.startswith("devenv.")} == {
        "devenv.cli",
        "devenv.cli.quick",
        "devenv.cli.quick_search",
        "devenv.cli.search_output",
        "devenv.cli.streams",
        "devenv.formats",
        "devenv.formats.printable",
        "devenv.host",
        "devenv.host.base_directories",
        "devenv.host.project_folder",
        "devenv.operations",
        "devenv.operations.search_record",
        "devenv.plan",
        "devenv.plan.rank_packages",
        "devenv.sources",
        "devenv.sources.apt",
        "devenv.sources.apt.search_file",
    }


def test_a_hook_is_printed_without_anything_heavy() -> None:
    modules = imported_by(
        "from devenv.cli.quick import run_quickly\n"
        "import devenv.cli.quick_hook\n"
        "assert run_quickly(sys.argv[1:]) is None",
        *("hook", "tcsh"),
    )
    assert not modules & (HEAVY | WORKING | ONLY_TO_FETCH | SLOW)
    assert {name for name in modules if name.startswith("devenv.")} == {
        "devenv.cli",
        "devenv.cli.quick",
        "devenv.cli.quick_hook",
        "devenv.cli.streams",
        "devenv.host",
        "devenv.host.hook_text",
        "devenv.host.search_path",
        "devenv.model",
        "devenv.model.quotes",
    }


def test_garbage_is_listed_without_anything_heavy_but_the_database() -> None:
    modules = imported_by(
        "from devenv.cli.quick import run_quickly\n"
        "import devenv.cli.quick_gc\n"
        "assert run_quickly(sys.argv[1:]) is None",
        *("gc", "--dry-run", "--max", "1"),
    )
    # _sqlite3 itself asks for a cache of functools, which asks for these.
    needed = {"collections"}
    assert not modules & ((HEAVY | WORKING | ONLY_TO_FETCH | SLOW) - needed)
    assert {name for name in modules if name.startswith("devenv.")} == {
        "devenv.cli",
        "devenv.cli.quick",
        "devenv.cli.quick_gc",
        "devenv.cli.streams",
        "devenv.formats",
        "devenv.formats.amounts",
        "devenv.host",
        "devenv.host.base_directories",
        "devenv.host.names_in_use",
        "devenv.host.project_folder",
        "devenv.operations",
        "devenv.operations.leftover_files",
        "devenv.operations.plain_collection",
        "devenv.store",
        "devenv.store.dead_paths",
        "devenv.store.measure",
        "devenv.store.plain_garbage",
        "devenv.store.schema_number",
    }


def test_a_project_that_only_has_to_be_looked_at_imports_nothing_heavy() -> None:
    modules = imported_by(
        "from devenv.cli.quick import run_quickly\n"
        "assert run_quickly(sys.argv[1:]) is None",
        *("exec", "true"),
    )
    assert not modules & (HEAVY | WORKING | ONLY_TO_FETCH | SLOW | {"enum"})
    assert {name for name in modules if name.startswith("devenv.")} == {
        "devenv.cli",
        "devenv.cli.quick",
        "devenv.cli.quick_project",
        "devenv.hashes",
        "devenv.host",
        "devenv.host.base_directories",
        "devenv.host.project_folder",
        "devenv.host.search_path",
        "devenv.model",
        "devenv.model.apply",
        "devenv.operations",
        "devenv.operations.record_check",
        "devenv.plain_json",
    }


def test_a_plain_command_in_a_project_imports_what_it_needs(tmp_path: Path) -> None:
    script = (
        f"import os; os.chdir({str(tmp_path)!r})\n"
        "from devenv.cli.plain import run_plainly\n"
        "assert run_plainly(sys.argv[1:]) == 1  # there is no project"
    )
    # The first one makes a store, and tries whether its disk can hold one.
    imported_by(script, "exec", "true")
    modules = imported_by(script, "exec", "true")
    assert "devenv.operations.enter_project" in modules
    assert modules & (LIBRARIES | UNUSED_AT_FIRST) == set()
    assert not {name for name in modules if name.startswith(TO_FETCH_OR_SOLVE)}


def test_a_lock_is_made_without_what_only_downloads_and_mistakes_need() -> None:
    modules = imported_by(
        "from devenv.host import lean; lean.import_pathlib(); lean.import_datetime()\n"
        "import devenv.operations.lock_project, devenv.operations.package_set\n"
        "import devenv.sources.apt.pocket_refresh, devenv.sources.apt.database\n"
        "import devenv.formats.packages_file, devenv.cli.locking"
    )
    unneeded = {"typing", "json", "tomllib", "hashlib", "sqlite3", "string", "rich"}
    assert not modules & (unneeded | ONLY_TO_FETCH)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["exec"], id="nothing to execute"),
        pytest.param(["exec", "--locked", "true"], id="an option of the project"),
        pytest.param(["exec", "--"], id="nothing behind dashes"),
        pytest.param(["search"], id="no term"),
        pytest.param(["search", "--help", "x"], id="help"),
        pytest.param(["search", "x", "--offline"], id="an option of the archive"),
        pytest.param(["search", "x", "--limit", "0"], id="a limit of nothing"),
        pytest.param(["search", "x", "--limit", "one"], id="no number"),
        pytest.param(["search", "x", "--limit"], id="a value is missing"),
        pytest.param(["search", "x", "--input", "../x"], id="no input's name"),
        pytest.param(["search", "--", "-x"], id="the end of options"),
        pytest.param(["search", "-qx", "y"], id="options in one word"),
        pytest.param(["gc"], id="garbage that is to go"),
        pytest.param(["gc", "-n", "--keep", "1"], id="an option of gc"),
        pytest.param(["hook"], id="no shell"),
        pytest.param(["hook", "tcsh"], id="a shell without a hook"),
        pytest.param(["hook", "--help"], id="help for the hook"),
        pytest.param(["run", "hello"], id="another command"),
    ],
)
def test_what_is_not_plain_is_left_to_the_whole_command_line(words: list[str]) -> None:
    assert run_quickly(words) is None


def start(package: Path, *words: str, **env: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", package / "__main__.py", *words],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (7, "")
    return done.stdout.splitlines()


def test_nothing_heavy_is_imported_before_the_command_line(package: Path) -> None:
    modules = set(eval(start(package)[2]))  # noqa: S307 (a list that we printed)
    assert "devenv.cli.main" in modules
    assert not modules & HEAVY


def test_words_and_status_pass_through(package: Path) -> None:
    assert start(package, "run", "-x", "a b")[1] == "['run', '-x', 'a b']"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("print('a')", "a\n", id="what was printed"),
        pytest.param(
            "import atexit; atexit.register(print, 'a')", "a\n", id="what waits for it"
        ),
        pytest.param(
            "import threading\n"
            "    def work(): threading.main_thread().join(); print('a')\n"
            "    threading.Thread(target=work).start()",
            "a\n",
            id="a thread's work",
        ),
        pytest.param(
            "class Kept:\n        def __del__(self): print('a')\n    sys.kept = Kept()",
            "",
            id="no module is taken apart",
        ),
    ],
)
def test_a_command_ends_with_everything_said_and_done(
    package: Path, text: str, expected: str
) -> None:
    (package / "cli" / "main.py").write_text(
        f"import sys\ndef main(argv):\n    {text}\n    return 7\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", package / "__main__.py"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (7, expected, "")


def test_output_that_is_lost_at_the_end_is_told(package: Path) -> None:
    (package / "cli" / "main.py").write_text("def main(argv): print('a')\n")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-I", "-S", package / "__main__.py"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 120
    assert "No space left" in done.stderr


@pytest.mark.parametrize(
    ("given", "expected"),
    [({}, "None"), ({"LC_CTYPE": "C"}, "C"), ({"LC_CTYPE": "C.UTF-8"}, "C.UTF-8")],
    ids=["unset", "c", "utf-8"],
)
def test_the_locale_that_python_sets_for_itself_is_taken_back(
    package: Path, given: dict[str, str], expected: str
) -> None:
    assert start(package, **given)[0] == expected


@pytest.mark.parametrize("options", [("-I",), ("-I", "-S")], ids=["site", "late site"])
@pytest.mark.parametrize(
    "text",
    [
        "import a_library_that_is_not_there",
        "def main(argv): import a_library_that_is_not_there",
    ],
    ids=["at once", "when a command needs it"],
)
def test_a_missing_dependency_is_said_plainly(
    package: Path, text: str, options: Sequence[str]
) -> None:
    (package / "cli" / "main.py").write_text(text)
    done = subprocess.run(
        [sys.executable, *options, package / "__main__.py"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "has no a_library_that_is_not_there" in done.stderr
    assert "Traceback" not in done.stderr


def path_shown(
    main: Path, *options: str, python: str | Path = sys.executable
) -> list[str]:
    done = subprocess.run(
        [python, "-I", *options, main], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (7, "")
    found: list[str] = eval(done.stdout.splitlines()[-1])  # noqa: S307 (as above)
    return found


NEEDS_ANOTHER = """
import json, sys
def main(argv):
    import another
    print(another.__file__)
    print(sys.path)
    return 7
"""


def test_site_packages_are_looked_at_when_one_is_needed_and_not_before(
    package: Path,
) -> None:
    (package / "cli" / "main.py").write_text(
        "import sys\n"
        "def main(argv):\n"
        "    import decimal\n"
        "    print(sys.path)\n"
        "    return 7\n"
    )
    before = path_shown(package / "__main__.py", "-S")
    assert not [entry for entry in before if entry.endswith("-packages")]
    assert str(package.parent) not in before
    (package.parent / "another.py").touch()
    (package / "cli" / "main.py").write_text(NEEDS_ANOTHER)
    after = path_shown(package / "__main__.py", "-S")
    assert after == path_shown(package / "__main__.py")
    assert set(before) < set(after)


def test_a_path_file_beside_us_counts(package: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "another.py").touch()
    (package.parent / "more.pth").write_text(f"{elsewhere}\n")
    (package / "cli" / "main.py").write_text(NEEDS_ANOTHER)
    assert str(elsewhere) in path_shown(package / "__main__.py", "-S")


@pytest.mark.parametrize("with_system", [False, True], ids=["alone", "with system's"])
def test_in_a_virtual_environment_the_path_is_the_same_as_ever(
    package: Path, tmp_path: Path, *, with_system: bool
) -> None:
    venv.create(tmp_path / "venv", system_site_packages=with_system)
    python = tmp_path / "venv" / "bin" / "python3"
    (packages,) = (tmp_path / "venv").glob("lib/python3*/site-packages")
    (packages / "another.py").touch()
    shutil.copytree(package, packages / "devenv")
    (packages / "devenv" / "cli" / "main.py").write_text(NEEDS_ANOTHER)
    main = packages / "devenv" / "__main__.py"
    found = path_shown(main, "-S", python=python)
    assert found == path_shown(main, python=python)
    assert str(packages) in found


def test_the_folder_of_commands_may_be_a_link(package: Path, tmp_path: Path) -> None:
    (package.parent / "another.py").touch()
    (package / "cli" / "main.py").write_text(NEEDS_ANOTHER)
    (package / "bin").mkdir()
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "bin").symlink_to(package / "bin")
    main = tmp_path / "links" / "bin" / ".." / "__main__.py"
    assert path_shown(main, "-S") == path_shown(package / "__main__.py", "-S")


def test_a_library_of_two_threads_is_found_by_both(package: Path) -> None:
    for name in ("another", "third"):
        (package.parent / f"{name}.py").write_text("import decimal\n")
    (package / "cli" / "main.py").write_text(
        "import sys, threading\n"
        "def main(argv):\n"
        "    found = []\n"
        "    together = threading.Barrier(8)\n"
        "    def look(name):\n"
        "        together.wait()\n"
        "        found.append(__import__(name))\n"
        "    threads = [\n"
        "        threading.Thread(target=look, args=(name,))\n"
        "        for name in ('another', 'third') * 4\n"
        "    ]\n"
        "    for thread in threads: thread.start()\n"
        "    for thread in threads: thread.join()\n"
        "    print([str(len(found))])\n"
        "    return 7\n"
    )
    assert path_shown(package / "__main__.py", "-S") == ["8"]


def test_a_process_of_ours_is_told_the_whole_path(package: Path) -> None:
    (package / "cli" / "main.py").write_text(
        "from devenv.own_imports import whole_path\n"
        "def main(argv): print(whole_path()); return 7\n"
    )
    main = package / "__main__.py"
    assert path_shown(main, "-S") == path_shown(main)


def test_a_folder_that_python_does_not_know_comes_before_the_machines_packages(
    package: Path,
) -> None:
    path = path_shown(package / "__main__.py")
    own = path.index(str(package.parent))
    assert all(
        own < place for place, entry in enumerate(path) if entry.endswith("-packages")
    )
    assert path[0] != str(package.parent)


def test_where_we_are_is_said_without_anything_heavy() -> None:
    modules = imported_by(
        "from devenv.cli.quick import run_quickly\nassert run_quickly([]) == 0"
    )
    assert not modules & (HEAVY | (WORKING - {"tomllib"}) | ONLY_TO_FETCH | SLOW)
    assert {name for name in modules if name.startswith("devenv.")} == {
        "devenv.cli",
        "devenv.cli.quick",
        "devenv.cli.quick_here",
        "devenv.cli.streams",
        "devenv.formats",
        "devenv.formats.printable",
        "devenv.host",
        "devenv.host.base_directories",
        "devenv.host.project_folder",
        "devenv.plan",
        "devenv.plan.next_step",
    }


def test_a_python_that_is_too_old_is_told_so() -> None:
    ast.parse(MAIN.read_text(), feature_version=(3, 6))
    script = (
        "import runpy, sys; sys.version_info = (3, 10, 9); sys.argv[1:] = ['version'];"
        f"runpy.run_path({str(MAIN)!r}, run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "needs 3.11 or later" in done.stderr
    assert "install devenv again" in done.stderr
