"""What is decided on is what is used, whoever writes meanwhile."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import cycle
from pathlib import Path

import pytest

from devenv.errors import DevenvError
from devenv.host.files import write_whole
from devenv.model.activation import HookWord
from devenv.operations.activation_state import activation_folder
from devenv.operations.doors import Doors
from devenv.operations.project_effects import project_effects
from devenv.operations.project_reading import read_whole_project
from devenv.operations.reload_project import bring_in, reload_project
from devenv.operations.trust_records import TrustRecords
from tests.fixtures.project_world import ProjectWorld
from tests.fixtures.trust_mutations import (
    COMMON,
    DOTENV,
    NOD,
    SPEC,
    TOKEN_FILE,
    mutations,
)
from tests.fixtures.trust_trial import TrustTrial

EVIL = "EVIL"


def active_texts(doors: Doors, project: Path) -> dict[str, str]:
    """Return what hooks would bring into each shell, by the name of its link."""
    folder = activation_folder(doors.directories.state, str(project))
    return {link.name: link.read_text() for link in folder.glob("current.*")}


def allowed(project: ProjectWorld, doors: Doors) -> TrustTrial:
    trial = TrustTrial(project, doors)
    bring_in(trial.doors, trial.reading, trial.record)
    return trial


@pytest.mark.parametrize(
    "count",
    [
        pytest.param(12, id="a dozen"),
        pytest.param(
            10_000, id="all", marks=[pytest.mark.long, pytest.mark.timeout(900)]
        ),
    ],
)
def test_no_change_that_needs_a_nod_reaches_a_hook(
    project: ProjectWorld, count: int
) -> None:
    with project.doors() as doors:
        trial = allowed(project, doors)
        before = active_texts(doors, project.folder)
        assert before
        table = [item for item in mutations(trial.base) if item.expected == NOD]
        seeded = random.Random(6)  # noqa: S311 - the same ones every time
        chosen = seeded.sample(table, min(count, len(table)))
        for mutation in chosen:
            trial.change(mutation)
            # An input that is not to be had fails, and brings in nothing either.
            with suppress(DevenvError):
                told = reload_project(trial.doors, project.folder)
                # A library that the spec does not ask for is locked away again.
                if not mutation.name.startswith("a library "):
                    assert told.word is HookWord.CHANGED, mutation.name
                    assert told.sentence.startswith("new here: "), mutation.name
            assert active_texts(doors, project.folder) == before, mutation.name
            assert TrustRecords.of(doors.env).read(str(project.folder)) is not None
            trial.put_back()
        assert reload_project(trial.doors, project.folder).word is HookWord.ALLOWED


@contextmanager
def swapping(folder: Path, changes: dict[str, bytes]) -> Iterator[Callable[[], int]]:
    """Swap files for others and back, as fast as it goes; yield the count so far."""
    good = {name: (folder / name).read_bytes() for name in changes}
    stop = threading.Event()
    flips = 0

    def swap() -> None:
        nonlocal flips
        for number, name in enumerate(cycle(changes)):
            if stop.is_set():
                return
            for content in (changes[name], good[name]):
                if number % 3:
                    write_whole(folder / name, content, is_durable=False)
                else:
                    (folder / name).write_bytes(content)
                flips += 1

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        yield lambda: flips
    finally:
        stop.set()
        thread.join()


def evil_of(trial: TrustTrial) -> dict[str, bytes]:
    """Return another content of four files, each with what nobody agreed to."""
    return {
        SPEC: trial.texts[SPEC].replace("echo hello", EVIL).encode(),
        COMMON: trial.texts[COMMON].replace("from common", EVIL).encode(),
        DOTENV: trial.texts[DOTENV].replace("DOT=one", f"DOT={EVIL}").encode(),
        TOKEN_FILE: f"{EVIL}\n".encode(),
    }


@pytest.mark.parametrize(
    ("flips", "rounds"),
    [
        pytest.param(300, 8, id="some"),
        pytest.param(
            10_000, 500, id="all", marks=[pytest.mark.long, pytest.mark.timeout(900)]
        ),
    ],
)
def test_no_flip_between_check_and_use_reaches_a_hook(
    project: ProjectWorld, flips: int, rounds: int
) -> None:
    with project.doors() as doors:
        trial = allowed(project, doors)
        words: list[str] = []
        with swapping(project.folder, evil_of(trial)) as count:
            while count() < flips or len(words) < rounds or len(set(words)) < 2:
                try:
                    words.append(reload_project(trial.doors, project.folder).word)
                except DevenvError:
                    words.append("half written")
                texts = active_texts(doors, project.folder)
                assert len(texts) == 3
                assert not any(EVIL in text for text in texts.values())
        assert HookWord.CHANGED in words
        assert reload_project(trial.doors, project.folder).word is HookWord.ALLOWED
        record = TrustRecords.of(doors.env).read(str(project.folder))
        assert record is not None
        assert record.digest == trial.record.digest


@pytest.mark.parametrize(
    "rounds",
    [
        pytest.param(300, id="some"),
        pytest.param(
            10_000, id="all", marks=[pytest.mark.long, pytest.mark.timeout(900)]
        ),
    ],
)
def test_equal_digests_are_of_equal_effects_while_files_flip(
    project: ProjectWorld, rounds: int
) -> None:
    with project.doors() as doors:
        trial = TrustTrial(project, doors)
        found: Counter[bool] = Counter()
        with swapping(project.folder, evil_of(trial)) as count:
            while found.total() < rounds or count() < rounds or len(found) < 2:
                with suppress(DevenvError):
                    reading = read_whole_project(trial.doors, project.folder)
                    lock = trial.reading.lock
                    assert lock is not None
                    is_allowed = reading.digest == trial.record.digest
                    effects = project_effects(reading.project, lock, doors.env)
                    assert is_allowed == (effects == trial.record.effects)
                    found[is_allowed] += 1
