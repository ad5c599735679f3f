"""`devenv reload`: a project as it is now, brought to the hooks if it may be.

What a hook asks for in the background, and what a user types: both end in the same
place. The last good activation stays until another one is whole.
"""

from pathlib import Path

from devenv.errors import DevenvError, FetchError, NoProjectError
from devenv.model.activation import HookState, HookWord
from devenv.model.trust import (
    Effects,
    NewKind,
    TrustDecision,
    TrustRecord,
    TrustState,
)
from devenv.model.user_configuration import TrustPolicy
from devenv.operations.activate_project import (
    activate,
    make_environment,
)
from devenv.operations.activation_state import activation_folder
from devenv.operations.allow_project import compare, record_of
from devenv.operations.build_folder import building, tell_hooks, write_log
from devenv.operations.doors import Doors
from devenv.operations.fetch_ahead import fetch_ahead
from devenv.operations.lock_project import make_lock
from devenv.operations.project_effects import (
    is_older,
    programs_in_front,
    project_effects,
)
from devenv.operations.project_reading import (
    ProjectReading,
    read_whole_project,
    with_written_lock,
)
from devenv.operations.trust_records import TrustRecords
from devenv.operations.trust_standing import (
    Standing,
    allowed_elsewhere,
    standing_of,
)
from devenv.operations.watched_again import watched_again
from devenv.operations.write_activation import remove_activation
from devenv.plan.outer_variables import without_activation
from devenv.plan.trust_decision import TrustFacts, decide
from devenv.plan.trust_sentences import changed_sentence, told_sentence
from devenv.values import dataclass, replace

MAX_ROUNDS = 3
"""How often a project that changes while it is built is built again at once."""

