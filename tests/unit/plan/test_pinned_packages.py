from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from devenv.errors import ResolutionError
from devenv.model.lock import LockedPackage
from devenv.model.resolution import ResolutionRules
from devenv.plan.lock_rows import rows_of
from devenv.plan.pinned_packages import PinnedPackages, other_bytes
from devenv.plan.resolve import resolve
from tests.fixtures.locks import locked_package
from tests.fixtures.package_sets import PackagesInMemory
from tests.fixtures.packages_text import packages_text, stanza

RULES = ResolutionRules()


def pinned(*rows: LockedPackage, index: tuple[str, ...]) -> PinnedPackages:
    return PinnedPackages(PackagesInMemory(packages_text(*index)), rows)


def chosen(packages: PinnedPackages, *requested: str) -> dict[str, str]:
    found = resolve(requested, packages, RULES)
    return {name: item.package.version for name, item in found.packages.items()}


def rows(index: tuple[str, ...], *requested: str) -> tuple[LockedPackage, ...]:
    packages = PackagesInMemory(packages_text(*index))
    resolution = resolve(requested, packages, RULES)
    return rows_of(resolution, packages, input_name="debian")


def test_the_locked_version_comes_before_newer_ones() -> None:
    packages = pinned(
        locked_package("aa", "1"), index=(stanza("aa", "2"), stanza("aa", "1"))
    )
    assert [found.version for found in packages.versions("aa")] == ["1", "2", "1"]
    assert chosen(packages, "aa") == {"aa": "1"}


def test_a_version_that_was_asked_for_beats_the_locked_one() -> None:
    packages = pinned(locked_package("aa", "1"), index=(stanza("aa", "2"),))
    assert chosen(packages, "aa@2") == {"aa": "2"}


def test_what_needs_a_newer_one_gets_it_and_its_partner_moves_along() -> None:
    packages = pinned(
        locked_package("lib", "1"),
        locked_package("tool", "1", needs=("lib (= 1)",)),
        index=(
            stanza("lib", "2"),
            stanza("tool", "2", depends="lib (= 2)"),
            stanza("new", "1", depends="lib (>= 2)"),
        ),
    )
    assert chosen(packages, "tool", "new") == {"lib": "2", "new": "1", "tool": "2"}


def test_a_dropped_version_still_provides_what_its_successor_does() -> None:
    packages = pinned(
        locked_package("mawk", "1"),
        index=(
            stanza("mawk", "2", provides="awk"),
            stanza("script", "1", depends="awk"),
        ),
    )
    assert chosen(packages, "script") == {"mawk": "1", "script": "1"}


def test_a_package_that_is_gone_altogether_stays() -> None:
    packages = pinned(locked_package("gone", "1"), index=(stanza("other"),))
    (found,) = packages.versions("gone")
    assert (found.version, found.filename) == ("1", "pool/main/g/gone/gone_1_amd64.deb")
    assert chosen(packages, "gone") == {"gone": "1"}


def test_rows_that_are_resolved_again_are_the_same_rows() -> None:
    index = (
        stanza(
            "tool",
            "1",
            depends="lib (>= 1), lib (<< 3), xx | yy",
            pre_depends="virtual",
        ),
        stanza("lib", "1", depends="tool"),
        stanza("yy", "1"),
        stanza("zz", "1", provides="virtual"),
    )
    first = rows(index, "tool")
    tool = next(row for row in first if row.name == "tool")
    assert tool.needs == ("lib (<< 3)", "lib (>= 1)", "yy", "zz")
    later = (*index, stanza("xx", "1"), stanza("lib", "2"), stanza("zz", "2"))
    packages = PinnedPackages(PackagesInMemory(packages_text(*later)), first)
    again = resolve(["tool"], packages, RULES)
    assert rows_of(again, packages, input_name="debian") == first


def test_old_operators_are_written_as_dpkg_reads_them() -> None:
    (_, tool) = rows((stanza("tool", depends="lib (> 1)"), stanza("lib", "1")), "tool")
    assert tool.needs == ("lib (>= 1)",)


def test_only_what_the_base_set_alone_needs_is_flagged() -> None:
    text = packages_text(
        stanza("tool", depends="shared"),
        stanza("shared"),
        stanza("dash", depends="shared, own"),
        stanza("own"),
    )
    packages = PackagesInMemory(text)
    resolution = resolve(["tool"], packages, RULES, extra=["dash"])
    found = rows_of(resolution, packages, input_name="debian")
    assert {row.name for row in found if row.is_base} == {"dash", "own"}


def test_the_same_version_with_other_bytes_is_found() -> None:
    index = PackagesInMemory(packages_text(stanza("aa", "1"), stanza("bb", "1")))
    row = locked_package("bb", "1")
    assert other_bytes([row], index) == (row,)
    assert other_bytes([locked_package("aa", "2")], index) == ()


NAMES = ("aa", "bb", "cc", "dd", "ee")
RELATIONS = st.builds(
    "{} ({} {})".format,
    st.sampled_from(NAMES),
    st.sampled_from((">=", "<<", "=")),
    st.sampled_from("123"),
)
GROUPS = st.lists(
    RELATIONS | st.sampled_from((*NAMES, "virtual")), min_size=1, max_size=2
)
INDEXES = st.dictionaries(
    st.tuples(st.sampled_from(NAMES), st.sampled_from("123")),
    st.tuples(st.lists(GROUPS, max_size=2), st.booleans()),
    min_size=1,
)


def as_text(index: Mapping[tuple[str, str], tuple[list[list[str]], bool]]) -> list[str]:
    return [
        stanza(
            name,
            version,
            depends=", ".join(" | ".join(group) for group in groups),
            **({"provides": "virtual"} if provides else {}),
        )
        for (name, version), (groups, provides) in index.items()
    ]


@given(
    before=INDEXES, after=INDEXES, wanted=st.sets(st.sampled_from(NAMES), min_size=1)
)
def test_whatever_becomes_of_the_archive_what_is_locked_stays(
    before: Mapping[tuple[str, str], tuple[list[list[str]], bool]],
    after: Mapping[tuple[str, str], tuple[list[list[str]], bool]],
    wanted: set[str],
) -> None:
    try:
        first = rows(tuple(as_text(before)), *wanted)
    except ResolutionError:
        return
    later = PinnedPackages(PackagesInMemory(packages_text(*as_text(after))), first)
    again = rows_of(resolve(sorted(wanted), later, RULES), later, input_name="debian")
    assert again == first
