from dataclasses import replace
from datetime import timedelta

from devenv.formats.lock_diff_text import diff_lines, diff_markdown, signed_size
from devenv.model.lock import Lock, LockedPackage, LockedPocket
from devenv.model.lock_diff import LockDiff
from devenv.plan.lock_diff import diff_locks
from tests.fixtures.locks import (
    DATE,
    RULES,
    locked_input,
    locked_package,
    locked_system,
    small_lock,
)


def lock(*packages: LockedPackage, other: tuple[LockedPackage, ...] = ()) -> Lock:
    return Lock(
        rules=RULES,
        inputs={"debian": locked_input()},
        systems={
            "aarch64-linux": locked_system({}, *other),
            "x86_64-linux": locked_system({}, *packages),
        },
    )


def changes(diff: LockDiff) -> list[tuple[str, str]]:
    return [(change.kind, change.row.name) for change in diff.packages]


def test_a_lock_does_not_differ_from_itself() -> None:
    assert diff_locks(small_lock(), small_lock()).is_empty
    assert diff_locks(None, None).is_empty


def test_added_changed_and_removed_are_told_apart() -> None:
    before = lock(locked_package("a", "1"), locked_package("b", "1"))
    newer = replace(locked_package("b", "2"), sha256="00" * 32, size=5000)
    after = lock(newer, locked_package("c", "1"))
    diff = diff_locks(before, after)
    assert changes(diff) == [("removed", "a"), ("changed", "b"), ("added", "c")]
    assert [change.grown_bytes for change in diff.packages] == [-1000, 4000, 1000]


def test_libraries_are_compared_as_well() -> None:
    before = small_lock()
    system = before.systems["x86_64-linux"]
    without = replace(system, libraries=None)
    after = replace(before, systems={**before.systems, "x86_64-linux": without})
    assert changes(diff_locks(before, after)) == [("removed", "libstdc++6")]


def test_the_same_change_on_two_systems_is_one() -> None:
    arm = locked_package("a", architecture="arm64")
    both = diff_locks(None, lock(locked_package("a"), other=(arm,)))
    assert [change.systems for change in both.packages] == [
        ("aarch64-linux", "x86_64-linux")
    ]
    (line, *_) = list(diff_lines(replace(both, pockets=()), systems=2))
    assert line == "+  a  1.0-1  +1.0 kB  debian (trixie)"


def test_a_change_on_one_system_names_it() -> None:
    diff = diff_locks(lock(), lock(locked_package("a")))
    (line, total) = list(diff_lines(diff, systems=2))
    assert line.endswith("debian (trixie), x86_64-linux only")
    assert total == "1 added; 1.0 kB to download; +1.0 kB on disk"


def test_other_bytes_of_one_version_are_a_change() -> None:
    other = replace(locked_package("a"), sha256="00" * 32)
    (line, _) = diff_lines(
        diff_locks(lock(locked_package("a")), lock(other)), systems=2
    )
    assert "1.0-1 (other bytes)" in line


def test_the_moment_of_a_pocket_is_shown() -> None:
    later = LockedPocket(name="trixie", date=DATE + timedelta(days=1), sha256="00" * 32)
    before = lock()
    pockets = (later, *before.inputs["debian"].pockets[1:])
    moved = replace(before.inputs["debian"], pockets=pockets)
    diff = diff_locks(before, replace(before, inputs={"debian": moved}))
    assert list(diff_lines(diff, systems=2)) == [
        "  trixie of debian: 2026-11-20 08:30 -> 2026-11-21 08:30"
    ]


def test_a_comment_for_a_review_is_a_table() -> None:
    lines = list(
        diff_markdown(diff_locks(lock(), lock(locked_package("a"))), systems=2)
    )
    assert lines[0] == (
        "**devenv.lock.toml**: 1 added; 1.0 kB to download; +1.0 kB on disk"
    )
    assert lines[-1] == (
        "| + | `a` |  | 1.0-1 | +1.0 kB | debian (trixie), x86_64-linux only |"
    )


def test_a_difference_of_sizes_has_its_sign() -> None:
    assert [signed_size(count) for count in (1500, 0, -20)] == [
        "+1.5 kB",
        "0 B",
        "-20 B",
    ]


def test_what_only_came_along_is_counted_where_there_is_much_of_it() -> None:
    names = [f"lib{number}" for number in range(12)]
    rows = tuple(locked_package(name) for name in names)
    after = Lock(
        rules=RULES,
        inputs={"debian": locked_input()},
        systems={
            "x86_64-linux": locked_system(
                {"tool": "debian:tool"}, *rows, locked_package("tool")
            )
        },
    )
    diff = replace(diff_locks(None, after), pockets=())
    assert list(diff_lines(diff, systems=1)) == [
        "+  tool  1.0-1  +4.0 kB  debian (trixie)",
        "+  12 packages that others need  +50.0 kB",
        "13 added; 54.0 kB to download; +55.3 kB on disk",
    ]
    assert len(list(diff_lines(diff, systems=1, is_whole=True))) == 14
