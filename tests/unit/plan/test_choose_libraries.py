"""Which packages `libraries` mean, and which C library they need."""

from collections.abc import Mapping

import pytest

from devenv.errors import LibrariesError
from devenv.model.c_library import CLibraryVersion
from devenv.model.resolution import Resolution, ResolutionRules
from devenv.plan.choose_libraries import (
    RELEASES,
    Attempt,
    CLibraryNeed,
    check_is_library,
    check_is_no_file,
    highest_need,
    library_closure,
    nothing_fits,
)
from devenv.plan.resolve import resolve
from devenv.sources.apt.inputs import built_in
from tests.fixtures.deb import control_text
from tests.fixtures.package_sets import PackagesInMemory

FILE = {"Filename": "x.deb", "Size": "1", "SHA256": "a" * 64}


VERSIONS = {"libc6": "2.41-12"}


def stanza(
    name: str, depends: str = "", *, architecture: str = "amd64", **fields: str
) -> str:
    written = {key.replace("_", "-"): value for key, value in fields.items()}
    return control_text(
        name,
        VERSIONS.get(name, "1.0-1"),
        architecture=architecture,
        depends=depends,
        fields={**FILE, "Section": "libs", **written},
    )


PACKAGES = "\n".join(
    [
        stanza("libc6", "libgcc-s1, libc-bin", Source="glibc"),
        stanza("libc-bin", Source="glibc", Section="utils"),
        stanza("libgcc-s1", "gcc-12-base, libc6 (>= 2.35)", Source="gcc-12"),
        stanza("gcc-12-base", Source="gcc-12"),
        stanza("libgl1", "libglx0, libc6 (>= 2.14)", Source="libglvnd"),
        stanza("libglx0", "libx11-6, libc6 (>= 2.38-1~)", Source="libglvnd"),
        stanza("libgl-dev", "libgl1 (= 1.0-1)", Source="libglvnd", Section="libdevel"),
        stanza("libx11-6", "libx11-data, libc6", Source="libx11"),
        stanza("libx11-data", "perl", architecture="all", Source="libx11"),
        stanza("perl", "libc6 (>= 2.39)", Section="perl"),
        stanza("libold2", "libx11-6", architecture="all", Section="oldlibs"),
        stanza(
            "openssl", "libx11-6, libssl3 (>= 1)", Source="openssl", Section="utils"
        ),
        stanza("libssl3", "libc6 (>= 2.34)", Source="openssl"),
        stanza("libtime-dev", "libtime2t64", Source="time", Section="libdevel"),
        stanza("libtime2t64", Source="time", Provides="libtime2 (= 1.0-1)"),
        stanza("libjson-perl", "perl", Section="perl"),
        stanza("libodd4", Section="misc"),
        stanza("libodd-dev", "libodd4", Source="odd", Section="misc"),
        stanza("libbound1", "libc6 (>= 2.30), libc6 (<< 2.42)"),
        stanza("libeither1", "libc6 (>= 2.99) | libold2"),
        stanza("libbefore1", Pre_Depends="libc6 (>= 2.33)"),
    ]
)


def resolved(*names: str) -> Resolution:
    return resolve(names, PackagesInMemory(PACKAGES.encode()), ResolutionRules())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("libgl1", ["libgl1", "libglx0", "libx11-6"]),
        ("libgcc-s1", ["gcc-12-base", "libgcc-s1"]),
        ("libold2", ["libold2", "libx11-6"]),
    ],
    ids=["no data", "libgcc is not the C library", "a transitional package"],
)
def test_what_programs_may_load_is_kept(name: str, expected: list[str]) -> None:
    closure = library_closure(resolved(name))

    assert list(closure.packages) == expected
    assert closure.closure([name]) == frozenset(expected)


@pytest.mark.parametrize(
    ("name", "need"),
    [
        ("libgl1", "libglx0 needs the C library 2.38"),
        ("libssl3", "libssl3 needs the C library 2.34"),
        ("libbefore1", "libbefore1 needs the C library 2.33"),
        ("libx11-6", "libx11-6 needs the C library 0.0"),
        ("libbound1", "libbound1 works with one build of the C library only"),
        ("libeither1", "None"),
    ],
)
def test_the_newest_c_library_that_any_of_them_needs_counts(
    name: str, need: str
) -> None:
    closure = library_closure(resolved(name))

    assert str(highest_need(one.package for one in closure.packages.values())) == need


