"""For any machine and any packages: what is exposed loads, and breaks nothing."""

from collections.abc import Mapping

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from devenv.errors import LibrariesError
from devenv.model.linkage import Linkage, Symbols
from devenv.plan.expose_libraries import libraries_to_expose
from devenv.plan.loading import breakage

NAMES = tuple(f"lib{letter}.so.1" for letter in "pqrst")
C = "libc.so.6"
NEWEST = 3

Libraries = Mapping[str, Linkage]


def versions(name: str, newest: int) -> frozenset[str]:
    return frozenset(f"{name}_{number}" for number in range(1, newest + 1))


@st.composite
def releases(draw: st.DrawFn, *, c_library: int, all_there: bool) -> Libraries:
    """Return libraries that go together: each need is met by those there are."""
    newest = {
        name: draw(st.integers(0, NEWEST))
        for name in NAMES
        if all_there or draw(st.booleans())
    }
    found = {C: Linkage(soname=C, versions=versions(C, c_library))}
    for name, newest_version in newest.items():
        needed = draw(st.sets(st.sampled_from(sorted(newest))))
        needs = {
            other: frozenset({f"{other}_{draw(st.integers(1, newest[other]))}"})
            for other in sorted(needed)
            if newest[other]
        }
        needs[C] = frozenset({f"{C}_{draw(st.integers(1, c_library))}"})
        extra = draw(st.sampled_from([frozenset(), frozenset({"VENDOR"})]))
        own = versions(name, newest_version)
        found[name] = Linkage(
            soname=name,
            needed=(*sorted(needed), C),
            version_needs=needs,
            versions=own | extra if own else own,
        )
    return found


class Side:
    """Every version node stands for one symbol of the same name."""

    def __init__(self, libraries: Libraries) -> None:
        self._libraries = libraries

    def bring(self, needed: Mapping[str, str]) -> None:
        assert set(needed.values()) <= self._libraries.keys()

    def linkage(self, soname: str) -> Linkage | None:
        return self._libraries.get(soname)

    def symbols(self, soname: str) -> Symbols | None:
        found = self._libraries.get(soname)
        if found is None:
            return None
        needs: frozenset[str] = frozenset().union(*found.version_needs.values())
        return Symbols(undefined=needs, defined=found.versions)


def is_loadable(name: str, exposed: Libraries, host: Libraries) -> bool:
    program = Linkage(soname=None, needed=(name,))
    return breakage("program", program, front=exposed.get, own=host.get) is None


@given(st.data())
def test_what_is_exposed_can_be_loaded_and_breaks_nothing(data: st.DataObject) -> None:
    host = data.draw(releases(c_library=data.draw(st.integers(1, 3)), all_there=False))
    ours = data.draw(releases(c_library=3, all_there=True))
    requested = data.draw(st.sets(st.sampled_from(NAMES), min_size=1))
    try:
        sonames = libraries_to_expose(requested, Side(ours), Side(host))
    except LibrariesError as error:
        assert error.hint  # noqa: PT017 - either answer will do
        return
    exposed = {soname: ours[soname] for soname in sonames}

    assert C not in exposed
    for name in requested:
        assert name in exposed or name in host
    for name, linkage in exposed.items():
        assert is_loadable(name, exposed, host)
        assert all(need in exposed or need in host for need in linkage.needed)
    for name in host:
        assert is_loadable(name, exposed, host)
        if name in exposed:
            assert host[name].versions <= exposed[name].versions


@given(st.data())
def test_a_machine_that_has_what_is_asked_for_gets_nothing(
    data: st.DataObject,
) -> None:
    host = data.draw(releases(c_library=1, all_there=False))
    ours = data.draw(releases(c_library=3, all_there=True))
    requested = sorted(host.keys() - {C})
    assume(requested)

    assert libraries_to_expose(requested, Side(ours), Side(host)) == ()


def test_the_oracle_can_tell() -> None:
    host = {C: Linkage(soname=C, versions=versions(C, 1))}
    needs = {C: frozenset({f"{C}_2"})}
    exposed = {NAMES[0]: Linkage(soname=None, needed=(C,), version_needs=needs)}

    assert not is_loadable(NAMES[0], exposed, host)
    with pytest.raises(LibrariesError):
        libraries_to_expose([NAMES[0]], Side(exposed), Side(host))
