"""The doctor looks at mirrors, keys, indexes and the clock."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime

from devenv.errors import FetchError
from devenv.formats.openpgp_expiry import key_expiries
from devenv.host import gpgv, sequoia
from devenv.host.urls import shown
from devenv.model.apt import AptInput, Pocket
from devenv.model.finding import Finding, note, ok
from devenv.operations.doctor_asking import Asking
from devenv.operations.doors import DEFAULT_INPUT
from devenv.plan.diagnosis.archives import (
    KeyFacts,
    MirrorFacts,
    diagnose_clock,
    diagnose_keys,
    diagnose_mirrors,
    diagnose_verifier,
)
from devenv.sources.apt.inputs import find_input, keyring_of, own_input
from devenv.sources.apt.mirrors import Mirrors
from devenv.sources.apt.release_records import ReleaseRecords

_SERVED = "InRelease"


def look_at_keys(asking: Asking) -> Iterator[Finding]:
    """Yield what vouches for the default input's archives."""
    yield diagnose_verifier(_verifier())
    now = asking.clock.now()
    for pocket in _one_for_each_key(_input(asking)):
        expiries = key_expiries(keyring_of(pocket))
        keys = [
            KeyFacts(fingerprint=name, expires=expires)
            for name, expires in sorted(expiries.items())
        ]
        yield from diagnose_keys(pocket.name, keys, sorted(pocket.keys), now)


def look_at_archives(asking: Asking) -> Iterator[Finding]:
    """Yield what is known of the default input, and whether its mirrors answer.

    No socket is opened if we are offline; else each mirror gets three seconds.
    """
    wanted = _input(asking)
    yield _index(asking, wanted)
    mirrors = () if asking.offline else tuple(_ask(asking, wanted))
    if asking.offline:
        yield ok("mirror", "not asked: offline")
    yield from diagnose_mirrors(mirrors)
    yield diagnose_clock(
        asking.clock.now(), mirrors=mirrors, newest_release=_newest(asking, wanted)
    )


def _verifier() -> str | None:
    if sequoia.is_available():
        return "pysequoia"
    return "gpgv" if gpgv.is_available() else None


def _input(asking: Asking) -> AptInput:
    name = asking.configuration.default_input or DEFAULT_INPUT
    table = asking.configuration.inputs.get(name)
    if table is None:
        return find_input(name)
    return find_input(
        name, {name: own_input(name, table, folder=asking.directories.config)}
    )


def _one_for_each_key(wanted: AptInput) -> Sequence[Pocket]:
    return list({pocket.keys: pocket for pocket in wanted.pockets}.values())


def _index(asking: Asking, wanted: AptInput) -> Finding:
    if asking.refresh:
        # 40 ms, for those who want news.
        from devenv.operations.package_set import open_packages  # noqa: PLC0415

        with open_packages(asking.open_doors(), wanted) as package_set:
            places = sorted({item.mirror for item in package_set.snapshots})
            checked = package_set.checked_at
    else:
        records = _records(asking)
        found = [records.kept(pocket) for pocket in wanted.pockets]
        kept = [release for release in found if release is not None]
        if not kept:
            return note("index", f"{wanted.name}: no package list is here yet")
        places = sorted({release.mirror for release in kept})
        checked = min(release.checked_at for release in kept)
    when = f"{checked:%Y-%m-%d %H:%M} UTC"
    where = ", ".join(map(shown, places))
    return ok("index", f"{wanted.name}, last looked for at {when}", where)


def _ask(asking: Asking, wanted: AptInput) -> Iterator[MirrorFacts]:
    # 40 ms, only to ask.
    from devenv.host.ask_mirror import ask_date  # noqa: PLC0415

    found = Mirrors.find(asking.env, configured=asking.configuration.mirrors)
    pockets = {pocket.archive: pocket for pocket in reversed(wanted.pockets)}
    for archive, pocket in sorted(pockets.items()):
        for base in found.bases(archive)[:1]:
            address = f"{base}/dists/{pocket.suite}/{_SERVED}"
            try:
                date = ask_date(address, asking.env)
            except FetchError as error:
                yield MirrorFacts(address=shown(base), refusal=error.what)
            else:
                yield MirrorFacts(address=shown(base), date=date)


def _newest(asking: Asking, wanted: AptInput) -> datetime | None:
    records = _records(asking)
    with suppress(OSError):
        found = [records.remembered(pocket) for pocket in wanted.pockets]
        return max((each.date for each in found if each is not None), default=None)
    return None


def _records(asking: Asking) -> ReleaseRecords:
    return ReleaseRecords(
        cache_directory=asking.directories.cache,
        state_directory=asking.directories.state,
    )
