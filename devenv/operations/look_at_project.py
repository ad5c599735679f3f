"""A change of an allowed project, brought to the hooks at once where that can be.

For a watcher that has what it needs in memory: the environment of the trees, and
what was agreed to. Where nothing has changed but variables, texts and aliases, and
all of it needs no nod, the activation is made anew from these: no process, no store,
no lock is read. Everything else is for `reload_project`, whose decisions are the same.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from devenv.errors import DevenvError, StoreError
from devenv.formats.spec_toml import parse_spec
from devenv.host.exclusive import try_lock
from devenv.model.activation import Activation, HookState, HookWord
from devenv.model.lock import LockedSystem
from devenv.model.project import Project
from devenv.model.trust import Effects
from devenv.model.variables import ProjectVariables
from devenv.model.watching import Found
from devenv.operations.activation_state import activation_folder
from devenv.operations.build_folder import hook_state
from devenv.operations.change_basis import Basis, holds, record_mark
from devenv.operations.doors import Surroundings
from devenv.operations.glance import Brought
from devenv.operations.lock_files import lock_path
from devenv.operations.next_activation import note_content
from devenv.operations.project_reading import (
    LOADER_CACHE,
    ProjectReading,
    read_without_lock,
)
from devenv.operations.project_record import see
from devenv.operations.project_variables import project_variables
from devenv.operations.read_project import Attempt, SpecParser
from devenv.operations.trust_records import TrustRecords
from devenv.operations.write_activation import stamp_activation, write_activation
from devenv.plan.compose_environment import of_spec, overlaid
from devenv.plan.effects import effects_of
from devenv.plan.outer_variables import as_recorded
from devenv.plan.trust_decision import TrustFacts, decide
from devenv.plan.trust_sentences import told_sentence
from devenv.values import dataclass, replace

_NOTHING_LOCKED = LockedSystem(requirements={}, packages=())
_FACTS = TrustFacts(is_older=lambda _one, _other: False)
"""There are no packages to compare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a look at a project found.

    `files` are all that were read or looked for, also where that failed, each with
    its SHA-256 or None. `sentence` says what is wrong, and `reading` is None then.
    With `Found.DONE` the hooks have what is new: it is to be agreed to (`settle`).
    """

    found: Found
    files: Mapping[str, str | None]
    digest: str = ""
    sentence: str = ""
    reading: ProjectReading | None = None
    basis: Basis | None = None
    activation: Activation | None = None


def look_at_project(
    doors: Surroundings,
    project: str,
    *,
    digest: str,
    basis: Basis | None,
    parse: SpecParser = parse_spec,
    brought: Brought | None = None,
) -> Look:
    """Look at a project's files; bring a change to the hooks if that needs no build.

    Args:
        doors: `env` are the variables around, as a shell outside would have them.
        project: the folder, absolute and physical.
        digest: of the reading that was dealt with last (`ProjectReading.digest`).
        basis: see `find_basis`.
        parse: see `read_project`.
        brought: what was brought already, at a glance (`bring_at_a_glance`).
    """
    attempt = Attempt(parse=parse)
    try:
        reading = read_without_lock(doors, Path(project), attempt)
    except DevenvError as error:
        files = {path: file.sha256 for path, file in attempt.files.items()}
        files.setdefault(f"{project}/devenv.toml", None)
        files.setdefault(str(lock_path(project)), "")
        return Look(found=Found.WRONG, files=files, sentence=error.what)
    files = {path: file.sha256 for path, file in attempt.files.items()}
    files[reading.lock_file.path] = reading.lock_file.sha256
    look = Look(
        found=Found.TO_BUILD, files=files, digest=reading.digest, reading=reading
    )
    if look.digest == digest and brought is None:
        return replace(look, found=Found.SAME)
    if basis is None or not holds(doors, basis, reading):
        return look
    return _done(doors, look, reading, basis, brought)


def settle(doors: Surroundings, look: Look) -> Basis | None:
    """Write down what was agreed to, after a look that is done; return what holds now.

    Whatever comes between is no harm: without it the same change is looked at again,
    and needs no nod again. None if somebody has decided anew meanwhile.
    """
    reading, basis = look.reading, look.basis
    if reading is None or basis is None:
        return None
    records = TrustRecords.of(doors.env)
    record = records.read(reading.directory)
    if record is None or record_mark(basis.record) != basis.mark:
        return None
    effects = replace(
        basis.approved,
        packages=record.effects.packages,
        library_packages=record.effects.library_packages,
    )
    try:
        records.write(
            replace(
                record,
                digest=look.digest,
                files=reading.file_digests,
                effects=effects,
                outer=basis.outer,
                decided_at=doors.clock.now(),
            )
        )
    except StoreError:
        return None
    mark = record_mark(basis.record)
    return None if mark is None else replace(basis, mark=mark)


def _done(
    doors: Surroundings,
    look: Look,
    reading: ProjectReading,
    basis: Basis,
    brought: Brought | None,
) -> Look:
    """Bring a change in, if it needs neither a nod nor a build."""
    try:
        found = _brought_in(doors, reading, look.digest, basis, brought)
    except DevenvError as error:
        return replace(look, found=Found.WRONG, sentence=error.what)
    except OSError:
        return look
    if found is None:
        return look
    after, activation = found
    return replace(look, found=Found.DONE, basis=after, activation=activation)


def _brought_in(
    doors: Surroundings,
    reading: ProjectReading,
    digest: str,
    basis: Basis,
    brought: Brought | None,
) -> tuple[Basis, Activation] | None:
    """Write the activation if the change needs no nod; return what holds then."""
    outer = as_recorded(doors.env, basis.outer)
    variables = project_variables(reading.project, outer)
    effects = _effects(reading.project, variables, basis.approved)
    if effects.prepend.get("PATH") != basis.approved.prepend.get("PATH"):
        # Which programs of this machine it stands in front of is for a build to see.
        return None
    policy = doors.configuration.trust
    decision = decide(basis.approved, effects, _FACTS, policy)
    if decision.needs_nod or policy.is_exact or policy.worktrees:
        return None
    told = hook_state(HookWord.ALLOWED, told_sentence(decision), about=digest)
    activation = activation_of(reading, basis, variables)
    if not _is_written(doors, activation, told, basis, brought):
        return None
    after = replace(basis, approved=effects, outer=variables.outer_used)
    return after, activation


def _is_written(
    doors: Surroundings,
    activation: Activation,
    told: HookState,
    basis: Basis,
    brought: Brought | None,
) -> bool:
    """Write an activation; False while others build, or if somebody decided anew."""
    state = doors.directories.state
    held = None if brought is None else brought.held
    if held is None:
        held = try_lock(activation_folder(state, activation.project) / "lock")
    if held is None:
        return False
    try:
        # Whoever denies the project waits for the lock.
        if basis.mark != record_mark(basis.record):
            return False
        _write(state, activation, told, brought)
    finally:
        if brought is None:
            os.close(held)
    return True


def _write(
    state: Path, activation: Activation, told: HookState, brought: Brought | None
) -> None:
    """Write an activation, as far as it was not brought."""
    shown = None
    if brought is not None and (brought.activation, brought.told) == (activation, told):
        shown = brought.shown
    if shown is None:
        write_activation(state, activation, told)
    else:
        note_content(shown, activation)
        stamp_activation(state, shown)


def _effects(
    project: Project, variables: ProjectVariables, approved: Effects
) -> Effects:
    """Return the effects of a project of which only what shells see has changed."""
    seen = effects_of(project.spec, _NOTHING_LOCKED, variables, {})
    return replace(
        approved,
        values=seen.values,
        prepend=seen.prepend,
        append=seen.append,
        unset=seen.unset,
        texts=seen.texts,
        aliases=seen.aliases,
    )


def activation_now(
    doors: Surroundings, reading: ProjectReading, basis: Basis
) -> Activation:
    """Return what hooks have of a project that stands as a basis is of it.

    Raises:
        SpecError: a value cannot be found.
    """
    variables = project_variables(reading.project, as_recorded(doors.env, basis.outer))
    return activation_of(reading, basis, variables)


def activation_of(
    reading: ProjectReading, basis: Basis, variables: ProjectVariables
) -> Activation:
    """Return what hooks get of a project of these variables, on top of a basis."""
    watched = reading.watched
    if basis.approved.c_library:
        watched += (see(LOADER_CACHE, now_seconds=reading.began_seconds),)
    spec = reading.project.spec
    return Activation(
        project=reading.directory,
        environment=overlaid(basis.trees, of_spec(variables, reading.directory)),
        texts=spec.shell,
        aliases=spec.aliases,
        completions=basis.completions,
        watched=watched,
        outer=variables.outer_used,
    )
