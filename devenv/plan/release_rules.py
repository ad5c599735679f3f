"""Whether a Release whose signature is good may be used, and what to say of it."""

from datetime import datetime, timedelta

from devenv.errors import SignatureError
from devenv.model.apt import Pocket, Release
from devenv.values import dataclass

MAX_AHEAD = timedelta(days=1)
"""Clocks are not exact. A Date further on would pin us to it for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """The newest Release of a suite that was ever accepted here."""

    date: datetime
    sha256: str


def check_identity(release: Release, pocket: Pocket, *, architecture: str) -> None:
    """Refuse a Release that is not the one of `pocket`.

    A good signature does not tell which suite it is for: one key signs several,
    so a server could serve one in place of another.

    Raises:
        SignatureError: origin, label, codename, suite or architecture differ.
    """
    for field, expected, found in (
        ("Origin", pocket.origin, release.origin),
        ("Label", pocket.label, release.label),
        ("Codename", pocket.codename, release.codename),
    ):
        if expected is not None and found != expected:
            raise _error(pocket, f"its {field} is {found!r}, not {expected!r}")
    names = {release.suite, release.codename} - {""}
    wanted = pocket.suite.rstrip("/")
    is_flat = pocket.suite.endswith("/")
    if pocket.codename is None and not is_flat and names and wanted not in names:
        shown = " and ".join(sorted(names))
        raise _error(pocket, f"it is the one of {shown}, not of {wanted}")
    if release.architectures and architecture not in release.architectures:
        known = " ".join(release.architectures)
        raise SignatureError(
            f"{pocket.name} has no packages for {architecture}, only for {known}"
        )


def check_not_from_the_future(
    release: Release, pocket: Pocket, *, now: datetime
) -> None:
    """Refuse, so as not to remember it, a Release from tomorrow or later.

    Raises:
        SignatureError: its Date is more than a day ahead.
    """
    if release.date > now + MAX_AHEAD:
        raise SignatureError(
            f"the index of {pocket.name} was made in the future,"
            f" on {_day(release.date)}",
            hint=f"this machine believes it is {_day(now)}: check its clock",
        )


def check_not_rolled_back(
    release: Release, pocket: Pocket, *, remembered: Remembered | None
) -> None:
    """Refuse a Release older than one that was accepted before.

    Raises:
        SignatureError: it is.
    """
    # Another one of the same Date is one that was signed anew.
    if remembered is None or release.date >= remembered.date:
        return
    raise SignatureError(
        f"the index of {pocket.name} is of {_moment(release.date)}, older than the"
        f" one used before, of {_moment(remembered.date)}",
        hint="the mirror lags behind or replays old data: name another mirror, or"
        " pass --allow-rollback if you mean it",
    )


def staleness(release: Release, pocket: Pocket, *, now: datetime) -> tuple[str, ...]:
    """Return warnings about the age of a Release.

    Raises:
        SignatureError: it has expired, or is older than its pocket may be.
    """
    age = now - release.date
    grace = timedelta(days=pocket.expiry_grace_days)
    warnings = []
    if release.valid_until is not None and release.valid_until < now:
        text = f"the index of {pocket.name} expired on {_day(release.valid_until)}"
        if release.valid_until + grace < now:
            raise SignatureError(text, hint=_EXPIRED_HINT)
        warnings.append(f"{text}: the mirror has not been updated since")
    if _is_older(age, pocket.refuse_age_days):
        raise SignatureError(_age_text(pocket, release, age), hint=_STALE_HINT)
    if _is_older(age, pocket.warn_age_days):
        warnings.append(_age_text(pocket, release, age))
    return tuple(warnings)


def usable_until(release: Release, pocket: Pocket) -> datetime | None:
    """Return when `staleness` will begin to refuse a Release; None for never."""
    ends = []
    if release.valid_until is not None:
        grace = timedelta(days=pocket.expiry_grace_days)
        ends.append(release.valid_until + grace)
    if pocket.refuse_age_days is not None:
        ends.append(release.date + timedelta(days=pocket.refuse_age_days))
    return min(ends, default=None)


_STALE_HINT = (
    "the mirror is not kept up to date, or somebody withholds news: name another"
    " mirror, or check this machine's clock"
)

_EXPIRED_HINT = (
    f"{_STALE_HINT}; a mirror that lags can be borne with for some days by"
    " accept_expired_days below [apt] in devenv's config.toml"
)


def _is_older(age: timedelta, days: int | None) -> bool:
    return days is not None and age > timedelta(days=days)


def _age_text(pocket: Pocket, release: Release, age: timedelta) -> str:
    return (
        f"the index of {pocket.name} is {age.days} days old (of {_day(release.date)})"
    )


def _error(pocket: Pocket, why: str) -> SignatureError:
    return SignatureError(
        f"the server has another index in place of the one of {pocket.name}: {why}"
    )


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
