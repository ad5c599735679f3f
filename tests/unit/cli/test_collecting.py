from pathlib import Path

from tests.unit.test_main_module import imported_by


def test_collecting_never_imports_typer(tmp_path: Path) -> None:
    modules = imported_by(
        "import os; os.environ.clear()\n"
        f"os.environ['HOME'] = {str(tmp_path)!r}\n"
        "from devenv.cli.plain import run_plainly\n"
        "assert run_plainly(['gc', '--keep', '1']) is None\n"
        "assert run_plainly(sys.argv[1:]) == 0",
        *("gc", "--now", "-q"),
    )
    assert "devenv.store.collect" in modules
    assert not modules & {"typer", "rich", "inspect", "dataclasses", "email.utils"}
