"""The tools whose hooks are measured, each with the same projects."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.run.peers import Absent, Peer, all_peers
from benchmarks.subject import find_devenv, host_variables
from benchmarks.timing import checked
from devenv.daemon.vouching import Voucher
from devenv.daemon.watched_project import State, WatchedProject
from devenv.model.activation import Activation
from devenv.model.environment import Environment
from devenv.operations.project_record import see
from devenv.operations.write_activation import write_activation

OUTSIDE = "1/2/3/4/5/6"
WATCHED = (1, 10, 50)
VOUCHED = (10, 50)
"""Of so many watched files, as while devenv's daemon runs."""
SMALL, LARGE = "3 variables", "60 variables"
SHELLS = ("bash", "zsh", "fish")
RC_FILES = {"bash": ".bashrc", "zsh": ".zshrc", "fish": ".config/fish/config.fish"}
LOADS = {"bash": 'eval "$({})"', "zsh": 'eval "$({})"', "fish": "{} | source"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A tool in a home of its own.

    `counts` says how many prompts, and how many times in and out, are timed at
    once: those that take microseconds by the dozen. `watches` tells whether it can
    watch files besides its own.
    """

    name: str
    version: str
    home: Path
    variables: Mapping[str, str]
    counts: tuple[int, int]
    watches: bool = True
    expected: str = "bar"
    projects: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a project asks for."""

    values: Mapping[str, str]
    path: Sequence[str]
    watched: int = 1


def wanted_projects() -> dict[str, Wanted]:
    """Return the projects, by the name of their folder."""
    small = Wanted(values={"FOO": "bar", "SECOND": "two"}, path=("bin",))
    many = {f"VARIABLE_{number}": "value " * 40 for number in range(58)}
    entries = tuple(f"folder-{number}/bin" for number in range(20))
    large = Wanted(values={"FOO": "bar", "SECOND": "two", **many}, path=entries)
    watching = {
        f"watched-{count}": Wanted(values=small.values, path=small.path, watched=count)
        for count in WATCHED
    }
    vouched = {f"vouched-{count}": watching[f"watched-{count}"] for count in VOUCHED}
    return {"small": small, "large": large, **watching, **vouched}


def all_subjects(scratch: Path, runs: Path) -> tuple[list[Subject], list[Absent]]:
    """Return no hook at all, devenv, and the peers that are there."""
    peers, absent = all_peers(scratch)
    tools = {peer.name.split()[0]: peer for peer in peers}
    nothing = _subject("nothing", "", runs, host_variables(), (50, 5), expected="")
    _write_rc_files(nothing, "true")
    found = [nothing, _devenv(runs)]
    if "direnv" in tools:
        found.append(_direnv(tools["direnv"], runs))
    if "mise" in tools:
        found.append(_mise(tools["mise"], runs))
    return found, [each for each in absent if each.name in {"direnv", "mise"}]


def _subject(  # noqa: PLR0913 - what a subject is, by name
    name: str,
    version: str,
    runs: Path,
    variables: Mapping[str, str],
    counts: tuple[int, int],
    *,
    expected: str = "bar",
    watches: bool = True,
) -> Subject:
    home = runs / name
    projects = {each: home / "src" / "work" / each for each in wanted_projects()}
    for folder in (*projects.values(), home / OUTSIDE):
        folder.mkdir(parents=True)
    (home / ".local/share/fish/generated_completions").mkdir(parents=True)
    own = {"HOME": str(home), "LANG": "C.UTF-8"}
    return Subject(
        name=name,
        version=version,
        home=home,
        variables={**variables, **own},
        counts=counts,
        watches=watches,
        expected=expected,
        projects=projects,
    )


def _write_rc_files(subject: Subject, command: str) -> None:
    for shell in SHELLS:
        file = subject.home / RC_FILES[shell]
        file.parent.mkdir(parents=True, exist_ok=True)
        line = LOADS[shell].format(command.replace("SHELL", shell))
        file.write_text(f"{line}\n")


def _devenv(runs: Path) -> Subject:
    program = find_devenv()
    version = checked([program, "version"]).split()[-1]
    subject = _subject("devenv", version, runs, host_variables(), (50, 5))
    _write_rc_files(subject, f"{program} hook SHELL")
    state = subject.home / ".local/state/devenv"
    for name, wanted in wanted_projects().items():
        folder = subject.projects[name].resolve()
        files = _write_watched(folder, "devenv.toml", wanted.watched)
        entries = tuple(f"{folder}/{entry}" for entry in wanted.path)
        activation = Activation(
            project=str(folder),
            environment=Environment(
                trees=(), prepend={"PATH": entries}, values=wanted.values
            ),
            watched=tuple(
                see(str(file), now_seconds=time.time() + 9) for file in files
            ),
        )
        write_activation(state, activation)
    _vouch(state, [subject.projects[f"vouched-{count}"] for count in VOUCHED])
    return subject


def _vouch(state: Path, folders: Sequence[Path]) -> None:
    """Vouch for projects, as a daemon does that watches them, for as long as we run."""
    voucher = Voucher(state)
    for number, folder in enumerate(folders):
        project = str(folder.resolve())
        watched = WatchedProject(number=number, project=project, state=State.READY)
        voucher.tell(watched, (project,))


def _write_watched(folder: Path, spec: str, count: int) -> list[Path]:
    files = [folder / spec, *(folder / f"watched-{n}.toml" for n in range(1, count))]
    for file in files:
        file.touch()
    return files


def _direnv(peer: Peer, runs: Path) -> Subject:
    program = peer.command[0]
    subject = _subject("direnv", peer.version, runs, host_variables(), (1, 1))
    _write_rc_files(subject, f"{program} hook SHELL")
    for name, wanted in wanted_projects().items():
        folder = subject.projects[name]
        files = _write_watched(folder, ".envrc", wanted.watched)
        lines = [f"export {key}='{value}'" for key, value in wanted.values.items()]
        lines += [f"PATH_add {entry}" for entry in wanted.path]
        lines += [f"watch_file {file.name}" for file in files[1:]]
        (folder / ".envrc").write_text("\n".join(lines) + "\n")
        checked([program, "allow", folder], env=subject.variables)
    return subject


def _mise(peer: Peer, runs: Path) -> Subject:
    program = peer.command[0]
    variables = host_variables()
    subject = _subject("mise", peer.version, runs, variables, (1, 1), watches=False)
    _write_rc_files(subject, f"{program} activate SHELL")
    for name, wanted in wanted_projects().items():
        folder = subject.projects[name]
        lines = [f"{key} = '{value}'" for key, value in wanted.values.items()]
        path = ", ".join(f"'{entry}'" for entry in wanted.path)
        text = "\n".join(["[env]", *lines, f"_.path = [{path}]"])
        (folder / "mise.toml").write_text(text + "\n")
        checked([program, "trust", folder], env=subject.variables)
    return subject
