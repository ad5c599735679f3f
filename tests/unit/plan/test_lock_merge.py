from dataclasses import replace
from datetime import timedelta

import pytest

from devenv.formats import debian_version
from devenv.model.lock import Lock, LockedPackage, LockedPocket
from devenv.plan.lock_merge import merged_lock, without_unused
from tests.fixtures.locks import (
    DATE,
    RULES,
    locked_input,
    locked_package,
    locked_system,
    small_lock,
)


def is_newer(version: str, other: str) -> bool:
    return debian_version.satisfies(version, ">>", other)


def lock(*packages: LockedPackage, **requirements: str) -> Lock:
    return Lock(
        rules=RULES,
        inputs={"debian": locked_input()},
        systems={"x86_64-linux": locked_system(requirements, *packages)},
    )


def versions(merged: Lock) -> dict[str, str]:
    return {row.name: row.version for row in merged.systems["x86_64-linux"].packages}


def test_of_what_both_sides_have_the_newer_counts() -> None:
    ours = lock(locked_package("aa", "1.9"), locked_package("bb", "2"), aa="debian:aa")
    theirs = lock(locked_package("aa", "1.10"), locked_package("cc"), cc="debian:cc")
    merged = merged_lock(ours, theirs, is_newer)
    assert versions(merged) == {"aa": "1.10", "bb": "2", "cc": "1.0-1"}
    assert set(merged.systems["x86_64-linux"].requirements) == {"aa", "cc"}


@pytest.mark.parametrize("field", ["inputs", "rules", "packages"])
def test_which_side_is_whose_makes_no_difference(field: str) -> None:
    later = LockedPocket(name="trixie", date=DATE + timedelta(days=1), sha256="0" * 64)
    ours = replace(
        lock(locked_package("aa", "2")),
        rules=replace(RULES, tree=7),
        inputs={"debian": replace(locked_input(), pockets=(later,))},
    )
    theirs = lock(replace(locked_package("aa", "2"), sha256="99" * 32))
    one, other = (
        merged_lock(ours, theirs, is_newer),
        merged_lock(theirs, ours, is_newer),
    )
    if field == "packages":
        assert (
            one.systems["x86_64-linux"].packages
            == other.systems["x86_64-linux"].packages
        )
    else:
        assert getattr(one, field) == getattr(other, field) == getattr(ours, field)


def test_a_package_of_the_older_side_keeps_the_date_of_its_archive() -> None:
    later = LockedPocket(name="trixie", date=DATE + timedelta(days=1), sha256="0" * 64)
    newer = replace(
        lock(locked_package("aa", "2")),
        inputs={"debian": replace(locked_input(), pockets=(later,))},
    )
    merged = merged_lock(lock(locked_package("bb")), newer, is_newer)
    rows = merged.systems["x86_64-linux"].packages
    assert {row.name: row.seen for row in rows} == {"aa": None, "bb": DATE}


def test_a_system_of_one_side_stays() -> None:
    ours = Lock(rules=RULES, systems={"aarch64-linux": locked_system({})})
    assert set(merged_lock(ours, lock(), is_newer).systems) == {
        "aarch64-linux",
        "x86_64-linux",
    }


def test_an_input_that_nothing_is_taken_from_is_left_out() -> None:
    unused = replace(
        small_lock(), inputs={**small_lock().inputs, "sid": locked_input("sid")}
    )
    assert without_unused(unused) == small_lock()


def test_the_input_of_libraries_is_used() -> None:
    small = small_lock()
    x86 = small.systems["x86_64-linux"]
    libraries_only = replace(x86, requirements={}, packages=())
    made = replace(small, systems={"x86_64-linux": libraries_only})
    assert set(without_unused(made).inputs) == {"debian"}
