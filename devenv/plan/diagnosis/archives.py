"""Mirrors, the keys that vouch for them, and the clock that both depend on."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from devenv.model.finding import Finding, note, ok, problem, warning
from devenv.values import dataclass

CLOSE = timedelta(minutes=5)
"""Further apart than this, a clock is wrong, and not a server slow."""

SOON = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorFacts:
    """What came of asking a mirror: its date, or why there was no answer."""

    address: str
    refusal: str = ""
    date: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFacts:
    """A key that may sign for an archive; `expires` is None if it never does."""

    fingerprint: str
    expires: datetime | None


def diagnose_mirrors(mirrors: Sequence[MirrorFacts]) -> Iterator[Finding]:
    """Yield which mirrors answer; if one does, the others are no problem."""
    answers = any(not mirror.refusal for mirror in mirrors)
    for mirror in mirrors:
        if not mirror.refusal:
            yield ok("mirror", "answers", mirror.address)
            continue
        advice = "check the network and the proxy (http_proxy), or name another mirror"
        kind = warning if answers else problem
        yield kind("mirror", mirror.refusal, where=mirror.address, advice=advice)


def diagnose_clock(
    now: datetime, *, mirrors: Sequence[MirrorFacts], newest_release: datetime | None
) -> Finding:
    """Tell whether the clock agrees with the mirrors, and with what they once sent."""
    advice = "set the machine's clock: what is signed has a date"
    if newest_release is not None and now + CLOSE < newest_release:
        what = f"the clock says {_day(now)}; an archive is of {_day(newest_release)}"
        return problem("clock", what, advice=advice)
    for mirror in mirrors:
        if mirror.date is not None and abs(mirror.date - now) > CLOSE:
            what = f"the clock says {_day(now)}, the mirror {_day(mirror.date)}"
            return warning("clock", what, where=mirror.address, advice=advice)
    if any(mirror.date for mirror in mirrors):
        return ok("clock", "agrees with the mirror")
    if newest_release is not None:
        return ok("clock", "is not behind what archives have sent")
    return ok("clock", "nothing here to compare it with")


def diagnose_keys(
    name: str, keys: Sequence[KeyFacts], pinned: Sequence[str], now: datetime
) -> Iterator[Finding]:
    """Yield what is wrong with the keys of an input, or that nothing is.

    One key that is good will do: archives sign with several.
    """
    there = [key for key in keys if key.fingerprint in pinned]
    good = [key for key in there if key.expires is None or key.expires > now]
    newer = "a newer devenv, or a newer key file, has the new ones"
    if not good:
        count = "every key has expired" if there else "no key that is trusted is here"
        yield problem("keyring", f"{name}: {count}", advice=newer)
        return
    ends = [key.expires for key in good]
    dates = [end for end in ends if end is not None]
    if len(dates) == len(ends) and max(dates) < now + SOON:
        what = f"{name}: the last key expires on {max(dates):%Y-%m-%d}"
        yield warning("keyring", what, advice=newer)
        return
    for key in there:
        if key not in good:
            yield note("keyring", f"{name}: {key.fingerprint[-16:]} has expired")
    names = ", ".join(key.fingerprint[-16:] for key in good)
    yield ok("keyring", f"{name}: {names}")


def diagnose_verifier(name: str | None) -> Finding:
    """Tell what checks signatures; None if nothing here can."""
    if name is not None:
        return ok("signatures", f"checked by {name}")
    return problem(
        "signatures",
        "nothing on this machine can check the signatures of archives",
        advice="install pysequoia into devenv's Python, or gpgv from the system",
    )


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
