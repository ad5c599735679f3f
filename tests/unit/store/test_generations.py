import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from devenv.errors import StoreError
from devenv.model.generation import Generation
from devenv.store.generations import (
    Generations,
    current_roots,
    project_digest,
    root_name,
)
from devenv.store.roots import Roots
from tests.fixtures.stores import NOON, named, start_child, wait_for

PROJECT = "/home/user/app"
HELLO, TOOLBOX = named("hello"), named("toolbox")


def generation(lock: str, **changes: object) -> Generation:
    made = Generation(
        number=0,
        project=PROJECT,
        system="x86_64-linux",
        made_at=NOON,
        trees=(HELLO,),
        lock_sha256=hashlib.sha256(lock.encode()).hexdigest(),
        spec_sha256="5" * 64,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def remember(state: Path, lock: str, **changes: object) -> int:
    made = generation(lock, **changes)
    kept = Generations(state, PROJECT).remember(made, lock, kept=made.trees)
    return kept.number


def numbers(state: Path) -> list[int]:
    return [one.number for one in Generations(state, PROJECT).all()]


def current(state: Path) -> int | None:
    return Generations(state, PROJECT).current()


def drop(state: Path, number: int) -> None:
    Roots(state).remove(root_name(project_digest(PROJECT), number))


def test_a_project_that_was_never_entered_has_none(tmp_path: Path) -> None:
    assert numbers(tmp_path) == []
    assert current(tmp_path) is None
    assert current_roots(tmp_path) == frozenset()


def test_each_environment_gets_the_next_number(tmp_path: Path) -> None:
    assert [remember(tmp_path, lock) for lock in "abc"] == [1, 2, 3]
    assert numbers(tmp_path) == [1, 2, 3]
    assert current(tmp_path) == 3


def test_what_is_remembered_is_read_back(tmp_path: Path) -> None:
    made = generation("a", trees=(TOOLBOX, HELLO))
    generations = Generations(tmp_path, PROJECT)
    generations.remember(made, "a", kept=made.trees)
    found = generations.find(1)
    assert found == replace(made, number=1)
    assert generations.lock_text(found) == "a"


def test_a_generation_is_a_root(tmp_path: Path) -> None:
    remember(tmp_path, "a", trees=(HELLO, TOOLBOX))
    (root,) = Roots(tmp_path).all()
    assert root.paths == tuple(sorted((HELLO, TOOLBOX)))
    assert root.label == PROJECT
    assert {root.name} == current_roots(tmp_path)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, 1, id="everything the same"),
        pytest.param({"made_at": NOON + timedelta(days=1)}, 1, id="later"),
        pytest.param({"spec_sha256": "6" * 64}, 1, id="another spec, same result"),
        pytest.param({"trees": (TOOLBOX,)}, 2, id="other trees"),
        pytest.param({"system": "aarch64-linux"}, 2, id="another system"),
    ],
)
def test_the_same_environment_is_the_same_generation(
    tmp_path: Path, changes: dict[str, object], expected: int
) -> None:
    remember(tmp_path, "a")
    assert remember(tmp_path, "a", **changes) == expected


def test_an_earlier_environment_again_becomes_current(tmp_path: Path) -> None:
    for lock in "ab":
        remember(tmp_path, lock)
    assert remember(tmp_path, "a") == 1
    assert current(tmp_path) == 1
    assert remember(tmp_path, "c") == 3


def test_a_generation_whose_root_is_gone_is_gone(tmp_path: Path) -> None:
    for lock in "ab":
        remember(tmp_path, lock)
    drop(tmp_path, 1)
    assert numbers(tmp_path) == [2]
    with pytest.raises(StoreError, match="no generation 1") as caught:
        Generations(tmp_path, PROJECT).find(1)
    assert "it has 2" in str(caught.value.hint)
    # And the next one removes what is left of it.
    remember(tmp_path, "c")
    folder = tmp_path / "generations" / project_digest(PROJECT)
    assert sorted(file.name for file in folder.iterdir()) == [
        "2.json",
        "2.lock.toml",
        "3.json",
        "3.lock.toml",
        "current.json",
    ]


def test_no_number_is_given_twice(tmp_path: Path) -> None:
    for lock in "ab":
        remember(tmp_path, lock)
    drop(tmp_path, 2)
    assert current(tmp_path) is None
    assert remember(tmp_path, "b") == 3


@pytest.mark.parametrize("content", ["", "{}", '{"format":2}', "\0", "[]", "nonsense"])
@pytest.mark.parametrize("name", ["1.json", "current.json"])
def test_a_damaged_file_costs_no_other_generation(
    tmp_path: Path, name: str, content: str
) -> None:
    for lock in "ab":
        remember(tmp_path, lock)
    folder = tmp_path / "generations" / project_digest(PROJECT)
    (folder / name).write_text(content)
    assert 2 in numbers(tmp_path)
    assert remember(tmp_path, "c") == 3


def test_a_lock_that_has_changed_is_not_given_back(tmp_path: Path) -> None:
    remember(tmp_path, "a")
    generations = Generations(tmp_path, PROJECT)
    folder = tmp_path / "generations" / project_digest(PROJECT)
    (folder / "1.lock.toml").write_text("other")
    with pytest.raises(StoreError, match="gone or damaged"):
        generations.lock_text(generations.find(1))


def test_the_one_root_of_an_older_devenv_is_replaced(tmp_path: Path) -> None:
    roots = Roots(tmp_path)
    old = f"project-{project_digest(PROJECT)}"
    (tmp_path / "roots").mkdir()
    (tmp_path / f"roots/{old}.json").write_text("{}")
    remember(tmp_path, "a")
    assert [root.name for root in roots.all()] == [f"{old}-1"]


def test_processes_at_once_share_no_number(tmp_path: Path) -> None:
    locks = [str(number) for number in range(6)]

    def remember_all() -> None:
        for lock in locks:
            remember(tmp_path, lock)

    children = [start_child(remember_all) for _ in range(4)]
    assert [wait_for(child) for child in children] == [0] * 4
    assert numbers(tmp_path) == [1, 2, 3, 4, 5, 6]


def test_a_lock_of_no_generation_is_put_aside(tmp_path: Path) -> None:
    remember(tmp_path, "a")
    generations = Generations(tmp_path, PROJECT)
    assert generations.knows_lock(b"a")
    assert not generations.knows_lock(b"z")
    assert generations.put_aside(b"z").read_bytes() == b"z"
    assert numbers(tmp_path) == [1]
