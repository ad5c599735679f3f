"""Garbage goes oldest first, and never what something refers to."""

import random

import pytest

from devenv.plan.choose_garbage import DeadPath, oldest_up_to


def dead(base: str, made_at: int, *references: str, own_bytes: int = 10) -> DeadPath:
    return DeadPath(
        base=base, made_at=made_at, own_bytes=own_bytes, references=references
    )


PATHS = [
    dead("library", 1),
    dead("app", 5, "library"),
    dead("old", 2),
    dead("new", 9, "library", "alive"),
]


@pytest.mark.parametrize(
    ("wanted_bytes", "names"),
    [
        (0, []),
        (1, ["old"]),
        (10, ["old"]),
        (11, ["old", "app"]),
        (30, ["old", "app", "new"]),
        (31, ["old", "app", "new", "library"]),
        (999, ["old", "app", "new", "library"]),
    ],
)
def test_the_oldest_go_first_and_what_is_referred_to_last(
    wanted_bytes: int, names: list[str]
) -> None:
    assert oldest_up_to(PATHS, wanted_bytes) == names


def test_whatever_is_chosen_nothing_that_stays_refers_to_it() -> None:
    chance = random.Random(20260102)  # noqa: S311 (not a secret)
    for _ in range(200):
        count = chance.randrange(1, 30)
        paths = [
            dead(
                str(number),
                chance.randrange(9),
                *(str(n) for n in range(number) if chance.random() < 0.2),
                own_bytes=chance.randrange(1, 9),
            )
            for number in range(count)
        ]
        chosen = set(oldest_up_to(paths, chance.randrange(100)))
        staying = [path for path in paths if path.base not in chosen]
        assert not chosen & {it for path in staying for it in path.references}
