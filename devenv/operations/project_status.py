"""`devenv status`: how a project stands, what is watched, and why it will rebuild."""

from collections.abc import Mapping
from pathlib import Path

from devenv.errors import DevenvError
from devenv.host.exclusive import is_locked
from devenv.model.trust import TrustDecision, TrustRecord, TrustState
from devenv.operations.activation_state import activation_folder
from devenv.operations.allow_project import remembered
from devenv.operations.build_folder import read_hook_state
from devenv.operations.doors import Doors
from devenv.operations.lock_project import why_stale
from devenv.operations.project_effects import is_older, project_effects
from devenv.operations.project_reading import ProjectReading, read_whole_project
from devenv.operations.trust_standing import standing_of
from devenv.plan.outer_variables import as_recorded
from devenv.plan.trust_decision import TrustFacts, decide, new_rows
from devenv.plan.trust_sentences import new_text
from devenv.store.generations import Generations
from devenv.values import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedFile:
    """A file that a project is made from; `change` is how it differs, or "same"."""

    path: str
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectStatus:
    """How a project stands, without anything being made or asked of an archive.

    `needed` is what needs a nod, `told` what has changed without. `word` and
    `sentence` are what hooks were told last; `daemon` is how the daemon has it.
    `problem` is what is wrong with it.
    """

    project: str
    state: TrustState
    reason: str
    record: TrustRecord | None
    is_active: bool
    is_building: bool
    word: str
    sentence: str
    generation: int | None
    watched: tuple[WatchedFile, ...] = ()
    needed: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    problem: str = ""
    daemon: str | None = None

    def as_json(self) -> Mapping[str, object]:
        """Return it as `--json` prints it."""
        record = self.record
        return {
            "project": self.project,
            "trust": {
                "state": self.state.value,
                "reason": self.reason,
                "decided_at": record.decided_at.isoformat() if record else None,
            },
            "active": self.is_active,
            "building": self.is_building,
            "told_hooks": {"state": self.word, "sentence": self.sentence},
            "generation": self.generation,
            "watched": [
                {"path": file.path, "change": file.change} for file in self.watched
            ],
            "needed": list(self.needed),
            "told": list(self.told),
            "problem": self.problem,
            "daemon": self.daemon,
        }


def project_status(doors: Doors, folder: Path) -> ProjectStatus:
    """Return how a project stands.

    Raises:
        StoreError: the state folder is not ours.
    """
    directory = folder.resolve()
    standing = standing_of(doors, directory)
    state = doors.directories.state
    hooks = activation_folder(state, str(directory))
    word, sentence = read_hook_state(state, str(directory))
    lock = hooks / "lock"
    found = ProjectStatus(
        project=str(directory),
        state=standing.state,
        reason=standing.reason,
        record=standing.record,
        is_active=any(hooks.glob("current.*")),
        is_building=lock.exists() and is_locked(lock),
        word=word,
        sentence=sentence,
        generation=Generations(state, str(directory)).current(),
    )
    try:
        reading = read_whole_project(doors, directory)
    except DevenvError as error:
        return replace(found, problem=error.what)
    record = standing.record if standing.state is TrustState.ALLOWED else None
    watched = _watched(reading, record)
    if record is None:
        return replace(found, watched=watched)
    return _compared(doors, replace(found, watched=watched), reading, record)


def status_lines(found: ProjectStatus) -> tuple[str, ...]:
    """Return what `devenv status` prints."""
    reason = f" ({found.reason})" if found.reason else ""
    generation = "none yet" if found.generation is None else str(found.generation)
    state = "being built" if found.is_building else found.word or "nothing yet"
    sentence = f": {found.sentence}" if found.sentence else ""
    lines = [
        f"project     {found.project}",
        f"trust       {found.state}{reason}",
        f"generation  {generation}",
        f"hooks       {state}{sentence}",
    ]
    lines += [f"daemon      {found.daemon}"] if found.daemon else []
    lines += [f"wrong       {found.problem}"] if found.problem else []
    lines += [f"new         {text}" for text in found.needed]
    lines += [f"changed     {text}" for text in found.told]
    lines += [f"watched     {file.path}: {file.change}" for file in found.watched]
    return tuple(lines)


def _compared(
    doors: Doors, found: ProjectStatus, reading: ProjectReading, record: TrustRecord
) -> ProjectStatus:
    if reading.digest == record.digest:
        return found
    try:
        decision = _decision(doors, reading, record)
        stale = reading.lock and why_stale(reading.project, reading.lock)
    except DevenvError as error:
        return replace(found, problem=error.what)
    return replace(
        found,
        state=TrustState.CHANGED if decision.needs_nod else found.state,
        needed=tuple(map(new_text, decision.needed)),
        told=(*decision.told, *([f"the lock is stale: {stale}"] if stale else [])),
    )


def _decision(
    doors: Doors, reading: ProjectReading, record: TrustRecord
) -> TrustDecision:
    """Return what is new, as if every row of the lock stood in its index."""
    if reading.lock is None:
        return TrustDecision(told=("the lock is gone, and is made anew",))
    outer = as_recorded(doors.env, record.outer)
    effects = project_effects(reading.project, reading.lock, outer)
    rows = frozenset(new_rows(record.effects, effects))
    facts = TrustFacts(known_rows=rows, is_older=is_older)
    seen = replace(effects, programs=record.effects.programs)
    decision = decide(record.effects, seen, facts, doors.configuration.trust)
    return remembered(doors, reading, record, decision)


def _watched(
    reading: ProjectReading, record: TrustRecord | None
) -> tuple[WatchedFile, ...]:
    before = record.files if record else None
    now = reading.file_digests
    names = sorted({*now, *(before or {})})
    return tuple(
        WatchedFile(path=name, change=_change(name, before, now)) for name in names
    )


def _change(name: str, before: Mapping[str, str] | None, now: Mapping[str, str]) -> str:
    here = now.get(name)
    if here is None:
        return "no longer read"
    if before is None:
        return "present" if here else "absent"
    if name not in before:
        return "read now, and was not"
    was = before[name]
    if was == here:
        return "same" if here else "absent"
    if not here:
        return "gone"
    return "changed" if was else "new"
