"""A store whose system calls are interrupted, or refused for one of its files."""

import signal
import sys
from pathlib import Path

from devenv.host.process import run
from tests.faults.test_store_disk_faults import ENVIRONMENT, REPOSITORY, with_strace
from tests.fixtures.store_crowd import collect_all
from tests.fixtures.stores import (
    fill,
    in_child,
    info_of,
    named,
    open_store,
    realise,
)

APP, OTHER = named("app"), named("other")
ROUNDS = 4
SECONDS_BETWEEN_SIGNALS = 0.001

VERIFY = """
import sys
from pathlib import Path
from tests.fixtures.stores import open_store
with open_store(Path(sys.argv[1])) as store:
    print(*store.verify(), sep="\\n")
"""

OPTIMISE = """
import sys
from pathlib import Path
from devenv.host.progress import Silence
from devenv.store.optimise import optimise
from tests.fixtures.stores import open_store
with open_store(Path(sys.argv[1])) as store:
    saved = store.change(lambda context: optimise(context, progress=Silence()))
    print(saved)
"""


def traced(root: Path, program: str, *options: str) -> str:
    """Run a program on a store with a fault that strace injects; return its output."""
    words = ["strace", "-f", "-qq", "-o", "/dev/null", *options]
    done = run(
        [*words, sys.executable, "-c", program, str(root)],
        env=ENVIRONMENT,
        cwd=REPOSITORY,
    )
    assert done.status == 0, done.stderr.decode()
    return done.stdout.decode()


def test_a_signal_each_millisecond_does_no_harm(tmp_path: Path) -> None:
    heard = 0

    def hear(*_: object) -> None:
        nonlocal heard
        heard += 1

    def work() -> None:
        signal.signal(signal.SIGALRM, hear)
        signal.setitimer(
            signal.ITIMER_REAL, SECONDS_BETWEEN_SIGNALS, SECONDS_BETWEEN_SIGNALS
        )
        with open_store(tmp_path) as store:
            for _ in range(ROUNDS):
                with store.session() as session:
                    assert realise(session, [APP, OTHER]) == (APP, OTHER)
                assert store.verify() == ()
                assert collect_all(store).path_count == 2
        assert heard > ROUNDS

    assert in_child(work) == 0


@with_strace
def test_a_file_that_the_disk_cannot_read_is_named_and_the_rest_is_right(
    tmp_path: Path,
) -> None:
    with open_store(tmp_path) as store, store.session() as session:
        realise(session, [APP, OTHER])
        bad = store.path_of(APP) / "program"
    said = traced(tmp_path, VERIFY, "-P", str(bad), "-e", "inject=read:error=EIO")
    assert APP.base in said
    assert OTHER.base not in said


@with_strace
def test_files_that_can_have_no_more_names_stay_apart(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        for path in (APP, OTHER):
            with store.session() as session, session.making([path]) as batch:
                scratch = batch.scratch(path)
                fill(scratch, "the same in both")
                batch.finish(path, info_of(path, scratch))
                batch.commit()
    saved = traced(tmp_path, OPTIMISE, "-e", "inject=link,linkat:error=EMLINK")
    assert "joined_count=0" in saved
    with open_store(tmp_path) as store:
        assert store.verify() == ()
