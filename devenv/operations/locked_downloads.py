"""Where the archives of a lock come from: hashes are pinned, addresses are not."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from devenv.host.http import Download
from devenv.model.lock import Lock, LockedPackage
from devenv.model.spec import SpecInput
from devenv.operations.doors import Doors


def locked_downloads(
    doors: Doors, lock: Lock, inputs: Mapping[str, SpecInput]
) -> Callable[[Sequence[LockedPackage]], list[Download]]:
    """Return what says, for locked packages, where each archive may be.

    The mirrors of its archive come first, then the archive as it was when it
    was locked. Whoever serves it: size and SHA-256 are the lock's.

    The lock names the moment of each pocket; `inputs` are the spec's own, which
    know their addresses.
    """

    @cache
    def download() -> Callable[[LockedPackage], Download]:
        # Not before something is missing.
        from devenv.operations.locked_archives import (  # noqa: PLC0415
            locked_archives,
        )

        return locked_archives(doors, lock, inputs)

    return lambda rows: [download()(row) for row in rows]
