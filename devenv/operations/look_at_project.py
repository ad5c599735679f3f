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
from devenv.model.activation import Activation, HookWord
from devenv.model.lock import LockedSystem
from devenv.model.project import Project
from devenv.model.trust import Effects
from devenv.model.variables import ProjectVariables
from devenv.model.watching import Found
from devenv.operations.build_folder import hook_state
from devenv.operations.change_basis import Basis, holds, record_mark
from devenv.operations.doors import Surroundings
from devenv.operations.lock_files import lock_path
from devenv.operations.project_reading import (
    LOADER_CACHE,
    ProjectReading,
    read_without_lock,
)
from devenv.operations.project_record import see
from devenv.operations.project_variables import project_variables
from devenv.operations.read_project import Attempt, SpecParser
from devenv.operations.trust_records import TrustRecords
from devenv.operations.write_activation import activation_folder, write_activation
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


def look_at_project(
    doors: Surroundings,
    project: str,
    *,
    digest: str,
    basis: Basis | None,
    parse: SpecParser = parse_spec,
) -> Look:
    """Look at a project's files; bring a change to the hooks if that needs no build.

    Args:
        doors: `env` are the variables around, as a shell outside would have them.
        project: the folder, absolute and physical.
        digest: of the reading that was dealt with last (`ProjectReading.digest`).
        basis: see `find_basis`.
        parse: see `read_project`.
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
    if look.digest == digest:
        return replace(look, found=Found.SAME)
    if basis is None or not holds(doors, basis, reading):
        return look
    return _done(doors, look, reading, basis)


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
    doors: Surroundings, look: Look, reading: ProjectReading, basis: Basis
) -> Look:
    """Bring a change in, if it needs neither a nod nor a build."""
    try:
        after = _brought_in(doors, reading, look.digest, basis)
    except DevenvError as error:
        return replace(look, found=Found.WRONG, sentence=error.what)
    except OSError:
        return look
    if after is None:
        return look
    return replace(look, found=Found.DONE, basis=after)


def _brought_in(
    doors: Surroundings, reading: ProjectReading, digest: str, basis: Basis
) -> Basis | None:
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
    folder = activation_folder(doors.directories.state, reading.directory)
    held = try_lock(folder / "lock")
    if held is None:
        return None
    try:
        sentence = told_sentence(decision)
        told = hook_state(HookWord.ALLOWED, sentence, about=digest)
        activation = _activation(reading, basis, variables)
        write_activation(doors.directories.state, activation, told)
    finally:
        os.close(held)
    return replace(basis, approved=effects, outer=variables.outer_used)


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


def _activation(
    reading: ProjectReading, basis: Basis, variables: ProjectVariables
) -> Activation:
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
