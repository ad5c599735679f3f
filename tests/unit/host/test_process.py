import os
import signal
from pathlib import Path

import pytest

from devenv.errors import ProgramError
from devenv.host.execute import replace_self
from devenv.host.process import run
from tests.fixtures.stores import in_child

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "ONLY": "this"}


def shell(script: str, **named: object) -> tuple[int, bytes, bytes]:
    completed = run(["sh", "-c", script], env=ENVIRONMENT, **named)  # type: ignore[arg-type]
    return completed.status, completed.stdout, completed.stderr


def test_a_program_gets_its_input_and_gives_its_output() -> None:
    assert shell("cat; echo talk >&2; exit 3", stdin=b"data") == (3, b"data", b"talk\n")


def test_a_program_gets_exactly_the_environment() -> None:
    completed = run(["env"], env=ENVIRONMENT)

    assert sorted(completed.stdout.splitlines()) == [
        b"ONLY=this",
        b"PATH=/usr/bin:/bin",
    ]


def test_a_program_inherits_no_descriptor(tmp_path: Path) -> None:
    with (tmp_path / "open").open("w"):
        status, stdout, _ = shell("ls -l /proc/self/fd")

    assert status == 0
    assert str(tmp_path).encode() not in stdout


def test_a_program_runs_where_it_is_told(tmp_path: Path) -> None:
    assert shell("pwd", cwd=tmp_path)[1].decode().strip() == str(tmp_path)


def test_a_signal_is_a_negative_status() -> None:
    assert shell("kill -TERM $$")[0] == -signal.SIGTERM


def test_a_program_that_takes_too_long_is_killed_with_its_children() -> None:
    # The child holds the pipe open: unless it dies too, this never returns.
    with pytest.raises(ProgramError, match=r"within 0.05 seconds"):
        shell("sleep 1000 & sleep 1000", timeout_seconds=0.05)


@pytest.mark.parametrize(
    "program", ["no-such-program", "/no/such/program", "/etc/passwd"]
)
def test_a_program_that_cannot_start_is_named(program: str) -> None:
    with pytest.raises(ProgramError, match=program):
        run([program], env=ENVIRONMENT)


def test_replacing_ourselves_passes_exactly_what_is_given() -> None:
    script = 'test "$0 $1 $ONLY $(env | wc -l)" = "name value this 3" && exit 9'

    def become() -> None:
        argv = ["sh", "-c", script, "name", "value"]
        replace_self(argv, program=Path("/bin/sh"), env={"ONLY": "this"})

    assert in_child(become) in {9, 1}


def test_a_program_that_cannot_replace_us_leaves_us(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match="cannot be started"):
        replace_self(["x"], program=tmp_path / "missing", env={})
    assert os.getpid()
