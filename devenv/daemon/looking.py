"""What a watcher does to one project when it looks, and when a build has ended."""

import os
from contextlib import suppress
from pathlib import Path

from devenv.daemon.surroundings import WatcherSurroundings
from devenv.daemon.watched_project import State, WatchedProject
from devenv.errors import DevenvError
from devenv.model.activation import HookWord
from devenv.model.trust import TrustState
from devenv.model.watching import Found, Outcome
from devenv.operations.activation_state import current_digest
from devenv.operations.build_folder import read_hook_state, tell_hooks, write_log
from devenv.operations.change_basis import Basis, find_basis, record_mark
from devenv.operations.glance import Brought, bring_at_a_glance, glance_of
from devenv.operations.look_at_project import (
    Look,
    activation_now,
    look_at_project,
    settle,
)
from devenv.operations.project_reading import read_without_lock
from devenv.operations.trust_records import TrustRecords
from devenv.operations.trust_standing import standing_of
from devenv.operations.watched_again import watched_again

_STATES = {
    Outcome.READY: State.READY,
    Outcome.ASKS: State.CHANGED,
    Outcome.FAILED: State.FAILED,
    Outcome.FAILED_FOR_NOW: State.FAILED,
}


def look(doors: WatcherSurroundings, watched: WatchedProject) -> Look:
    """Look at a project; its state is what follows from it, but for what is wrong."""
    brought = None
    if watched.basis is not None and not watched.loop.is_building:
        brought = _at_a_glance(doors, watched.project, watched.basis)
    try:
        found = _look(doors, watched, brought)
    finally:
        if brought is not None:
            os.close(brought.held)
    if found.found is Found.WRONG:
        watched.wrong = found.sentence
    return found


def agree(doors: WatcherSurroundings, watched: WatchedProject, done: Look) -> None:
    """Write down what a look has brought to the hooks."""
    watched.digest = done.digest
    watched.basis = settle(doors, done)
    _remember(doors, done, watched.basis)
    watched.changes += 1
    watched.state, watched.sentence = State.READY, ""


def tell_wrong(doors: WatcherSurroundings, watched: WatchedProject) -> None:
    """Say that the project is wrong; hooks keep what they had."""
    state = doors.directories.state
    sentence = f"failed: {watched.wrong} (devenv log)"
    write_log(state, watched.project, f"failed: {watched.wrong}\n")
    told = tell_hooks(state, watched.project, HookWord.FAILED, sentence)
    watched.digest = ""
    watched.state, watched.sentence = State.FAILED, told.sentence
    renew(doors, watched)


def renew(doors: WatcherSurroundings, watched: WatchedProject) -> None:
    """Spare hooks the question whether something has changed."""
    record = TrustRecords.of(doors.env).read(watched.project)
    if record is not None and record.is_allowed:
        watched_again(doors, record)


def after_build(
    doors: WatcherSurroundings,
    watched: WatchedProject,
    outcome: Outcome,
    sentence: str,
) -> bool:
    """Take in how a build ended; tell whether the files have to be looked at again."""
    if outcome is Outcome.STOPPED:
        return False
    watched.state, watched.sentence = _STATES[outcome], sentence
    try:
        reading = read_without_lock(doors, Path(watched.project))
    except DevenvError:
        watched.digest = ""
        return True
    record = TrustRecords.of(doors.env).read(watched.project)
    is_agreed = record is not None and record.digest == reading.digest
    if outcome is Outcome.READY and is_agreed:
        watched.digest = reading.digest
        watched.basis = find_basis(doors, reading)
    else:
        watched.digest = watched.building
    # At least what was read may be other files than before.
    return True


def digest_now(doors: WatcherSurroundings, project: str) -> str:
    """Return the digest of a project's files as they are, "" if something is wrong."""
    try:
        return read_without_lock(doors, Path(project)).digest
    except DevenvError:
        return ""


def _at_a_glance(
    doors: WatcherSurroundings, project: str, basis: Basis
) -> Brought | None:
    glance = doors.glances.of(project, basis)
    brought = None if glance is None else bring_at_a_glance(doors, glance)
    if brought is not None:
        doors.glances.spend(project)
    return brought


def _look(
    doors: WatcherSurroundings, watched: WatchedProject, brought: Brought | None
) -> Look:
    basis = watched.basis
    if basis is not None and basis.mark != record_mark(basis.record):
        # Somebody has decided anew.
        watched.basis = basis = None
    if watched.loop.is_building:
        digest = watched.building
        return look_at_project(doors, watched.project, digest=digest, basis=None)
    if basis is None:
        return _look_anew(doors, watched)
    found = look_at_project(
        doors,
        watched.project,
        digest=watched.digest,
        basis=basis,
        parse=doors.specs.parse,
        brought=brought,
    )
    is_known = doors.glances.of(watched.project, basis) is not None
    if found.found is Found.SAME and not is_known:
        # It has been built, most likely: whoever edits it goes on.
        _remember(doors, found, basis)
    return found


def _remember(doors: WatcherSurroundings, found: Look, basis: Basis | None) -> None:
    """Keep what the next change is seen by."""
    reading = found.reading
    if basis is None or reading is None:
        return
    text = doors.specs.text_of(f"{reading.directory.rstrip('/')}/devenv.toml")
    with suppress(DevenvError):
        activation = found.activation or activation_now(doors, reading, basis)
        glance = text and glance_of(doors, reading, basis, activation, text)
        doors.glances.keep(reading.directory, glance or None)


def _look_anew(doors: WatcherSurroundings, watched: WatchedProject) -> Look:
    """Look at a project of which nothing is known, or what is known holds no longer."""
    standing = standing_of(doors, Path(watched.project))
    found = look_at_project(doors, watched.project, digest=watched.digest, basis=None)
    is_active = current_digest(doors.directories.state, watched.project) is not None
    may_follow = standing.state is TrustState.ALLOWED
    if not may_follow and not is_active and not doors.configuration.trust.worktrees:
        watched.state, watched.sentence = State.NOT_ALLOWED, standing.reason
        return Look(found=Found.SAME, files=found.files)
    record = standing.record
    reading = found.reading
    if reading is None or record is None or not is_active:
        return found
    if record.digest != found.digest or not may_follow:
        return found
    watched.basis = find_basis(doors, reading)
    watched.digest = reading.digest
    watched.state, watched.sentence = State.READY, ""
    word, _ = read_hook_state(doors.directories.state, watched.project)
    if word != HookWord.ALLOWED:
        tell_hooks(doors.directories.state, watched.project, HookWord.ALLOWED)
    return Look(found=Found.SAME, files=found.files, digest=found.digest)
