"""A change that is seen at a glance, and brought to the hooks before all is worked out.

People mostly save a spec with another text for one variable. Where that is a variable
that may change freely, and all else that was read is the same byte for byte, what
hooks get is what they had with another value in it. So it is written first; then the
project is looked at as always (devenv.operations.look_at_project), as if nothing had
been, and what that finds counts.

A text is exchanged only where it stands alone on its line, nobody else refers to it,
and it means nothing but itself.
"""

import os
from collections.abc import Mapping
from contextlib import suppress

from devenv import hashes
from devenv.errors import DevenvError
from devenv.host.exclusive import try_lock
from devenv.host.read_once import read_once
from devenv.model.activation import Activation, HookState, HookWord
from devenv.model.seen_file import SeenFile
from devenv.model.trust import TrustDecision, ValueEffect
from devenv.operations.activation_state import activation_folder
from devenv.operations.build_folder import hook_state
from devenv.operations.change_basis import Basis, stands
from devenv.operations.doors import Surroundings
from devenv.operations.lock_files import MAX_LOCK_BYTES
from devenv.operations.next_activation import (
    NextActivation,
    make_next,
    show_next,
)
from devenv.operations.project_reading import ProjectReading, as_seen
from devenv.operations.record_check import resting
from devenv.operations.write_activation import Shown
from devenv.plan.env_values import size_in_bytes
from devenv.plan.plain_texts import exchanged_text, plain_texts
from devenv.plan.spec_variables import MAX_ALL_BYTES
from devenv.plan.trust_decision import decide_value
from devenv.plan.trust_sentences import told_sentence
from devenv.shells.activation import ActivationDraft, draft_activation, in_order
from devenv.values import dataclass, replace

MAX_BYTES = 1 << 14
MAX_FILES = 32

_Mark = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What a project is like, for a change to be seen at a glance.

    `spec` is its path, `content` and `sha256` are its content's, and `places` are
    where in it the texts stand that can be exchanged. `digested` is what the digest of
    the reading is of. `marks` tell whether the other files are those that were read.
    `draft` is what is written into `next_one`.
    """

    basis: Basis
    reading: ProjectReading
    activation: Activation
    spec: str
    content: bytes
    sha256: str
    places: Mapping[str, tuple[int, int]]
    digested: str
    marks: Mapping[str, _Mark | None]
    next_one: NextActivation
    draft: ActivationDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What hooks have been brought; `held` is the build lock, to be given back.

    `shown` is None if it failed on the way.
    """

    activation: Activation
    told: HookState
    shown: Shown | None
    held: int


def glance_of(
    doors: Surroundings,
    reading: ProjectReading,
    basis: Basis,
    activation: Activation,
    text: str,
) -> Glance | None:
    """Return what a change is seen by; None for a project that is too large.

    Args:
        doors: the surroundings.
        reading: of the project as it is.
        basis: what holds for it.
        activation: what is active.
        text: that of the spec.
    """
    content = text.encode("utf-8", "surrogateescape")
    spec = activation.project.rstrip("/") + "/devenv.toml"
    sha256s = {file.path: file.sha256 for file in reading.project.files}
    sha256 = hashes.sha256(content).hexdigest()
    digested = reading.digested
    if len(content) > MAX_BYTES or len(sha256s) > MAX_FILES:
        return None
    if sha256s.get(spec) != sha256 or digested.count(sha256) != 1:
        return None
    places = _places(reading, activation, spec, content)
    if not places:
        return None
    try:
        folder = activation_folder(doors.directories.state, activation.project)
        next_one = make_next(str(folder))
        draft = draft_activation(activation, next_one.place, next_one.lot)
    except (DevenvError, OSError):
        return None
    return Glance(
        basis=basis,
        reading=reading,
        activation=activation,
        spec=spec,
        content=content,
        sha256=sha256,
        places=places,
        digested=digested,
        marks={seen.path: _mark(seen.path) for seen in activation.watched},
        next_one=next_one,
        draft=draft,
    )


