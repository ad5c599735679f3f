import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from devenv.errors import StoreError
from devenv.host.zygote import Answer, Zygote

JOBS = "tests.fixtures.zygote_jobs"


@pytest.fixture
def zygote() -> Iterator[Zygote]:
    zygote = Zygote(JOBS)
    yield zygote
    zygote.close()


def is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


@contextmanager
def hanging(zygote: Zygote) -> Iterator[tuple[int, "Future[Answer]"]]:
    """A job that never ends, as its process and the answer to come."""
    reading, writing = os.pipe()
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(zygote.ask, b"hang", [writing], 600)
        process = int(os.read(reading, 20))
        try:
            yield process, answer
        finally:
            zygote.close()
            os.close(reading)
            os.close(writing)


def test_a_job_answers(zygote: Zygote) -> None:
    assert zygote.ask(b"echo hello", [], 60) == Answer(
        content=b"hello", status=0, is_overdue=False
    )


def test_a_job_gets_the_descriptors(zygote: Zygote, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"inside")

    with (tmp_path / "file").open("rb") as file:
        assert zygote.ask(b"copy", [file.fileno()], 60).content == b"inside"


def test_every_job_has_a_process_of_its_own(zygote: Zygote) -> None:
    processes = {zygote.ask(b"pid", [], 60).content for _ in range(3)}

    assert len(processes) == 3


def test_after_some_jobs_those_to_come_are_rehearsed_once(zygote: Zygote) -> None:
    asked = [zygote.ask(b"rehearsals", [], 10.0).content for _ in range(20)]
    assert asked[0] == b"0 of 0"
    assert asked[-1] == b"1 of 1"
    assert asked == sorted(asked)


def test_an_answer_may_be_large(zygote: Zygote) -> None:
    assert len(zygote.ask(b"many 3000000", [], 60).content) == 3_000_000


def test_jobs_run_side_by_side(zygote: Zygote) -> None:
    requests = [b"echo %d" % number for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        answers = threads.map(lambda request: zygote.ask(request, [], 60), requests)

        assert [b"echo " + answer.content for answer in answers] == requests


def test_a_job_does_not_wait_for_one_that_hangs(zygote: Zygote) -> None:
    with hanging(zygote):
        assert zygote.ask(b"echo there", [], 60).content == b"there"


def test_an_answer_does_not_wait_for_jobs_that_began_later(zygote: Zygote) -> None:
    begun, begin = os.pipe()
    go_on, go = os.pipe()
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(zygote.ask, b"wait", [go_on, begin], 600)
        os.read(begun, 1)
        with hanging(zygote):
            os.write(go, b"x")

            assert answer.result(60).status == 0
    for descriptor in (begun, begin, go_on, go):
        os.close(descriptor)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_the_signal_that_ended_a_job_is_told(zygote: Zygote, number: int) -> None:
    assert zygote.ask(b"die %d" % number, [], 60).status == -number


def test_a_job_that_raises_fails(zygote: Zygote) -> None:
    assert zygote.ask(b"nonsense", [], 60).status == 70


def test_a_job_that_takes_too_long_is_killed(zygote: Zygote) -> None:
    reading, writing = os.pipe()

    answer = zygote.ask(b"hang", [writing], 0.05)

    assert answer.is_overdue
    assert answer.status == -signal.SIGKILL
    assert not is_alive(int(os.read(reading, 20)))
    os.close(reading)
    os.close(writing)


def test_closing_kills_what_runs_and_frees_who_waits(zygote: Zygote) -> None:
    with hanging(zygote) as (process, answer):
        zygote.close()

        with pytest.raises(StoreError, match="stopped"):
            answer.result(60)
        assert not is_alive(process)


def test_nothing_is_started_for_nothing() -> None:
    Zygote("no.such.module").close()


def test_after_closing_nothing_can_be_asked(zygote: Zygote) -> None:
    zygote.close()

    with pytest.raises(StoreError, match="stopped"):
        zygote.ask(b"echo", [], 60)


def test_why_it_could_not_start_is_told() -> None:
    zygote = Zygote("no.such.module")

    with pytest.raises(StoreError, match="No module named"):
        zygote.ask(b"echo", [], 60)
    zygote.close()


PARENT = """
import sys
from devenv.host.zygote import Zygote
zygote = Zygote("tests.fixtures.zygote_jobs")
try:
    zygote.ask(b"hang", [1], 600)
finally:
    zygote.close()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_job_outlives_the_process_that_asked(number: signal.Signals) -> None:
    environment = {"PYTHONPATH": ":".join(filter(None, sys.path))}
    with subprocess.Popen(
        [sys.executable, "-c", PARENT],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as parent:
        assert parent.stdout is not None
        assert int(parent.stdout.readline()) > 0
        parent.send_signal(number)

        # The pipe ends with the last process that has it, which is the job.
        assert parent.stdout.read() == b""
