"""A pocket as it was at some time, verified: for what has left its archive since."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from devenv.errors import FetchError, HashMismatchError
from devenv.formats.http_fields import Validators
from devenv.host.clock import Clock
from devenv.host.http import Fetcher
from devenv.host.progress import Progress
from devenv.host.urls import joined
from devenv.model.apt import Pocket
from devenv.model.systems import System
from devenv.sources.apt.archive_paths import packages_names, suite_path
from devenv.sources.apt.packages_files import IndexSource, fetch_indexes
from devenv.sources.apt.release_records import MAX_RELEASE_BYTES, KeptRelease
from devenv.sources.apt.snapshot import PocketSnapshot
from devenv.sources.apt.verified_release import verified


def past_snapshot(  # noqa: PLR0913 - the doors, each by its name
    pocket: Pocket,
    system: System,
    *,
    sha256: str,
    bases: Sequence[str],
    fetcher: Fetcher,
    clock: Clock,
    cache_directory: Path,
    progress: Progress,
) -> PocketSnapshot:
    """Return a pocket at the moment of one InRelease file, with its indexes.

    It is verified as a new one is, but may have expired: whoever asks wants to know
    what was signed then, not what is to be had now. Nothing of it is remembered.

    Args:
        pocket: which suite, under which keys.
        system: whose packages.
        sha256: that of the InRelease file.
        bases: addresses where the archive of that time may be.
        fetcher: asks them.
        clock: tells which keys have expired.
        cache_directory: where downloads are.
        progress: is told of these.

    Raises:
        SignatureError: it is not signed by the pocket's keys, or is another suite's.
        FetchError: nobody has it.
    """
    failure: FetchError | None = None
    for base in bases:
        try:
            message = _in_release(pocket, base, sha256, fetcher)
        except FetchError as error:
            failure = error
            continue
        kept = KeptRelease(
            message=message,
            mirror=base,
            checked_at=clock.now(),
            validators=Validators(),
        )
        architecture = system.debian_architecture
        head = verified(pocket, kept, architecture=architecture, now=clock.now())
        return PocketSnapshot(
            pocket=pocket,
            release=head.release,
            release_sha256=head.sha256,
            mirror=base,
            packages_files=fetch_indexes(
                IndexSource(pocket=pocket, release=head.release, bases=tuple(bases)),
                packages_names(head.release, pocket, architecture=architecture),
                fetcher=fetcher,
                cache_directory=cache_directory,
                progress=progress,
            ),
            checked_at=kept.checked_at,
        )
    raise failure or FetchError(f"nobody keeps the past of {pocket.name}")


def _in_release(pocket: Pocket, base: str, sha256: str, fetcher: Fetcher) -> bytes:
    answer = fetcher.read(
        joined(base, f"{suite_path(pocket)}InRelease"),
        max_size=MAX_RELEASE_BYTES,
        label=f"InRelease of {pocket.name}",
    )
    message = answer.body if answer else b""
    if hashlib.sha256(message).hexdigest() != sha256:
        raise HashMismatchError(f"the index of {pocket.name} is of another time")
    return message