_WORDS = {
    TrustState.UNKNOWN: HookWord.UNKNOWN,
    TrustState.DENIED: HookWord.DENIED,
    TrustState.FOREIGN: HookWord.FOREIGN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reloaded:
    """How it ended; `digest` is of the project that it ended for, "" for none."""

    state: HookState
    digest: str = ""


def reload_project(
    doors: Doors,
    folder: Path,
    *,
    held: int | None = None,
    keeps_log: bool = True,
    is_watched: bool = False,
) -> HookState:
    """Look at a project anew and bring it to the hooks, as far as it is allowed.

    One build of a project runs at a time. What changed meanwhile is looked at once
    more. If it fails, hooks are told, and what they had stays.

    Args:
        doors: where things are; `env` is what the environment goes on top of.
        folder: the project's.
        held: a build lock that we have already (`take_build_lock`).
        keeps_log: leave the reason of a failure where `devenv log` finds it.
        is_watched: nobody waits. What is active stays though the spec is gone, which
            may come back; the user's settings may have more fetched (`fetch_ahead`).

    Raises:
        DevenvError: it is not there, wrong, or cannot be made.
    """
    # What a project has set is nothing to go by, not even for itself.
    doors = replace(doors, env=without_activation(doors.env))
    project = str(folder.resolve())
    state = doors.directories.state
    with building(state, project, held=held):
        try:
            found = _reloaded(doors, Path(project), is_watched=is_watched)
            for _ in range(MAX_ROUNDS - 1):
                if not found.digest or not _has_changed(doors, project, found.digest):
                    break
                found = _reloaded(doors, Path(project), is_watched=is_watched)
        except DevenvError as error:
            if keeps_log:
                write_log(state, project, _as_text(error))
            sentence = f"failed: {error.what} (devenv log)"
            tell_hooks(state, project, HookWord.FAILED, sentence)
            _do_not_ask_again(doors, project, error, is_watched=is_watched)
            raise
        except KeyboardInterrupt:
            sentence = "interrupted; the next look goes on (devenv reload)"
            tell_hooks(state, project, HookWord.FAILED, sentence)
            raise
        except Exception as error:
            sentence = f"failed: {type(error).__name__}, a bug of devenv's (devenv log)"
            tell_hooks(state, project, HookWord.FAILED, sentence)
            raise
    if keeps_log:
        write_log(state, project, f"{found.state.word}: {found.state.sentence}\n")
    return found.state


def bring_in(
    doors: Doors, reading: ProjectReading, record: TrustRecord
) -> dict[str, str]:
    """Make the environment of a project that was just allowed, and activate it.

    Returns the host commands that it stands in front of: they are allowed with it.

    Raises:
        DevenvError: it cannot be made.
    """
    made = make_environment(doors, reading, doors.env)
    programs = programs_in_front(made)
    effects = replace(record.effects, programs=programs)
    # The outer variables of the activation are those that the next change is
    # compared with: so they go together.
    TrustRecords.of(doors.env).write(
        replace(record, effects=effects, outer=made.variables.outer_used)
    )
    activate(doors, reading, made)
    return programs


def _reloaded(doors: Doors, folder: Path, *, is_watched: bool) -> Reloaded:
    standing = standing_of(doors, folder)
    if standing.state in {TrustState.DENIED, TrustState.FOREIGN}:
        return _taken_away(doors, folder, standing)
    if standing.record is None and not doors.configuration.trust.worktrees:
        return _taken_away(doors, folder, standing)
    reading = read_whole_project(doors, folder)
    record = standing.record or allowed_elsewhere(doors, reading)
    if record is None:
        return _taken_away(doors, folder, standing)
    lock = make_lock(doors, reading.project, reading.lock)
    if reading.digest == record.digest and lock == reading.lock:
        return _same(doors, reading, record)
    compared = compare(doors, reading, lock, record)
    decision = compared.decision
    if decision.needs_nod:
        asked = _asked(doors, reading, record, decision)
        fetched = 0
        if is_watched and doors.configuration.daemon.fetch_ahead:
            approved = record.effects
            fetched = fetch_ahead(doors, reading.project, lock, approved, compared)
        if fetched:
            asked = _asked(doors, reading, record, decision, fetched=fetched)
        return asked
    return _built(doors, reading, replace(reading, lock=lock), record, decision)


def _same(doors: Doors, reading: ProjectReading, record: TrustRecord) -> Reloaded:
    """Bring in what was allowed, byte by byte; its stamps are made anew."""
    project = reading.directory
    if not _is_active(doors, project):
        _say_building(doors, project)
    bring_in(doors, reading, record)
    return _allowed(doors, reading, "")


def _built(
    doors: Doors,
    reading: ProjectReading,
    wanted: ProjectReading,
    record: TrustRecord,
    decision: TrustDecision,
) -> Reloaded:
    """Make what needs no nod; ask if it stands in front of other host commands.

    `wanted` is the reading with the lock that is wanted.
    """
    _say_building(doors, reading.directory)
    made = make_environment(doors, wanted, doors.env)
    lock = made.lock
    effects = replace(
        project_effects(reading.project, lock, doors.env),
        programs=programs_in_front(made),
    )
    in_front = _newly_in_front(record.effects, effects)
    if in_front.needs_nod:
        return _asked(doors, reading, record, in_front)
    used = with_written_lock(doors, reading, lock)
    approved = record_of(doors, used, effects, made.variables.outer_used, before=record)
    TrustRecords.of(doors.env).write(approved)
    activate(doors, used, made)
    return _allowed(doors, used, told_sentence(decision))


def _newly_in_front(approved: Effects, effects: Effects) -> TrustDecision:
    """Return what of the programs needs a nod, and nothing else."""
    facts = TrustFacts(is_older=is_older)
    seen = replace(approved, programs=effects.programs)
    found = decide(approved, seen, facts, TrustPolicy())
    needed = [new for new in found.needed if new.kind is NewKind.PROGRAM]
    return TrustDecision(needed=tuple(needed))


def _do_not_ask_again(
    doors: Doors, project: str, error: DevenvError, *, is_watched: bool
) -> None:
    """Spare hooks questions whose answer would be the same; a network may come back.

    A project that is gone has nothing more for them.
    """
    if isinstance(error, NoProjectError):
        if not is_watched:
            remove_activation(doors.directories.state, project)
        return
    record = TrustRecords.of(doors.env).read(project)
    if record is not None and not isinstance(error, FetchError):
        watched_again(doors, record)


def _taken_away(doors: Doors, folder: Path, standing: Standing) -> Reloaded:
    """Leave nothing of a project to hooks that the user has not allowed."""
    state, project = doors.directories.state, str(folder)
    if _is_active(doors, project):
        remove_activation(state, project)
    hint = "" if standing.state is not TrustState.UNKNOWN else " (devenv allow)"
    sentence = f"{standing.reason}{hint}" if standing.reason else ""
    word = _WORDS.get(standing.state, HookWord.UNKNOWN)
    return Reloaded(state=tell_hooks(state, project, word, sentence))


def _asked(
    doors: Doors,
    reading: ProjectReading,
    record: TrustRecord,
    decision: TrustDecision,
    *,
    fetched: int = 0,
) -> Reloaded:
    """Say what is new. What is active stays; hooks need not ask about this again."""
    watched_again(doors, record)
    told = tell_hooks(
        doors.directories.state,
        reading.directory,
        HookWord.CHANGED,
        changed_sentence(decision, fetched=fetched),
        about=reading.digest,
    )
    return Reloaded(state=told, digest=reading.digest)


def _allowed(doors: Doors, reading: ProjectReading, sentence: str) -> Reloaded:
    told = tell_hooks(
        doors.directories.state,
        reading.directory,
        HookWord.ALLOWED,
        sentence,
        about=reading.digest,
    )
    return Reloaded(state=told, digest=reading.digest)


def _say_building(doors: Doors, project: str) -> None:
    sentence = "the environment is being built"
    tell_hooks(doors.directories.state, project, HookWord.BUILDING, sentence)


def _has_changed(doors: Doors, project: str, digest: str) -> bool:
    try:
        return read_whole_project(doors, Path(project)).digest != digest
    except DevenvError:
        # In the middle of an edit: the next prompt asks again.
        return False


def _is_active(doors: Doors, project: str) -> bool:
    folder = activation_folder(doors.directories.state, project)
    return any(folder.glob("current.*"))


def _as_text(error: DevenvError) -> str:
    lines = [f"failed: {error.what}"]
    lines += [f"  at {error.where}"] if error.where else []
    lines += [f"  {error.hint}"] if error.hint else []
    return "\n".join(lines) + "\n"
