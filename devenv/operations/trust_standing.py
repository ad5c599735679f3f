"""How a project stands with the user: what was decided, and whether it holds."""

from pathlib import Path

from devenv.errors import FormatError
from devenv.host.private_file import identity
from devenv.model.trust import TrustRecord, TrustState
from devenv.operations.doors import Surroundings
from devenv.operations.git_worktree import worktree_of
from devenv.operations.project_reading import ProjectReading, foreign_reason
from devenv.operations.trust_records import TrustRecords
from devenv.values import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A state, the decision that it follows from, and a reason where there is none.

    ALLOWED is said of the project as it was when it was allowed: whether it asks
    for something new since is another question (`reload_project`).
    """

    state: TrustState
    record: TrustRecord | None = None
    reason: str = ""


def standing_of(doors: Surroundings, folder: Path) -> Standing:
    """Return how the project in a folder stands; no file of it is read.

    Nothing but a record of the user's grants anything: no variable, no place, no
    file of the project.
    """
    directory = folder.resolve()
    record = TrustRecords.of(doors.env).read(str(directory))
    if record is not None and not record.is_allowed:
        return Standing(state=TrustState.DENIED, record=record)
    foreign = foreign_reason(doors, directory)
    if foreign is not None:
        return Standing(state=TrustState.FOREIGN, reason=foreign)
    if record is None:
        return Standing(state=TrustState.UNKNOWN, reason="nobody has allowed it yet")
    try:
        is_same = identity(directory) == (record.device, record.inode)
    except FormatError:
        is_same = False
    if not is_same:
        reason = "another folder was allowed at this path"
        return Standing(state=TrustState.UNKNOWN, reason=reason)
    return Standing(state=TrustState.ALLOWED, record=record)


def allowed_elsewhere(
    doors: Surroundings, reading: ProjectReading
) -> TrustRecord | None:
    """Return a decision that holds for a worktree, if the user's settings say so.

    That is one for the very same bytes, at the same place in another worktree of
    the same repository. It is returned as one for this folder.
    """
    if not doors.configuration.trust.worktrees:
        return None
    around = worktree_of(Path(reading.directory))
    if around is None:
        return None
    for record in TrustRecords.of(doors.env).all():
        if (
            record.is_allowed
            and record.digest == reading.digest
            and (record.repository, record.inside) == (around.repository, around.inside)
        ):
            return replace(
                record,
                path=reading.directory,
                device=reading.device,
                inode=reading.inode,
            )
    return None
