"""Programs beside us: their input and output, and that none is left behind."""

import os
import sys
from pathlib import Path

import pytest

from devenv.errors import ProgramError
from devenv.host.background import running

PATIENCE_SECONDS = 60.0
ENDLESS = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"


def test_a_program_gets_its_input_and_exactly_its_variables() -> None:
    code = (
        "import os, sys; print(sys.stdin.read(), os.environ['ONLY'], len(os.environ))"
    )
    command = [sys.executable, "-I", "-X", "utf8=0", "-c", code]
    env = {"ONLY": "this", "LC_ALL": "C.UTF-8"}
    with running(command, env=env, stdin=b"some words") as program:
        done = program.result(PATIENCE_SECONDS)
    assert (done.status, done.stdout) == (0, b"some words this 2\n")


def test_complaints_and_status_are_told() -> None:
    code = "import sys; sys.exit('no')"
    with running([sys.executable, "-c", code], env={}, stdin=b"") as program:
        done = program.result(PATIENCE_SECONDS)
    assert (done.status, done.stderr) == (1, b"no\n")


def test_large_input_and_output_need_nobody_who_reads() -> None:
    code = "import sys; sys.stdout.write(sys.stdin.read() * 2)"
    given = b"x" * (1 << 20)
    with running([sys.executable, "-c", code], env={}, stdin=given) as program:
        assert program.result(PATIENCE_SECONDS).stdout == given * 2


@pytest.mark.parametrize("size", [0, 1000, 3 << 20])
def test_a_program_may_start_before_its_input_is_known(size: int) -> None:
    code = "import sys; sys.stdout.write(sys.stdin.read() * 2)"
    given = b"x" * size
    with running([sys.executable, "-c", code], env={}, stdin=None) as program:
        program.give(given)
        assert program.result(PATIENCE_SECONDS).stdout == given * 2


def test_a_program_that_has_ended_takes_no_input() -> None:
    code = "import os; os._exit(7)"
    with running([sys.executable, "-c", code], env={}, stdin=None) as program:
        program.give(b"x" * (3 << 20))
        assert program.result(PATIENCE_SECONDS).status == 7


def test_a_program_that_had_its_input_gets_no_other() -> None:
    with (
        running([sys.executable, "-c", ""], env={}, stdin=b"") as program,
        pytest.raises(ValueError, match="from the beginning"),
    ):
        program.give(b"")


def test_what_still_runs_is_killed_with_its_children(tmp_path: Path) -> None:
    note = tmp_path / "pipe"
    os.mkfifo(note)
    # Whoever holds the writing end open lives: we read until all are gone.
    code = f"import os, time; f = open({str(note)!r}, 'w'); os.fork(); time.sleep(600)"
    with running([sys.executable, "-c", code], env={}, stdin=b""):
        reading = os.open(note, os.O_RDONLY)
    try:
        assert os.read(reading, 1) == b""
    finally:
        os.close(reading)


def test_a_program_that_takes_too_long_is_an_error() -> None:
    with (
        pytest.raises(ProgramError, match=r"did not end within 0\.01 seconds"),
        running([sys.executable, "-c", ENDLESS], env={}, stdin=b"") as program,
    ):
        program.result(0.01)


def test_a_program_that_is_missing_is_an_error(tmp_path: Path) -> None:
    command = [str(tmp_path / "none")]
    with (
        pytest.raises(ProgramError, match="cannot be started"),
        running(command, env={}, stdin=b""),
    ):
        pytest.fail("nothing runs")
