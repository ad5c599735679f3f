"""Which libraries are put in front of a machine's own: never one that breaks it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from devenv.errors import LibrariesError
from devenv.model.linkage import Linkage, Symbols
from devenv.plan.c_library import is_c_library
from devenv.plan.expose_libraries import libraries_to_expose

C = "libc.so.6"


@dataclass(frozen=True)
class Library:
    """A library in short: needed names with versions, what it has itself."""

    needs: Mapping[str, str] = field(default_factory=dict)
    versions: str = ""
    undefined: str = ""
    defined: str = ""


class Side:
    def __init__(self, libraries: Mapping[str, Library]) -> None:
        self._libraries = libraries

    def bring(self, needed: Mapping[str, str]) -> None:
        assert all(wanter in self._libraries for wanter in needed.values())

    def linkage(self, soname: str) -> Linkage | None:
        library = self._libraries.get(soname)
        if library is None:
            return None
        needs = {name: frozenset(text.split()) for name, text in library.needs.items()}
        return Linkage(
            soname=soname,
            needed=tuple(library.needs),
            version_needs={name: some for name, some in needs.items() if some},
            versions=frozenset(library.versions.split()),
        )

    def symbols(self, soname: str) -> Symbols | None:
        library = self._libraries.get(soname)
        if library is None:
            return None
        return Symbols(
            undefined=frozenset(library.undefined.split()),
            defined=frozenset(library.defined.split()),
        )


HOST_C = Library(versions="GLIBC_2.2.5 GLIBC_2.9 GLIBC_2.31 GLIBC_PRIVATE")
GL = Library(needs={"libX.so.6": "", C: "GLIBC_2.31"}, undefined="XOpen XSync")
X = Library(needs={"libxcb.so.1": "", C: ""}, defined="XOpen XSync")
XCB = Library(needs={C: "GLIBC_2.2.5"})
OURS = {
    "libGL.so.1": GL,
    "libX.so.6": X,
    "libxcb.so.1": XCB,
    "libother.so.1": Library(),
}


def exposed(
    host: Mapping[str, Library],
    ours: Mapping[str, Library] = OURS,
    requested: tuple[str, ...] = ("libGL.so.1",),
) -> tuple[str, ...]:
    return libraries_to_expose(requested, Side(ours), Side({C: HOST_C, **host}))


def test_a_machine_that_has_all_gets_nothing() -> None:
    assert exposed({"libGL.so.1": Library()}) == ()


def test_what_a_library_needs_comes_along_and_nothing_else() -> None:
    assert exposed({}) == ("libGL.so.1", "libX.so.6", "libxcb.so.1")


def test_what_the_machine_has_stays_the_machines() -> None:
    assert exposed({"libX.so.6": Library(defined="XOpen XSync XMore")}) == (
        "libGL.so.1",
    )


def test_the_c_library_is_never_exposed_though_asked_for() -> None:
    assert exposed({}, {**OURS, C: HOST_C}, (C, "libm.so.6", "libxcb.so.1")) == (
        "libxcb.so.1",
    )


@pytest.mark.parametrize(
    "soname",
    [
        *("libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1"),
        *("ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1", "libresolv.so.2"),
        *("libnss_files.so.2", "libnss_mdns4_minimal.so.2", "libutil.so.1"),
        *("libanl.so.1", "libmvec.so.1", "libBrokenLocale.so.1", "libthread_db.so.1"),
        *("libnsl.so.1", "libc_malloc_debug.so.0"),
    ],
)
def test_the_family_of_the_c_library_is_known(soname: str) -> None:
    assert is_c_library(soname)


@pytest.mark.parametrize(
    "soname",
    [
        *("libgcc_s.so.1", "libstdc++.so.6", "libcrypt.so.1", "libcurl.so.4"),
        *("libmagic.so.1", "libcap.so.2", "libnsl.so.2", "libdlm.so.3", "libnss3.so"),
        *("libutil-freebsd.so.0", "libresolv_wrapper.so.0"),
    ],
)
def test_similar_names_are_not_of_the_family(soname: str) -> None:
    assert not is_c_library(soname)


@pytest.mark.parametrize(
    ("need", "words"),
    [
        ("GLIBC_2.38 GLIBC_2.4", ["GLIBC_2.38", "(2.31)", '"2.31"', "devenv lock"]),
        ("GLIBC_ABI_DT_RELR", ["GLIBC_ABI_DT_RELR", "python3"]),
        ("GLIBC_PRIVATE", ["one build of the C library"]),
    ],
)
def test_a_library_that_the_machine_could_not_load_is_refused(
    need: str, words: list[str]
) -> None:
    ours = {**OURS, "libxcb.so.1": Library(needs={C: need})}

    with pytest.raises(LibrariesError) as caught:
        exposed({}, ours)

    text = f"{caught.value} {caught.value.hint}"
    assert "libxcb.so.1" in text
    assert [word for word in words if word not in text] == []


def test_a_part_of_the_c_library_that_the_machine_lacks_is_a_refusal() -> None:
    ours = {**OURS, "libxcb.so.1": Library(needs={"libmvec.so.1": ""})}

    with pytest.raises(LibrariesError, match=r"needs libmvec\.so\.1, which this"):
        exposed({}, ours)


def test_a_need_that_nobody_meets_is_a_refusal() -> None:
    ours = {name: one for name, one in OURS.items() if name != "libxcb.so.1"}

    with pytest.raises(LibrariesError, match=r"libX\.so\.6 needs libxcb\.so\.1"):
        exposed({}, ours)


NEWER = {
    "libwheel.so.1": Library(needs={"libplus.so.6": "PLUS_2"}),
    "libplus.so.6": Library(
        needs={C: "GLIBC_2.2.5"}, versions="PLUS_1 PLUS_2", defined="a b c"
    ),
}


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        (Library(versions="PLUS_1 PLUS_2 PLUS_3"), ("libwheel.so.1",)),
        (Library(versions=""), ("libwheel.so.1",)),
        (
            Library(versions="PLUS_1", defined="a b _init"),
            ("libplus.so.6", "libwheel.so.1"),
        ),
    ],
    ids=["new enough", "without versions", "too old, ours has all of it"],
)
def test_versions_tell_whether_the_machines_will_do(
    host: Library, expected: tuple[str, ...]
) -> None:
    assert exposed({"libplus.so.6": host}, NEWER, ("libwheel.so.1",)) == expected


@pytest.mark.parametrize(
    "host",
    [
        Library(versions="PLUS_1 VENDOR_1", defined="a"),
        Library(versions="PLUS_1", defined="a vendor"),
    ],
    ids=["a version", "a symbol"],
)
def test_a_library_that_offers_more_is_not_superseded(host: Library) -> None:
    with pytest.raises(LibrariesError, match=r"another libplus\.so\.6.*lacks PLUS_2"):
        exposed({"libplus.so.6": host}, NEWER, ("libwheel.so.1",))


def test_without_versions_symbols_tell() -> None:
    host = {"libX.so.6": Library(defined="XOpen")}

    assert exposed(host) == ("libGL.so.1", "libX.so.6", "libxcb.so.1")


def test_a_symbol_that_came_later_than_its_version_is_missed() -> None:
    ours = {
        "libform.so.6": Library(needs={"libtinfo.so.6": "T_6"}, undefined="later old"),
        "libtinfo.so.6": Library(versions="T_6", defined="later old"),
    }
    host = {"libtinfo.so.6": Library(versions="T_6", defined="old gone")}

    with pytest.raises(LibrariesError, match="which lacks later and cannot"):
        exposed(host, ours, ("libform.so.6",))


def test_a_symbol_that_has_moved_to_another_library_is_not_missed() -> None:
    host = {
        "libX.so.6": Library(needs={"libmoved.so.1": ""}, defined="XOpen gone"),
        "libmoved.so.1": Library(defined="XSync"),
    }

    assert exposed(host) == ("libGL.so.1",)


def test_a_symbol_that_the_program_has_to_define_is_not_missed() -> None:
    ours = {**OURS, "libGL.so.1": Library(needs={"libX.so.6": ""}, undefined="plugin")}

    assert exposed({"libX.so.6": Library(defined="XOpen")}, ours) == ("libGL.so.1",)


def test_a_symbol_that_another_library_has_is_not_missed() -> None:
    ours = {
        **OURS,
        "libGL.so.1": Library(
            needs={"libX.so.6": "", "libshared.so.1": ""}, undefined="XOpen XSync"
        ),
    }
    host = {
        "libX.so.6": Library(defined="XOpen more"),
        "libshared.so.1": Library(defined="XSync"),
    }

    assert exposed(host, ours) == ("libGL.so.1",)


def test_a_superseded_library_must_be_loadable_too() -> None:
    ours = {
        **NEWER,
        "libplus.so.6": Library(needs={C: "GLIBC_2.38"}, versions="PLUS_1 PLUS_2"),
    }

    with pytest.raises(LibrariesError, match=r"libplus\.so\.6 needs GLIBC_2\.38"):
        exposed({"libplus.so.6": Library(versions="PLUS_1")}, ours, ("libwheel.so.1",))


def test_libraries_that_need_each_other_are_exposed_once() -> None:
    ours = {
        "liba.so.1": Library(needs={"libb.so.1": ""}),
        "libb.so.1": Library(needs={"liba.so.1": ""}),
    }

    assert exposed({}, ours, ("liba.so.1",)) == ("liba.so.1", "libb.so.1")
