"""Mending, joining and numbering, killed at every point."""

import hashlib
import sys
from functools import partial
from pathlib import Path

from devenv.host.process import run
from devenv.host.progress import Silence
from devenv.model.generation import Generation
from devenv.store.context import StoreContext
from devenv.store.delete_paths import delete_paths
from devenv.store.generations import Generations
from devenv.store.optimise import optimise
from devenv.store.set_aside import set_aside
from devenv.store.verify import Fault
from tests.faults.test_store_disk_faults import (
    ENVIRONMENT,
    REPOSITORY,
    with_strace,
)
from tests.fixtures.kill_everywhere import killed_everywhere, roots_in
from tests.fixtures.stores import (
    NOON,
    fill,
    info_of,
    make,
    named,
    open_store,
    realise,
)

APP, LIBRARY = named("app"), named("library")
PROJECT = "/home/user/app"


def make_two(root: Path) -> None:
    with (
        open_store(root) as store,
        store.session() as session,
        session.making([APP, LIBRARY]) as batch,
    ):
        make(batch, LIBRARY)
        make(batch, APP, references=[LIBRARY])
        batch.commit()


def make_twins(root: Path) -> None:
    with (
        open_store(root) as store,
        store.session() as session,
        session.making([APP, LIBRARY]) as batch,
    ):
        for path in batch.missing:
            scratch = batch.scratch(path)
            fill(scratch, "the same in both")
            batch.finish(path, info_of(path, scratch))
        batch.commit()


def damage_one(root: Path) -> None:
    make_two(root)
    text = root / "store" / LIBRARY.base / "share/text"
    text.chmod(0o644)
    text.write_text("damaged")


def leftovers(root: Path) -> list[str]:
    """Return what is left once everything was deleted."""
    with open_store(root) as store:
        store.delete_all()
        names = [path.name for path in store.directory.iterdir()]
        leases = list((store.directory / ".leases").iterdir())
    return [n for n in names if not n.startswith(".") or n.startswith(".t")] + [
        lease.name for lease in leases
    ]


def test_a_repair_killed_anywhere_leaves_the_old_path_or_none_or_the_new(
    tmp_path: Path,
) -> None:
    def repair(root: Path, env: dict[str, str]) -> None:
        with open_store(root, env=env) as store:

            def mend(context: StoreContext) -> None:
                with set_aside(context, [LIBRARY.base]), store.session() as session:
                    realise(session, [LIBRARY])

            store.change(mend)

    for root in killed_everywhere(roots_in(tmp_path), damage_one, repair):
        with open_store(root) as store:
            assert {one.fault for one in store.verify()} <= {Fault.CHANGED}
            if store.verify():
                repair(root, {})
            with store.session() as session:
                realise(session, [APP, LIBRARY])
            assert store.verify() == ()
        assert leftovers(root) == []


def test_joining_killed_anywhere_loses_no_file(tmp_path: Path) -> None:
    def join(root: Path, env: dict[str, str]) -> None:
        with open_store(root, env=env) as store:
            store.change(partial(optimise, progress=Silence()))

    for root in killed_everywhere(roots_in(tmp_path), make_twins, join):
        with open_store(root) as store:
            assert store.verify() == ()
            store.change(partial(optimise, progress=Silence()))
            assert store.verify() == ()
            texts = [store.path_of(path) / "share/text" for path in (APP, LIBRARY)]
            assert len({text.stat().st_ino for text in texts}) == 1
        assert leftovers(root) == []


def test_deleting_a_path_killed_anywhere_deletes_it_or_not(tmp_path: Path) -> None:
    def delete(root: Path, env: dict[str, str]) -> None:
        with open_store(root, env=env) as store:
            store.change(partial(delete_paths, bases=[APP.base]))

    for root in killed_everywhere(roots_in(tmp_path), make_two, delete):
        with open_store(root) as store:
            assert store.verify() == ()
            assert store.info(LIBRARY) is not None
        assert leftovers(root) == []


REMEMBER = """
import sys
from pathlib import Path
from tests.faults.test_store_care_faults import remember
remember(Path(sys.argv[1]), sys.argv[2])
"""


def remember(state: Path, lock: str) -> int:
    made = Generation(
        number=0,
        project=PROJECT,
        system="x86_64-linux",
        made_at=NOON,
        trees=(APP,),
        lock_sha256=hashlib.sha256(lock.encode()).hexdigest(),
        spec_sha256="5" * 64,
    )
    kept = Generations(state, PROJECT).remember(made, lock, kept=made.trees)
    return kept.number


@with_strace
def test_a_generation_whose_making_was_killed_is_whole_or_is_not(
    tmp_path: Path,
) -> None:
    statuses = []
    for number in range(1, 12):
        state = tmp_path / str(number)
        assert remember(state, "old") == 1
        inject = f"inject=rename:signal=KILL:when={number}"
        program = [sys.executable, "-c", REMEMBER, str(state), "new"]
        traced = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", inject, *program]
        statuses.append(run(traced, env=ENVIRONMENT, cwd=REPOSITORY).status)
        generations = Generations(state, PROJECT)
        locks = [generations.lock_text(one) for one in generations.all()]
        assert locks in (["old"], ["old", "new"])
        assert generations.current() in range(1, len(locks) + 1)
        # What was half there is made again, or taken up.
        assert remember(state, "new") == 2
        assert generations.current() == 2
        if statuses[-1] == 0:
            break
    assert len(statuses) > 4
    assert statuses[-1] == 0
