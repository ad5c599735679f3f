"""`devenv deny` and `revoke`: a project no longer takes effect on `cd`."""

from pathlib import Path

from devenv.errors import FormatError
from devenv.host.private_file import identity
from devenv.model.activation import HookWord
from devenv.model.trust import TrustRecord
from devenv.operations.build_folder import building, tell_hooks
from devenv.operations.doors import Doors
from devenv.operations.trust_records import TrustRecords
from devenv.operations.write_activation import remove_activation


def deny_project(doors: Doors, folder: Path) -> None:
    """Deny whatever is at a path, now and later, until it is allowed or revoked.

    Raises:
        StoreError: the decision cannot be written.
        OSError: the activation cannot be removed.
    """
    project = str(folder.resolve())
    try:
        device, inode = identity(Path(project))
    except FormatError:
        # What is not there yet may be denied, too.
        device, inode = 0, 0
    record = TrustRecord(
        path=project,
        device=device,
        inode=inode,
        is_allowed=False,
        decided_at=doors.clock.now(),
    )
    # The decision first: a build that ends meanwhile must find it.
    TrustRecords.of(doors.env).write(record)
    _take_away(doors, project, HookWord.DENIED)


def revoke_decision(doors: Doors, folder: Path) -> bool:
    """Forget what was decided about a project; tell whether anything was.

    Raises:
        StoreError: the decision cannot be removed.
        OSError: the activation cannot be removed.
    """
    project = str(folder.resolve())
    was_there = TrustRecords.of(doors.env).remove(project)
    _take_away(doors, project, HookWord.UNKNOWN)
    return was_there


def _take_away(doors: Doors, project: str, word: HookWord) -> None:
    state = doors.directories.state
    # Once at once, and once more behind a build that was going on.
    remove_activation(state, project)
    with building(state, project):
        remove_activation(state, project)
        tell_hooks(state, project, word)
