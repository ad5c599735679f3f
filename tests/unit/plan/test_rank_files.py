"""Which of many files is meant best."""

import random

import pytest

from devenv.plan.rank_files import FoundFile, best_files, is_shared_library

LIBRARY = "/usr/lib/x86_64-linux-gnu"


def known(name: str) -> bool:
    return name != "unknown"


@pytest.mark.parametrize(
    "expected",
    [
        pytest.param(
            [
                ("/usr/bin/x", "z"),
                (f"{LIBRARY}/x", "y"),
                ("/usr/lib/other/x", "x"),
                ("/etc/x", "x"),
                ("/usr/share/doc/x", "x"),
            ],
            id="programs, libraries, what belongs to programs, the rest, reading",
        ),
        pytest.param(
            [
                ("/usr/include/zlib.h", "zlib1g-dev"),
                ("/usr/include/Poco/zlib.h", "libpoco-dev"),
                ("/usr/lib/klibc/include/zlib.h", "libklibc-dev"),
                ("/usr/src/linux/include/zlib.h", "linux-headers"),
            ],
            id="a header where compilers look",
        ),
        pytest.param(
            [
                (f"{LIBRARY}/libstdc++.so.6", "libstdc++6"),
                (f"{LIBRARY}/libstdc++.so.6", "another"),
                ("/usr/lib/gcc/x/libstdc++.so.6", "libstdc++6"),
                ("/usr/alpha-linux-gnu/lib/libstdc++.so.6", "libstdc++6"),
            ],
            id="a package called like the library",
        ),
        pytest.param(
            [
                ("/usr/bin/node", "node"),
                ("/usr/bin/node", "nodejs"),
                ("/usr/bin/node", "a-node"),
            ],
            id="a package called like the program, then one that begins so",
        ),
        pytest.param(
            [
                ("/usr/share/x/f", "b"),
                ("/usr/share/x/y/f", "a"),
                ("/usr/share/x/y/f", "b"),
                ("/usr/share/x/z/f", "b"),
            ],
            id="the shorter path, then the names",
        ),
    ],
)
def test_the_best_come_first(expected: list[tuple[str, str]]) -> None:
    files = [FoundFile(*one) for one in expected]
    shuffled = [*files, *files]
    random.Random(7).shuffle(shuffled)  # noqa: S311
    assert best_files(shuffled, limit=9, is_known=known) == (tuple(files), False)


def test_packages_that_are_here_come_first() -> None:
    program, text = FoundFile("/usr/bin/x", "x"), FoundFile("/usr/share/doc/x", "y")
    found, _ = best_files(
        [program, text], limit=9, is_known=known, here=frozenset({"y"})
    )
    assert found == (text, program)


def test_packages_that_cannot_be_had_do_not_count() -> None:
    files = [FoundFile("/usr/bin/x", "unknown"), FoundFile("/etc/x", "y")]
    assert best_files(files, limit=1, is_known=known) == ((files[1],), False)


def test_a_limit_keeps_the_best_of_very_many() -> None:
    files = [
        FoundFile(f"/usr/{folder}/{number:04}", "x")
        for folder in ("bin", "share", "share/doc", "lib")
        for number in range(500)
    ]
    expected = tuple(FoundFile(f"/usr/bin/{number:04}", "x") for number in range(3))
    for seed in range(20):
        random.Random(seed).shuffle(files)  # noqa: S311
        assert best_files(files, limit=3, is_known=known) == (expected, True)


@pytest.mark.parametrize(
    ("path", "is_library"),
    [
        (f"{LIBRARY}/libGL.so.1", True),
        ("/usr/lib/libx.so", True),
        ("/usr/bin/rg", False),
        ("/usr/share/doc/libx.so.1/copyright", False),
    ],
)
def test_a_shared_library_is_known_by_its_name(path: str, is_library: bool) -> None:  # noqa: FBT001
    assert is_shared_library(path) is is_library
