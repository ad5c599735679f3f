"""Caches of archives that others keep: whether they can be asked."""

from collections.abc import Iterator, Sequence

from devenv.model.finding import Finding, ok, warning
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheFacts:
    """What came of asking a cache: what it is, or why it is of no use."""

    place: str
    found: str = ""
    refusal: str = ""


def diagnose_caches(caches: Sequence[CacheFacts]) -> Iterator[Finding]:
    """Yield which caches can be asked. None is needed, so none is a problem."""
    for cache in caches:
        if cache.refusal:
            yield warning(
                "cache",
                cache.refusal,
                where=cache.place,
                advice="it is passed over; take it out of [cache] from in config.toml,"
                " or see whether it is mounted or served",
            )
        else:
            yield ok("cache", cache.found, cache.place)
