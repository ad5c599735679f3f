"""What a user reads when nothing could be fetched."""

from collections.abc import Mapping, Sequence

from devenv.errors import (
    FetchError,
    HashMismatchError,
    NotServedError,
    OfflineError,
)
from devenv.host import urls
from devenv.host.attempt import Failure, Reach

_SHOWN_NAMES = 5


def offline_error(names: Sequence[str]) -> OfflineError:
    """Return the error that names what is missing, or the first of it."""
    more = " ..." if len(names) > _SHOWN_NAMES else ""
    shown = ", ".join(names[:_SHOWN_NAMES]) + more
    return OfflineError(
        f"not here yet, and --offline forbids to download: {shown}",
        hint="run the same command once without --offline",
    )


def fetch_error(name: str, failures: Mapping[str, Failure]) -> FetchError:
    """Return the error that the last failure at each address adds up to."""
    where = "; ".join(f"{urls.shown(url)}: {f.what}" for url, f in failures.items())
    reaches = {failure.reach for failure in failures.values()}
    if reaches == {Reach.MISSING}:
        return NotServedError(f"no server has {name}", where=where)
    if Reach.WRONG in reaches:
        return HashMismatchError(
            f"{name} is not the file that was signed for or locked",
            where=where,
            hint="the server may be in the middle of an update, or is not to be"
            " trusted: try again later, or name another mirror",
        )
    return FetchError(
        f"{name} could not be downloaded",
        where=where,
        hint="check the network and the proxy settings, then run the command again",
    )
