"""The step from bytes that a server sent to a Release that may be believed."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from devenv.errors import FormatError, SignatureError
from devenv.formats.release_file import parse_release
from devenv.hashes import hex_sha256
from devenv.host.signatures import verify_clearsigned
from devenv.model.apt import Pocket, Release
from devenv.plan.release_rules import check_identity, check_not_from_the_future
from devenv.sources.apt.inputs import keyring_of
from devenv.sources.apt.release_records import KeptRelease
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A Release whose signature and identity are good, and the file it was in."""

    release: Release
    sha256: str
    kept: KeptRelease


def verified(
    pocket: Pocket, kept: KeptRelease, *, architecture: str, now: datetime
) -> Head:
    """Return the Release in a file, if it is signed and is this pocket's.

    How old it is, and whether a newer one was seen, is not looked at.

    Raises:
        SignatureError: it is not.
    """
    message = kept.message or b""
    try:
        text = _signed_text(
            message, keyring_of(pocket), pocket.keys, _minute_after(now)
        )
        release = parse_release(text.decode("utf-8"))
    except (FormatError, UnicodeDecodeError) as error:
        raise SignatureError(
            f"the index of {pocket.name} is malformed: {error}"
        ) from error
    except SignatureError as error:
        raise SignatureError(f"{pocket.name}: {error.what}", hint=error.hint) from error
    check_identity(release, pocket, architecture=architecture)
    check_not_from_the_future(release, pocket, now=now)
    return Head(release=release, sha256=hex_sha256(message), kept=kept)


# A lock for two systems asks about each of them twice.
@lru_cache(maxsize=8)
def _signed_text(
    message: bytes, keyring: bytes, accepted: Iterable[str], now: datetime
) -> bytes:
    found = verify_clearsigned(message, keyring=keyring, accepted=accepted, now=now)
    return found.text


def _minute_after(moment: datetime) -> datetime:
    """Return the next full minute: what was signed a second ago is not too new."""
    return moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
