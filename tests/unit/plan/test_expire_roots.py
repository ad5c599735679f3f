"""Which roots are dropped, and when."""

from datetime import UTC, datetime, timedelta

import pytest

from devenv.plan.expire_roots import Expiry, Purpose, RootState, expired_roots

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def root(name: str, purpose: Purpose, days: float = 0, **more: object) -> RootState:
    return RootState(
        name=name,
        purpose=purpose,
        label="/home/user/app",
        last_used=NOON - days * DAY,
        **more,  # type: ignore[arg-type]
    )


def generations(*days: float, current: int = 0, **more: object) -> list[RootState]:
    """Generations 1, 2 ..., last entered so many days ago."""
    return [
        root(
            str(number),
            Purpose.GENERATION,
            age,
            number=number,
            is_current=number == current,
            **more,
        )
        for number, age in enumerate(days, start=1)
    ]


def expired(roots: list[RootState], **expiry: object) -> list[str]:
    return sorted(expired_roots(roots, Expiry(**expiry), now=NOON))  # type: ignore[arg-type]


@pytest.mark.parametrize(("days", "is_over"), [(0, False), (14, False), (14.1, True)])
def test_an_ad_hoc_root_is_kept_for_two_weeks(days: float, *, is_over: bool) -> None:
    assert expired([root("jq", Purpose.AD_HOC, days)]) == ["jq"] * is_over


def test_a_link_that_points_elsewhere_keeps_nothing() -> None:
    roots = [
        root("old", Purpose.LINK, 1000),
        root("moved", Purpose.LINK, is_there=False),
    ]
    assert expired(roots) == ["moved"]


def test_nobody_asked_for_generations_to_go() -> None:
    assert expired(generations(900, 800, 700)) == []


@pytest.mark.parametrize(
    ("expiry", "names"),
    [
        pytest.param({"older_than": 30 * DAY}, ["1", "2"], id="age"),
        pytest.param({"keep": 2}, ["1", "2"], id="number"),
        pytest.param({"keep": 9}, [], id="more than there are"),
        pytest.param({"keep": 3, "older_than": 30 * DAY}, ["1"], id="both"),
        pytest.param({"keep": 1, "older_than": 99 * DAY}, ["1"], id="age decides"),
        pytest.param({"older_than": 0 * DAY}, ["1", "2", "3"], id="any age"),
    ],
)
def test_old_generations_go_as_asked(
    expiry: dict[str, object], names: list[str]
) -> None:
    assert expired(generations(100, 50, 10, 5), **expiry) == names


def test_the_newest_and_the_current_generation_never_go() -> None:
    roots = generations(1000, 900, 800, current=2)
    assert expired(roots, older_than=DAY, keep=1) == ["1"]
    assert expired(roots, older_than=DAY, is_now=True) == ["1"]


@pytest.mark.parametrize(
    ("since_days", "names"),
    [(2.5, ["1", "2"]), (3.5, ["1"]), (6, []), (0.1, ["1", "2", "3"])],
)
def test_a_shell_that_stands_in_the_project_keeps_what_it_may_have_entered(
    since_days: float, names: list[str]
) -> None:
    since = NOON - since_days * DAY
    roots = generations(5, 4, 3, 1, 0, stood_in_since=since)
    assert expired(roots, keep=1) == names


def test_numbers_tell_the_newest_not_ages() -> None:
    assert expired(generations(1, 2, 300), older_than=DAY / 2) == ["1", "2"]


@pytest.mark.parametrize(
    ("gone_days", "expiry", "is_over"),
    [
        pytest.param(None, {}, False, id="just found gone"),
        pytest.param(30, {}, False, id="in its grace"),
        pytest.param(31, {}, True, id="for long"),
        pytest.param(None, {"is_now": True}, True, id="no grace"),
        pytest.param(1, {"keep": 1}, False, id="whatever is to be kept"),
    ],
)
def test_a_project_that_is_gone_is_kept_for_a_while(
    gone_days: int | None, expiry: dict[str, object], *, is_over: bool
) -> None:
    since = None if gone_days is None else NOON - gone_days * DAY
    roots = generations(9, 8, is_there=False, gone_since=since, current=2)
    assert expired(roots, **expiry) == ["1", "2"] * is_over


def test_nothing_goes_for_its_age_while_the_clock_is_wrong() -> None:
    roots = [
        root("jq", Purpose.AD_HOC, 1000),
        root("future", Purpose.AD_HOC, -3650),
        root("moved", Purpose.LINK, is_there=False),
        *generations(1000, 900),
    ]
    assert expired(roots, older_than=DAY) == ["moved"]
