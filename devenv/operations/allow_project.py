"""`devenv allow`: what a project would do is shown, agreed to, recorded, and made."""

from collections.abc import Mapping
from pathlib import Path

from devenv.errors import TrustError
from devenv.model.lock import Lock
from devenv.model.trust import Effects, PackageEffect, TrustDecision, TrustRecord
from devenv.operations.doors import Doors
from devenv.operations.git_worktree import worktree_of
from devenv.operations.known_rows import known_rows
from devenv.operations.lock_project import make_lock
from devenv.operations.project_effects import is_older, project_effects
from devenv.operations.project_reading import (
    ProjectReading,
    foreign_reason,
    read_whole_project,
    with_written_lock,
)
from devenv.operations.project_variables import project_variables
from devenv.operations.trust_records import TrustRecords
from devenv.plan.outer_variables import as_recorded, without_activation
from devenv.plan.trust_decision import TrustFacts, decide, new_rows, with_history
from devenv.values import dataclass, replace

MAX_HISTORY = 100
"""How many earlier states of a project stay allowed, as far as bytes go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowProposal:
    """What the user is asked to agree to: nothing is written or made yet.

    `lock` is what the project's lock would be. `before` is what was allowed until
    now, and `decision` what is new since; both are None the first time.
    """

    reading: ProjectReading
    lock: Lock
    effects: Effects
    outer: Mapping[str, str | None]
    before: TrustRecord | None = None
    decision: TrustDecision | None = None

    @property
    def requested(self) -> tuple[str, ...]:
        """The packages that the project asks for by name, sorted."""
        locked = self.lock.systems[self.reading.project.system]
        answers = (one for many in locked.requirements.values() for one in many)
        return tuple(sorted({answer.package for answer in answers}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A reading next to what was allowed, and which new rows an index vouches for."""

    decision: TrustDecision
    effects: Effects
    known_rows: frozenset[PackageEffect]


def propose_allowing(doors: Doors, folder: Path) -> AllowProposal:
    """Read a project, once, and return what it would do.

    Raises:
        TrustError: it is not in the user's own hands.
        NoProjectError, SpecError, LockError: it is not there, or wrong.
        ResolutionError, FetchError, SignatureError: it cannot be locked.
    """
    directory = folder.resolve()
    check_is_own(doors, directory)
    reading = read_whole_project(doors, directory)
    before = _allowed_before(doors, reading)
    outer = without_activation(doors.env)
    lock = make_lock(doors, reading.project, reading.lock)
    effects = project_effects(reading.project, lock, outer)
    proposal = AllowProposal(
        reading=reading,
        lock=lock,
        effects=effects,
        outer=project_variables(reading.project, outer).outer_used,
    )
    if before is None:
        return proposal
    compared = compare(doors, reading, lock, before)
    return replace(proposal, before=before, decision=compared.decision)


def compare(
    doors: Doors, reading: ProjectReading, lock: Lock, record: TrustRecord
) -> Comparison:
    """Return what is new in a reading since a project was allowed.

    Outer variables are taken as they were then: what the user changes of their own
    is no change of the project. Nobody looked for programs: as before.
    """
    outer = as_recorded(doors.env, record.outer)
    effects = project_effects(reading.project, lock, outer)
    rows = new_rows(record.effects, effects)
    known = known_rows(doors, reading.project, lock, rows)
    facts = TrustFacts(known_rows=known, is_older=is_older)
    seen = replace(effects, programs=record.effects.programs)
    decision = decide(record.effects, seen, facts, doors.configuration.trust)
    decision = remembered(doors, reading, record, decision)
    return Comparison(decision=decision, effects=effects, known_rows=known)


def remembered(
    doors: Doors,
    reading: ProjectReading,
    record: TrustRecord,
    decision: TrustDecision,
) -> TrustDecision:
    """Return a decision as it is where the very same bytes were allowed before."""
    if reading.digest in record.history and not doors.configuration.trust.is_exact:
        return with_history(decision)
    return decision


def accept(doors: Doors, proposal: AllowProposal) -> ProjectReading:
    """Write the lock if it is new, and the decision; return the project with both.

    Raises:
        LockError: the lock was changed by somebody else, or cannot be written.
        StoreError: the decision cannot be written.
    """
    reading = with_written_lock(doors, proposal.reading, proposal.lock)
    record = record_of(
        doors, reading, proposal.effects, proposal.outer, before=proposal.before
    )
    TrustRecords.of(doors.env).write(record)
    return reading


def record_of(
    doors: Doors,
    reading: ProjectReading,
    effects: Effects,
    outer: Mapping[str, str | None],
    *,
    before: TrustRecord | None = None,
) -> TrustRecord:
    """Return the decision to allow a project as it was read; `before` was allowed."""
    around = worktree_of(Path(reading.directory))
    return TrustRecord(
        path=reading.directory,
        device=reading.device,
        inode=reading.inode,
        is_allowed=True,
        decided_at=doors.clock.now(),
        digest=reading.digest,
        files=reading.file_digests,
        effects=effects,
        outer=outer,
        history=_history(before, reading.digest),
        repository=around.repository if around else None,
        inside=around.inside if around else "",
    )


def check_is_own(doors: Doors, directory: Path) -> None:
    """Refuse a project that others could change under the user's hands.

    Raises:
        TrustError: it belongs to somebody else, or everybody may write to it.
    """
    reason = foreign_reason(doors, directory)
    if reason is not None:
        raise TrustError(
            f"this cannot be allowed: {reason}",
            where=str(directory),
            hint="take it over (chown, chmod o-w), or work in a copy of your own",
        )


def _history(before: TrustRecord | None, digest: str) -> tuple[str, ...]:
    if before is None:
        return ()
    earlier = dict.fromkeys((before.digest, *before.history))
    return tuple(item for item in earlier if item and item != digest)[:MAX_HISTORY]


def _allowed_before(doors: Doors, reading: ProjectReading) -> TrustRecord | None:
    found = TrustRecords.of(doors.env).read(reading.directory)
    if found is None or not found.is_allowed:
        return None
    is_same = (found.device, found.inode) == (reading.device, reading.inode)
    return found if is_same else None
