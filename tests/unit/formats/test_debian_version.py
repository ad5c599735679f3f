import itertools
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devenv.errors import FormatError
from devenv.formats.debian_version import is_valid, satisfies, sort_key, upstream
from tests.fixtures.dpkg import dpkg_order, nasty_version, seeded

ASCENDING = (
    "0~~",
    "0~",
    "0",
    "1.0~~",
    "1.0~~a",
    "1.0~",
    "1.0~rc1-1",
    "1.0~rc1-2",
    "1.0~rc2-1",
    "1.0-1~bpo12+1",
    "1.0-1",
    "1.0-1+b1",
    "1.0-1+deb13u1",
    "1.0-1.1",
    "1.0a",
    "1.0a1",
    "1.0b",
    "1.0+dfsg",
    "1.0.1",
    "1.2",
    "1.10",
    "2.0",
    "20240101",
    "1:0.1",
    "10:0.1",
)
VERSIONS = st.randoms(use_true_random=False).map(nasty_version)


def test_versions_are_ordered_as_policy_orders_them() -> None:
    shuffled = seeded(1).sample(ASCENDING, len(ASCENDING))

    assert tuple(sorted(shuffled, key=sort_key)) == ASCENDING


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("1.0", "1.0-0", id="no revision is revision 0"),
        pytest.param("1.0", "0:1.0", id="no epoch is epoch 0"),
        pytest.param("1.0", "1.00", id="leading zeros"),
        pytest.param("1.a", "1.a0", id="no number is number 0"),
        pytest.param("1.0-0", "1.0-000", id="zeros in a revision"),
    ],
)
def test_versions_that_dpkg_calls_equal_have_equal_keys(one: str, other: str) -> None:
    assert sort_key(one) == sort_key(other)
    assert satisfies(one, "=", other)


@pytest.mark.parametrize(
    ("operator", "fitting"),
    [
        ("<<", ["1.9-1"]),
        ("<=", ["1.9-1", "2.0-1"]),
        ("=", ["2.0-1"]),
        (">=", ["2.0-1", "2.0-2"]),
        (">>", ["2.0-2"]),
        ("<", ["1.9-1", "2.0-1"]),
        (">", ["2.0-1", "2.0-2"]),
    ],
)
def test_an_operator_means_what_policy_says(operator: str, fitting: list[str]) -> None:
    versions = ("1.9-1", "2.0-1", "2.0-2")

    assert [v for v in versions if satisfies(v, operator, "2.0-1")] == fitting


def test_operators_compare_equal_versions_that_are_written_differently() -> None:
    operators = ("<<", "<=", "=", ">=", ">>")

    found = tuple(satisfies("0:1.0", operator, "1.0-0") for operator in operators)

    assert found == (False, True, True, True, False)


def test_an_unknown_operator_is_refused() -> None:
    with pytest.raises(FormatError, match="=="):
        satisfies("1", "==", "1")


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.2.3", "1.2.3"),
        ("1.2.3-4", "1.2.3"),
        ("1:2.47.3-0+deb13u1", "2.47.3"),
        ("20.19.2+dfsg-1", "20.19.2+dfsg"),
        ("1-2-3", "1-2"),
        ("1:2:3-4", "2:3"),
    ],
)
def test_the_upstream_version_lacks_epoch_and_revision(
    version: str, expected: str
) -> None:
    assert upstream(version) == expected


@pytest.mark.parametrize(
    "version",
    ["", "-1", "1-", "1:", ":1", "a:1", "1:-1", "1_0", "1 0", "1.0\n", "é", "1-a:b"],
)
def test_what_is_not_a_version_is_refused(version: str) -> None:
    assert not is_valid(version)
    with pytest.raises(FormatError, match="not a Debian version"):
        sort_key(version)


def test_a_number_longer_than_python_converts_is_compared() -> None:
    long = "9" * 10_000

    assert satisfies("1." + long, "<<", "1.1" + long)


@given(VERSIONS, VERSIONS, VERSIONS)
def test_the_order_is_transitive(one: str, two: str, three: str) -> None:
    low, middle, high = sorted((one, two, three), key=sort_key)

    assert satisfies(low, "<=", middle)
    assert satisfies(middle, "<=", high)
    assert satisfies(low, "<=", high)


@given(VERSIONS, VERSIONS)
def test_exactly_one_of_older_same_and_newer_holds(one: str, other: str) -> None:
    assert sum(satisfies(one, operator, other) for operator in ("<<", "=", ">>")) == 1


@pytest.mark.skipif(shutil.which("dpkg") is None, reason="dpkg is not here")
def test_the_order_is_that_of_dpkg() -> None:
    source = seeded(5612)
    made = [(nasty_version(source), nasty_version(source)) for _ in range(200)]
    pairs = [*itertools.combinations(ASCENDING, 2), *made]

    ours = [_compared(one, other) for one, other in pairs]

    assert ours == dpkg_order(pairs)


def _compared(one: str, other: str) -> str:
    ours, theirs = sort_key(one), sort_key(other)
    if ours == theirs:
        return "="
    return "<" if ours < theirs else ">"