@pytest.mark.parametrize(
    ("need", "is_met"),
    [
        (CLibraryNeed(version=CLibraryVersion(2, 4), package="a"), True),
        (CLibraryNeed(version=CLibraryVersion(2, 31), package="a"), True),
        (CLibraryNeed(version=CLibraryVersion(2, 32), package="a"), False),
        (CLibraryNeed(version=CLibraryVersion(3, 0), package="a"), False),
        (
            CLibraryNeed(version=CLibraryVersion(2, 4), package="a", is_bound=True),
            False,
        ),
    ],
    ids=str,
)
def test_a_need_is_met_by_the_same_or_a_newer_one(
    need: CLibraryNeed, *, is_met: bool
) -> None:
    assert need.is_met_by(CLibraryVersion(2, 31)) == is_met


@pytest.mark.parametrize("name", ["libgl1", "libodd4", "libold2", "libgcc-s1"])
def test_libraries_are_taken(name: str) -> None:
    check_is_library(name, name, resolved(name))


@pytest.mark.parametrize(
    ("name", "what", "hint"),
    [
        ("libgl-dev", "for building against a library", "did you mean libgl1?"),
        ("libodd-dev", "for building against a library", "did you mean libodd4?"),
        ("libtime-dev", "for building against a library", "did you mean libtime2?"),
        ("openssl", "programs belong in `packages`", "did you mean libssl3?"),
        ("libjson-perl", "no library", "devenv locate"),
        ("perl", "no library", "devenv locate"),
        ("libc6", "always the machine's own", "take it out"),
        ("libc-bin", "always the machine's own", "take it out"),
    ],
)
def test_what_is_no_library_is_refused_with_the_nearest(
    name: str, what: str, hint: str
) -> None:
    with pytest.raises(LibrariesError) as caught:
        check_is_library(name, name, resolved(name))

    assert name in caught.value.what
    assert what in caught.value.what
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("libgl.so.1", "did you mean libgl1?"),
        ("libX11.so.6", "did you mean libx11-6?"),
        ("libtime.so.2", "did you mean libtime2?"),
        ("libZ.so.1", "devenv locate libZ.so.1"),
    ],
)
def test_a_files_name_is_refused_with_the_package_that_is_called_like_it(
    name: str, hint: str
) -> None:
    with pytest.raises(LibrariesError, match=f"{name} is the name of a file") as caught:
        check_is_no_file(name, name.lower(), PackagesInMemory(PACKAGES.encode()))

    assert hint in (caught.value.hint or "")


def test_a_packages_name_is_no_files_name() -> None:
    check_is_no_file("libgl1", "libgl1", PackagesInMemory(PACKAGES.encode()))


def test_the_refusal_says_what_each_release_needs_and_what_would_do() -> None:
    attempts = [
        Attempt(
            input="trixie",
            need=CLibraryNeed(version=CLibraryVersion(2, 38), package="libssl3t64"),
        ),
        Attempt(
            input="bookworm",
            need=CLibraryNeed(version=CLibraryVersion(2, 34), package="libssl3"),
        ),
        Attempt(input="bullseye", problem="there is no package 'libssl3'"),
    ]

    error = nothing_fits(["libssl3", "zlib1g"], CLibraryVersion(2, 31), attempts)

    assert error.what == (
        "no release has libssl3 and zlib1g for machines with the C library 2.31:"
        " in trixie libssl3t64 needs the C library 2.38;"
        " in bookworm libssl3 needs the C library 2.34;"
        " in bullseye there is no package 'libssl3'"
    )
    assert 'set oldest_c_library = "2.34" in devenv.toml' in (error.hint or "")
    assert 'packages = ["python3"]' in (error.hint or "")


def test_no_value_is_advised_if_none_would_do() -> None:
    need = CLibraryNeed(version=CLibraryVersion(2, 1), package="a", is_bound=True)

    error = nothing_fits(
        ["a"], CLibraryVersion(2, 31), [Attempt(input="trixie", need=need)]
    )

    assert "oldest_c_library" not in (error.hint or "")


def test_the_releases_are_built_in_and_the_current_one_is_the_first() -> None:
    inputs: Mapping[str, object] = {
        name: item.pockets for name, item in built_in().inputs.items()
    }

    assert inputs.keys() >= set(RELEASES)
    assert inputs[RELEASES[0]] == inputs["debian"]
