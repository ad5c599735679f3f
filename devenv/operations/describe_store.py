"""`devenv store info`: the store as a whole, and one path of it."""

import json
import os
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from functools import partial

from devenv.errors import StoreError
from devenv.model.store_path import PathInfo, PathKind, StorePath
from devenv.operations.doors import Doors
from devenv.operations.store_paths import reason
from devenv.plan.generation_sizes import size_of_parts
from devenv.store.contents import find_records
from devenv.store.delete_paths import Alive, referrers, why_alive
from devenv.store.trash import room_bytes
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSummary:
    """A store in numbers; `size_bytes` is that of all parts, links not counted."""

    directory: str
    counts: Mapping[str, int]
    size_bytes: int
    free_bytes: int
    root_count: int

    def as_json(self) -> Mapping[str, object]:
        """Return it as `--json` prints it."""
        return {
            "directory": self.directory,
            "path_counts": dict(self.counts),
            "size_bytes": self.size_bytes,
            "free_bytes": self.free_bytes,
            "root_count": self.root_count,
            "path": None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PathDescription:
    """Everything that is known of one store path."""

    info: PathInfo
    place: str
    made_at: datetime
    referrers: tuple[str, ...]
    alive: Alive | None

    @property
    def why(self) -> str | None:
        """Why it lives, in words; None if it is garbage."""
        return None if self.alive is None else reason(self.alive)

    def as_json(self) -> Mapping[str, object]:
        """Return it as `--json` prints it."""
        info = self.info
        return {
            "name": info.path.base,
            "place": self.place,
            "kind": info.kind.value,
            "size_bytes": info.size_bytes,
            "entry_count": info.file_count,
            "content_hash": info.content_hash,
            "made_at": self.made_at.isoformat(),
            "references": list(info.references),
            "referrers": list(self.referrers),
            "origin": json.loads(info.origin),
            "kept_by": self.why,
        }


def describe_store(doors: Doors) -> StoreSummary:
    """Return the store in numbers.

    Raises:
        StoreError: its database cannot be read.
    """
    infos = doors.store.infos()
    counts = Counter(info.kind.value for info in infos)
    return StoreSummary(
        directory=str(doors.store.directory),
        counts={kind.value: counts[kind.value] for kind in PathKind},
        size_bytes=size_of_parts(infos),
        free_bytes=room_bytes(doors.store.directory),
        root_count=len(doors.store.roots()),
    )


def describe_path(doors: Doors, path: StorePath) -> PathDescription:
    """Return what is known of a store path.

    Raises:
        StoreError: it is not valid.
    """
    info = doors.store.info(path)
    if info is None:
        raise StoreError("this store path is not valid", where=path.base)
    store = doors.store
    (record,) = store.look(lambda context: find_records(context.database, [path.base]))
    return PathDescription(
        info=info,
        place=os.fspath(store.path_of(path)),
        made_at=record.made_at,
        referrers=tuple(
            store.look(
                lambda context: context.database.read(
                    partial(referrers, base=path.base)
                )
            )
        ),
        alive=store.look(partial(why_alive, base=path.base)),
    )
