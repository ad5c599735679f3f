"""`libraries` are locked: by indexes alone, for any system, old machines in mind."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from devenv.errors import LibrariesError, UnknownPackageError
from devenv.host.http import Fetcher
from devenv.model.apt import AptInput
from devenv.model.lock import LockedLibraries
from devenv.model.requirement import Requirement
from devenv.model.spec import Place, Spec, SpecInput, SpecRequirement
from devenv.model.systems import AARCH64_LINUX, X86_64_LINUX, System
from devenv.operations.doors import Doors
from devenv.operations.lock_libraries import lock_libraries
from devenv.sources.apt.inputs import own_input
from tests.fixtures.archive import Package, SignedArchive, Suite
from tests.fixtures.clock import FakeClock
from tests.fixtures.http_server import FileServer
from tests.fixtures.quiet_doors import quiet_doors

RELEASES = ("newest", "middle", "oldest")


def library(name: str, depends: str, **fields: str) -> list[Package]:
    """Return a library for both systems."""
    return [
        Package(
            name=name,
            version=fields.get("Version", "1.0-1"),
            architecture=architecture,
            depends=depends,
            fields={"Section": "libs", "Source": name.rstrip("1"), **fields},
        )
        for architecture in ("amd64", "arm64")
    ]


def release(c_library: str, need: str) -> list[Package]:
    return [
        *library("libc6", "", Source="glibc", Version=c_library),
        *library("libmade1", "libpart1, libc6 (>= 2.14), libmade-data"),
        *library("libpart1", f"libc6 (>= {need})"),
        *library("libmade-dev", "libmade1", Section="libdevel", Source="libmade"),
        Package(name="libmade-data", version="1", architecture="all"),
    ]


@pytest.fixture
def doors(env: dict[str, str], clock: FakeClock, fetcher: Fetcher) -> Iterator[Doors]:
    with quiet_doors(env, clock, fetcher) as doors:
        yield doors


@pytest.fixture
def inputs(archive: SignedArchive, server: FileServer) -> dict[str, SpecInput]:
    """Publish three releases, and return them as a spec's own inputs."""
    contents = {
        "newest": [*release("2.41-12", "2.38"), *library("libfresh1", "libc6")],
        "middle": [*release("2.36-9", "2.34"), *library("libfresh1", "libc6")],
        "oldest": [*release("2.31-13", "2.28"), *library("libgone1", "")],
    }
    for name, packages in contents.items():
        archive.publish(Suite(name=name), {"main": packages})
    table = {"apt": server.url("/debian"), "key": archive.signers[0].armored}
    return {
        name: SpecInput(
            name=name,
            table={
                **table,
                "suite": name,
                "fingerprint": archive.signers[0].fingerprint,
            },
            folder="/project",
            place=Place(file="/project/devenv.toml", line=9, key=f"inputs.{name}"),
        )
        for name in RELEASES
    }


def releases(inputs: dict[str, SpecInput]) -> list[AptInput]:
    return [own_input(name, inputs[name].table, folder=Path("/")) for name in RELEASES]


def spec(
    *libraries: str, inputs: dict[str, SpecInput], oldest: str | None = None
) -> Spec:
    entries = []
    for number, text in enumerate(libraries):
        name = text.rpartition(":")[2]
        entries.append(
            SpecRequirement(
                requirement=Requirement(
                    name=name.partition("@")[0],
                    input=text.rpartition(":")[0] or None,
                    version=name.partition("@")[2] or None,
                ),
                text=text,
                place=Place(
                    file="/project/devenv.toml", line=number + 1, key="libraries"
                ),
            )
        )
    made = Spec(system="x86_64-linux", libraries=tuple(entries), inputs=inputs)
    return replace(made, oldest_c_library=oldest) if oldest else made


def names(locked: LockedLibraries | None) -> Sequence[str]:
    assert locked is not None
    return [package.name for package in locked.packages]


def test_a_spec_without_libraries_has_none_and_asks_nobody(
    doors: Doors, server: FileServer
) -> None:
    assert lock_libraries(doors, Spec(system="x86_64-linux"), X86_64_LINUX) is None
    assert server.paths() == []


@pytest.mark.parametrize(
    ("oldest", "expected"),
    [
        (None, "oldest"),
        ("2.28", "oldest"),
        ("2.34", "middle"),
        ("2.36", "middle"),
        ("2.38", "newest"),
        ("3.0", "newest"),
    ],
)
def test_the_newest_release_that_old_machines_can_load_is_taken(
    doors: Doors, inputs: dict[str, SpecInput], oldest: str | None, expected: str
) -> None:
    asked = spec("libmade1", inputs=inputs, oldest=oldest)

    locked = lock_libraries(doors, asked, X86_64_LINUX, releases=releases(inputs))

    assert locked is not None
    assert locked.input == expected
    assert locked.c_library == asked.oldest_c_library
    assert locked.requirements == {"libmade1": "libmade1"}
    assert names(locked) == ["libmade1", "libpart1"]


