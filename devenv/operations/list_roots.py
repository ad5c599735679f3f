"""What keeps store paths, for people: roots and running programs; why one is kept."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

from devenv.errors import StoreError
from devenv.operations.collect_roots import note_what_is_gone, root_states
from devenv.operations.doors import Doors
from devenv.plan.expire_roots import Purpose
from devenv.store.keepers import Keeper, Kind, Spared, find_claims
from devenv.store.layout import is_store_path_name
from devenv.store.why import Reason, reasons_for
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRoot:
    """A root, and what there is of what it was made for; see `RootState`."""

    name: str
    purpose: Purpose
    label: str
    paths: tuple[str, ...]
    last_used: datetime
    number: int
    is_current: bool
    is_there: bool
    gone_since: datetime | None

    @property
    def remark(self) -> str:
        """What is worth saying of it, in words."""
        remarks = []
        if self.number:
            current = ", current" if self.is_current else ""
            remarks.append(f"generation {self.number}{current}")
        if not self.is_there:
            since = f" since {self.gone_since:%Y-%m-%d}" if self.gone_since else ""
            remarks.append(f"gone{since}")
        return "; ".join(remarks)


def list_roots(doors: Doors) -> tuple[ListedRoot, ...]:
    """Return all roots of the state folder: by purpose, label and generation.

    Raises:
        StoreError: one cannot be understood.
    """
    note_what_is_gone(doors)
    listed = [
        ListedRoot(
            name=root.name,
            purpose=state.purpose,
            label=root.label,
            paths=tuple(path.base for path in root.paths),
            last_used=state.last_used,
            number=state.number,
            is_current=state.is_current,
            is_there=state.is_there,
            gone_since=state.gone_since,
        )
        for root, state in root_states(doors)
    ]
    return tuple(sorted(listed, key=lambda it: (it.purpose, it.label, it.number)))


def list_running(doors: Doors) -> Mapping[Keeper, tuple[str, ...]]:
    """Return the processes that keep paths, with what each keeps, by number."""
    claims = doors.store.look(
        lambda context: context.database.read_at_once(
            lambda connection: list(
                find_claims(context, connection, Spared(is_now=True))
            )
        )
    )
    found: dict[Keeper, set[str]] = defaultdict(set)
    for base, keeper in claims:
        if keeper.kind in (Kind.LEASE, Kind.PROCESS):
            found[keeper].add(base)
    order = sorted(found, key=lambda keeper: (len(keeper.name), keeper.name))
    return {keeper: tuple(sorted(found[keeper])) for keeper in order}


def explain_path(doors: Doors, text: str) -> tuple[str, tuple[Reason, ...]]:
    """Return the name of a store path, and everything that keeps it.

    Args:
        doors: the store.
        text: the path's name, or a place in it, or a link to one.

    Raises:
        StoreError: there is no such path in the store.
    """
    base = _base(doors.store.directory, text)
    infos = {info.path.base for info in doors.store.infos()}
    if base is None or base not in infos:
        raise StoreError("the store has no such path", where=text)
    return base, doors.store.look(partial(reasons_for, base=base))


def _base(store: Path, text: str) -> str | None:
    if is_store_path_name(text):
        return text
    if "/" not in text:
        return None
    for place in (Path(text), Path(text).resolve()):
        for folder in (store, store.resolve()):
            if place.is_relative_to(folder) and place != folder:
                return place.relative_to(folder).parts[0]
    return None
