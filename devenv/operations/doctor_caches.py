"""The doctor looks at the caches of archives that the user names."""

from collections.abc import Iterator
from pathlib import Path

from devenv.errors import FetchError
from devenv.formats.cache_places import is_on_this_machine, name_in_cache
from devenv.host.files import names_in
from devenv.model.finding import Finding
from devenv.operations.configuration import cache_places
from devenv.operations.doctor_asking import Asking
from devenv.plan.diagnosis.caches import CacheFacts, diagnose_caches

_NOBODYS = "0" * 64
"""What a server is asked for: that it has no such archive is an answer."""


def look_at_caches(asking: Asking) -> Iterator[Finding]:
    """Yield which caches can be asked; each server gets three seconds."""
    places = cache_places(asking.env, asking.configuration)
    yield from diagnose_caches([_look(asking, place) for place in places])


def _look(asking: Asking, place: str) -> CacheFacts:
    if is_on_this_machine(place):
        return _look_at_folder(Path(place))
    # 40 ms, only to ask.
    from devenv.host.ask_mirror import ask_presence  # noqa: PLC0415
    from devenv.host.urls import joined, shown  # noqa: PLC0415

    if asking.offline:
        return CacheFacts(place=shown(place), found="not asked: offline")
    try:
        ask_presence(joined(place, name_in_cache(_NOBODYS)), asking.env)
    except FetchError as error:
        return CacheFacts(place=shown(place), refusal=error.what)
    return CacheFacts(place=shown(place), found="answers")


def _look_at_folder(place: Path) -> CacheFacts:
    try:
        if place.is_file():
            return CacheFacts(place=str(place), found="an exported project")
        # Not its archives: on a network drive there may be many.
        names_in(place)
    except OSError as error:
        return CacheFacts(place=str(place), refusal=error.strerror or "cannot be read")
    return CacheFacts(place=str(place), found="can be read")