@pytest.mark.parametrize("system", [X86_64_LINUX, AARCH64_LINUX], ids=lambda s: s.name)
def test_a_lock_is_made_for_any_system_and_from_indexes_alone(
    doors: Doors, server: FileServer, inputs: dict[str, SpecInput], system: System
) -> None:
    asked = spec("libmade1", inputs=inputs)

    locked = lock_libraries(doors, asked, system, releases=releases(inputs))

    assert locked is not None
    architectures = {package.architecture for package in locked.packages}
    assert architectures == {system.debian_architecture}
    assert locked.packages[0].needs == ("libpart1",)
    assert [path for path in server.paths() if path.endswith(".deb")] == []


def test_a_release_that_is_named_is_the_only_one(
    doors: Doors, server: FileServer, inputs: dict[str, SpecInput]
) -> None:
    asked = spec("middle:libmade1", "libpart1", inputs=inputs, oldest="2.38")

    locked = lock_libraries(doors, asked, X86_64_LINUX)

    assert locked is not None
    assert locked.input == "middle"
    assert set(locked.requirements) == {"middle:libmade1", "libpart1"}
    assert not any("newest" in path for path in server.paths())


def test_a_named_release_that_is_too_new_is_a_refusal_with_a_place(
    doors: Doors, inputs: dict[str, SpecInput]
) -> None:
    with pytest.raises(LibrariesError) as caught:
        lock_libraries(doors, spec("newest:libmade1", inputs=inputs), X86_64_LINUX)

    assert "in newest libpart1 needs the C library 2.38" in caught.value.what
    assert 'oldest_c_library = "2.38"' in (caught.value.hint or "")
    assert caught.value.where == "/project/devenv.toml:1, libraries"


def test_the_lowest_c_library_that_would_do_is_advised(
    doors: Doors, inputs: dict[str, SpecInput]
) -> None:
    asked = spec("libmade1", inputs=inputs, oldest="2.17")

    with pytest.raises(LibrariesError) as caught:
        lock_libraries(doors, asked, X86_64_LINUX, releases=releases(inputs))

    for name, need in (("newest", "2.38"), ("middle", "2.34"), ("oldest", "2.28")):
        assert f"in {name} libpart1 needs the C library {need}" in caught.value.what
    assert 'oldest_c_library = "2.28"' in (caught.value.hint or "")


def test_a_release_without_one_of_them_is_passed_over(
    doors: Doors, inputs: dict[str, SpecInput]
) -> None:
    asked = spec("libgone1", "libmade1", inputs=inputs, oldest="2.41")

    locked = lock_libraries(doors, asked, X86_64_LINUX, releases=releases(inputs))

    assert locked is not None
    assert locked.input == "oldest"


def test_a_name_that_no_release_has_is_unknown(
    doors: Doors, inputs: dict[str, SpecInput]
) -> None:
    asked = spec("libmada1", inputs=inputs)

    with pytest.raises(UnknownPackageError, match="libmada1"):
        lock_libraries(doors, asked, X86_64_LINUX, releases=releases(inputs))


def test_a_package_for_building_is_refused_with_its_place(
    doors: Doors, inputs: dict[str, SpecInput]
) -> None:
    asked = spec("libpart1", "libmade-dev", inputs=inputs)

    with pytest.raises(LibrariesError, match="libmade-dev is for building") as caught:
        lock_libraries(doors, asked, X86_64_LINUX, releases=releases(inputs))

    assert caught.value.hint == "did you mean libmade1?"
    assert caught.value.where == "/project/devenv.toml:2, libraries"


def test_two_releases_at_once_are_refused(
    doors: Doors, inputs: dict[str, SpecInput]
) -> None:
    asked = spec("newest:libmade1", "oldest:libpart1", inputs=inputs)

    with pytest.raises(LibrariesError, match="of one release, not of newest and"):
        lock_libraries(doors, asked, X86_64_LINUX)


def test_a_version_that_is_no_version_is_refused(
    doors: Doors, inputs: dict[str, SpecInput]
) -> None:
    asked = spec("libmade1", inputs=inputs, oldest="new")

    with pytest.raises(LibrariesError, match="oldest_c_library = 'new'"):
        lock_libraries(doors, asked, X86_64_LINUX, releases=releases(inputs))


@pytest.mark.parametrize(
    ("oldest", "version"), [("2.31", "1.0-1"), ("2.36", "1.0-2")], ids=["same", "other"]
)
def test_what_was_locked_stays_unless_the_c_library_is_another(
    doors: Doors,
    archive: SignedArchive,
    inputs: dict[str, SpecInput],
    oldest: str,
    version: str,
) -> None:
    before = lock_libraries(doors, spec("oldest:libmade1", inputs=inputs), X86_64_LINUX)
    fresh = library("libmade1", "libpart1, libc6 (>= 2.14)", Version="1.0-2")
    archive.publish(
        Suite(name="oldest"), {"main": [*release("2.31-13", "2.28"), *fresh]}
    )
    asked = spec("oldest:libmade1", inputs=inputs, oldest=oldest)

    after = lock_libraries(
        replace(doors, refresh=True), asked, X86_64_LINUX, previous=before
    )

    assert after is not None
    assert [one.version for one in after.packages if one.name == "libmade1"] == [
        version
    ]
