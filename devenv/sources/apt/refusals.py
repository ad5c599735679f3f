"""Why an archive cannot be used, and how old what is used instead is, in words."""

from collections.abc import Mapping
from datetime import timedelta

from devenv.errors import (
    DevenvError,
    FetchError,
    HashMismatchError,
    NotServedError,
    SignatureError,
)
from devenv.host.urls import shown
from devenv.model.apt import Pocket
from devenv.sources.apt.mirrors import MIRROR_VARIABLE


def age_words(age: timedelta) -> str:
    """Return an age as people say it: `5 hours`, `3 days`."""
    minutes = max(0, int(age.total_seconds() // 60))
    for name, length in (("day", 24 * 60), ("hour", 60)):
        if minutes >= length:
            count = minutes // length
            return f"{count} {name}{'s' if count > 1 else ''}"
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


def no_mirror(pocket: Pocket, failures: Mapping[str, DevenvError]) -> DevenvError:
    """Return the one error that tells why no mirror would do."""
    if not failures:
        return FetchError(
            f"no mirror is known that has {pocket.name}",
            hint=f"set {MIRROR_VARIABLE} to the address of one",
        )
    where = "; ".join(
        f"{shown(base)}: {error.what}" for base, error in failures.items()
    )
    for base, error in failures.items():
        if isinstance(error, SignatureError):
            return SignatureError(
                error.what, where=error.where or shown(base), hint=error.hint
            )
    for error in failures.values():
        if isinstance(error, HashMismatchError):
            return error
    if all(isinstance(error, NotServedError) for error in failures.values()):
        return NotServedError(f"no mirror has {pocket.name}", where=where)
    return FetchError(
        f"the package list of {pocket.name} could not be downloaded",
        where="; ".join(
            dict.fromkeys(error.where or error.what for error in failures.values())
        ),
        hint="check the network, or name a mirror with " + MIRROR_VARIABLE,
    )
