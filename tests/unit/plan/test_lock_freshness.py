from collections.abc import Callable
from dataclasses import replace

import pytest

from devenv.formats.requirement import parse_requirement
from devenv.model.lock import Lock
from devenv.model.spec import Place, Spec, SpecRequirement
from devenv.plan.lock_freshness import asks_for_the_same, staleness
from tests.fixtures.locks import small_lock

DEFINITIONS = {"own": "12" * 32, "unused": "34" * 32}
PLACE = Place(file="devenv.toml", line=1, key="packages")


def asking(*texts: str) -> tuple[SpecRequirement, ...]:
    return tuple(
        SpecRequirement(requirement=parse_requirement(text), text=text, place=PLACE)
        for text in texts
    )


def specs() -> dict[str, Spec]:
    """Return what `small_lock` answers."""
    return {
        "aarch64-linux": Spec(system="aarch64-linux"),
        "x86_64-linux": Spec(
            system="x86_64-linux",
            requirements=asking("rust", "own:jq@1"),
            libraries=asking("libstdc++6"),
            oldest_c_library="2.36",
        ),
    }


def test_a_lock_that_answers_the_spec_is_fresh() -> None:
    assert staleness(small_lock(), specs(), DEFINITIONS) is None


def test_a_requirement_that_stands_twice_is_one() -> None:
    wanted = specs()
    x86 = wanted["x86_64-linux"]
    twice = replace(x86, requirements=asking("rust", "own:jq@1", "rust"))
    assert (
        staleness(small_lock(), {**wanted, "x86_64-linux": twice}, DEFINITIONS) is None
    )


def of_x86(**changed: object) -> Callable[[dict[str, Spec]], dict[str, Spec]]:
    return lambda wanted: {
        **wanted,
        "x86_64-linux": replace(wanted["x86_64-linux"], **changed),  # type: ignore[arg-type]
    }


CHANGES = {
    "one more": (
        of_x86(requirements=asking("rust", "own:jq@1", "tree")),
        "packages has tree, which the lock has not (x86_64-linux)",
    ),
    "one less": (
        of_x86(requirements=asking("rust")),
        "the lock has own:jq@1, which packages no longer has (x86_64-linux)",
    ),
    "another version": (
        of_x86(requirements=asking("rust", "own:jq@2")),
        "packages has own:jq@2, which the lock has not (x86_64-linux)",
    ),
    "another order": (
        of_x86(requirements=asking("own:jq@1", "rust")),
        "the order of packages has changed (x86_64-linux)",
    ),
    "a library more": (
        of_x86(libraries=asking("libstdc++6", "zlib1g")),
        "libraries has zlib1g, which the lock has not (x86_64-linux)",
    ),
    "no library": (
        of_x86(libraries=()),
        "the lock has libstdc++6, which libraries no longer has (x86_64-linux)",
    ),
    "an older C library": (
        of_x86(oldest_c_library="2.31"),
        "oldest_c_library was 2.36 and is 2.31 (x86_64-linux)",
    ),
    "another default input": (
        of_x86(default_input="sid"),
        "the default input was debian and is sid (x86_64-linux)",
    ),
    "a system less": (
        lambda wanted: {"x86_64-linux": wanted["x86_64-linux"]},
        "the lock has aarch64-linux, which is not among the project's systems",
    ),
    "a system more": (
        lambda wanted: {**wanted, "riscv64-linux": Spec(system="riscv64-linux")},
        "the lock has nothing for riscv64-linux",
    ),
}


@pytest.mark.parametrize(("change", "reason"), CHANGES.values(), ids=CHANGES)
def test_what_makes_a_lock_stale_is_named(
    change: Callable[[dict[str, Spec]], dict[str, Spec]], reason: str
) -> None:
    assert staleness(small_lock(), change(specs()), DEFINITIONS) == reason


@pytest.mark.parametrize(
    "definitions",
    [
        pytest.param({"own": "56" * 32}, id="changed"),
        pytest.param({}, id="gone"),
        pytest.param({**DEFINITIONS, "debian": "78" * 32}, id="a built-in one's name"),
    ],
)
def test_an_input_that_is_defined_in_another_way_is_named(
    definitions: dict[str, str],
) -> None:
    reason = staleness(small_lock(), specs(), definitions)
    assert reason is not None
    assert "is defined in another way" in reason


def test_another_order_asks_for_the_same() -> None:
    lock: Lock = small_lock()
    locked = lock.systems["x86_64-linux"]
    turned = of_x86(requirements=asking("own:jq@1", "rust"))(specs())["x86_64-linux"]
    assert asks_for_the_same(locked, turned)
    assert not asks_for_the_same(locked, replace(turned, requirements=asking("rust")))
    assert not asks_for_the_same(locked, replace(turned, default_input="sid"))