def _places(
    reading: ProjectReading, activation: Activation, spec: str, content: bytes
) -> Mapping[str, tuple[int, int]]:
    """Return where the texts stand that can be exchanged, and are seen as they are."""
    environment = activation.environment
    if sum(map(size_in_bytes, environment.values.values())) > MAX_ALL_BYTES // 2:
        return {}
    fixed = {*environment.unset, *environment.prepend, *environment.append}
    seen = environment.values.keys() - fixed
    texts = plain_texts(reading.project.spec.env, spec, content)
    return {name: place for name, place in texts.items() if name in seen}


def bring_at_a_glance(doors: Surroundings, glance: Glance) -> Brought | None:
    """Bring a change to the hooks if it is seen at a glance, and needs no nod.

    What is brought is what `look_at_project` would bring; that has to follow.
    """
    try:
        seen = _seen(doors, glance)
        decision = None if seen is None else _decision(doors, glance, seen)
        if seen is not None and decision is not None:
            return _brought(doors, glance, seen, told_sentence(decision))
    except (DevenvError, OSError):
        pass  # it will be seen by who looks at all of it
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """Which variable has another value, and all files as they are now."""

    name: str
    value: str
    digest: str
    watched: tuple[SeenFile, ...]


def _seen(doors: Surroundings, glance: Glance) -> _Seen | None:
    """Return what has changed, if it is a text, and nothing else."""
    now_seconds = doors.clock.now().timestamp()
    reading = glance.reading
    found = os.stat(reading.directory)  # noqa: PTH116 - somebody waits
    if (found.st_dev, found.st_ino) != (reading.device, reading.inode):
        return None
    change, digest = None, ""
    watched = []
    for before in glance.activation.watched:
        mark = glance.marks[before.path]
        if before.path != glance.spec and _mark(before.path) == mark:
            watched.append(_again(before, mark, now_seconds))
            continue
        file = read_once(before.path, max_bytes=MAX_LOCK_BYTES)
        seen = as_seen(before.path, file, now_seconds=now_seconds)
        watched.append(seen)
        if seen.sha256 == before.sha256:
            continue
        if file is None or before.path != glance.spec:
            return None
        change = exchanged_text(glance.content, file.content, glance.places)
        if change is None:
            return None
        digested = glance.digested.replace(glance.sha256, str(seen.sha256))
        digest = hashes.sha256(digested.encode("ascii")).hexdigest()
    if change is None:
        return None
    return _Seen(name=change[0], value=change[1], digest=digest, watched=tuple(watched))


def _mark(path: str) -> _Mark | None:
    """Return what tells that a file is the one it was; the look reads all the same."""
    try:
        found = os.stat(path)  # noqa: PTH116 - somebody waits
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _again(before: SeenFile, mark: _Mark | None, now_seconds: float) -> SeenFile:
    if mark is None or not before.sha256:
        return before
    mtime_ns = resting(mark[2], now_seconds=now_seconds)
    if mtime_ns == before.resting_mtime_ns:
        return before
    return replace(before, resting_mtime_ns=mtime_ns)


def _decision(doors: Surroundings, glance: Glance, seen: _Seen) -> TrustDecision | None:
    """Return what is to be told of the change, None if it needs a nod."""
    approved = glance.basis.approved.values.get(seen.name)
    policy = doors.configuration.trust
    if approved is None or policy.is_exact or policy.worktrees:
        return None
    new = ValueEffect(value=seen.value)
    decision = decide_value(seen.name, approved, new, policy)
    return None if decision.needs_nod else decision


def _brought(
    doors: Surroundings, glance: Glance, seen: _Seen, sentence: str
) -> Brought | None:
    held = try_lock(f"{glance.next_one.place}/lock")
    if held is None:
        return None
    # Whoever denies it waits for us from now on.
    if not stands(doors, glance.basis, glance.reading):
        os.close(held)
        return None
    told = hook_state(HookWord.ALLOWED, sentence, about=seen.digest)
    shown = None
    with suppress(DevenvError, OSError):
        files = glance.draft.files_with(seen.name, seen.value)
        watched = in_order(glance.activation.project, seen.watched)
        shown = show_next(
            doors.directories.state, glance.next_one, files, watched, told
        )
    before = glance.activation.environment
    environment = replace(before, values={**before.values, seen.name: seen.value})
    activation = replace(
        glance.activation, environment=environment, watched=seen.watched
    )
    return Brought(activation=activation, told=told, shown=shown, held=held)
