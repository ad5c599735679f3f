"""Which roots have had their time: what they were made for is looked at here."""

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from devenv.host.project_folder import SPEC_FILE
from devenv.host.running import Standing, standing
from devenv.operations.ad_hoc_record import last_used, read_records, root_name
from devenv.operations.doors import Doors
from devenv.operations.expire_ad_hoc import expire_ad_hoc
from devenv.plan.expire_roots import Expiry, Purpose, RootState, expired_roots
from devenv.store.generations import current_roots
from devenv.store.roots import Root, RootKind

_LINK = "link-"
_NUMBERED = re.compile(r"project-[0-9a-f]{32}-(\d{1,9})")


def root_states(doors: Doors) -> list[tuple[Root, RootState]]:
    """Return every root of the state folder, and what it was made for, by name.

    Raises:
        StoreError: one cannot be understood.
    """
    state = doors.directories.state
    uses = {
        root_name(record.key): last_used(folder)
        for folder, record in read_records(state)
    }
    current = current_roots(state)
    roots = doors.store.roots()
    # To look at every process takes longer than all the rest.
    processes = standing() if roots else ()
    return [
        (
            root,
            _state(
                doors,
                root,
                uses=uses,
                is_current=root.name in current,
                processes=processes,
            ),
        )
        for root in roots
    ]


def stale_roots(doors: Doors, expiry: Expiry) -> dict[str, str]:
    """Return the names of the roots to drop, each with the reason in words.

    Raises:
        StoreError: one cannot be understood.
    """
    states = [state for _, state in root_states(doors)]
    return expired_roots(states, expiry, now=doors.clock.now())


def drop_roots(doors: Doors, names: dict[str, str]) -> list[str]:
    """Drop roots that were found stale, unless they were used since; return which.

    Raises:
        OSError, StoreError: the state folder cannot be written.
    """
    before = {root.name: root for root in doors.store.roots()}
    # The launcher reads records: those of ad-hoc environments go first.
    expire_ad_hoc(doors)
    roots = doors.store.root_files
    return [
        name
        for name in sorted(names)
        if name in before and roots.remove_unchanged(before[name])
    ]


def note_what_is_gone(doors: Doors) -> None:
    """Note since when the projects of roots are not there: so their grace begins.

    Raises:
        OSError, StoreError: the state folder cannot be written.
    """
    now = doors.clock.now()
    for root, state in root_states(doors):
        if state.purpose is not Purpose.GENERATION:
            continue
        if state.is_there:
            doors.store.root_files.note_there(root.name)
        else:
            doors.store.root_files.note_gone(root.name, now=now)


def _state(
    doors: Doors,
    root: Root,
    *,
    uses: dict[str, datetime],
    is_current: bool,
    processes: Iterable[Standing],
) -> RootState:
    numbered = _NUMBERED.fullmatch(root.name)
    purpose = _purpose(root)
    return RootState(
        name=root.name,
        purpose=purpose,
        label=root.label,
        last_used=max(root.last_used, uses.get(root.name, root.last_used)),
        number=int(numbered[1]) if numbered else 0,
        is_current=is_current,
        is_there=_is_there(doors, root, purpose),
        gone_since=doors.store.root_files.gone_since(root.name),
        stood_in_since=_stood_in_since(root.label, processes),
    )


def _stood_in_since(folder: str, processes: Iterable[Standing]) -> datetime | None:
    """Return when the first of the processes began that stand in a folder."""
    return min(
        (
            process.since
            for process in processes
            if f"{process.folder}/".startswith(f"{folder}/")
        ),
        default=None,
    )


def _purpose(root: Root) -> Purpose:
    if root.kind is RootKind.AD_HOC:
        return Purpose.AD_HOC
    return Purpose.LINK if root.name.startswith(_LINK) else Purpose.GENERATION


def _is_there(doors: Doors, root: Root, purpose: Purpose) -> bool:
    match purpose:
        case Purpose.AD_HOC:
            return True
        case Purpose.GENERATION:
            return Path(root.label, SPEC_FILE).is_file()
        case Purpose.LINK:
            try:
                target = Path(root.label).readlink()
            except OSError:
                return False
            return any(doors.store.path_of(path) == target for path in root.paths)
