"""What the hooks read of a project, in the state folder; written for the allowed.

The folder is mirrored by the project's path, so that a shell finds it without a
hash, and is never the one of `exec` (devenv.operations.project_record):

    g-DIGEST.SHELL  an activation for one shell (devenv.shells.activation)
    current.SHELL   a link to one of them. Its being there is what hooks trust
    DIGEST.N        empty; its time is that of the N-th watched file when it was
                    read. It is not there where there was no file
    state           a link to state.ID: what a hook shows (`HookState`), ID, and the
                    digest of what is current. It is renewed with each activation,
                    so that an unchanged prompt has only the stamp of this to look
                    at (devenv.operations.state_stamp)

The digest is that of all that was read, so that two who write at once and use the
same stamps saw the same files. As in records, a file that has not rested is
stamped with a time that none has: the hook then asks for another look.
"""

import hashlib
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from devenv.formats.printable import printable
from devenv.host.files import make_private_directory, names_in
from devenv.host.swap import (
    open_folder,
    put_file,
    read_small,
    remove,
    rename,
    swap_link,
)
from devenv.model.activation import Activation, HookState, HookWord
from devenv.model.seen_file import SeenFile
from devenv.operations.record_check import LEAF, stamp
from devenv.operations.state_stamp import (
    STATE,
    put_state_stamp,
    remove_state_stamps,
)
from devenv.shells.activation import (
    HOOK_SHELLS,
    in_order,
    render_activation,
    stamp_name,
)
from devenv.values import replace

KEPT_GENERATIONS = 8
"""Old ones stay for a while: with them a child shell knows what its parent set."""

_GENERATION = re.compile(r"g-([0-9a-f]{32})\.[a-z]+")
_STAMP = re.compile(r"([0-9a-f]{32})\.[0-9]+")
_STATE = re.compile(r"state\.[0-9a-f]{16}")
_ID_CHARACTERS = 16
_STATE_PARTS = 6
_ALLOWED = [HookWord.ALLOWED.value, "", ""]
_UNKNOWN = [HookWord.UNKNOWN.value, "", ""]


def activation_folder(state_directory: Path, project: str) -> Path:
    """Return a project's folder for hooks; `project` is absolute, physical."""
    place = project.strip("/")
    return Path(f"{state_directory}/hook/{place}".rstrip("/") + f"/{LEAF}")


def write_activation(
    state_directory: Path, activation: Activation, told: HookState | None = None
) -> None:
    """Make an activation the current one of its project, for every shell.

    Only for what the user allowed: its being there is what hooks trust. The files
    are written first, whole; the shells' links to them are swapped last. For an
    activation that is current already, this renews the stamps of its files.

    Args:
        state_directory: devenv's folder for state.
        activation: what hooks bring into shells.
        told: what hooks show from now on; None for what they showed.

    Raises:
        FormatError: a name, a value or an entry cannot be a shell's.
        StoreError: the state folder is open to others.
        OSError: it cannot be written.
    """
    place = activation_folder(state_directory, activation.project)
    watched = in_order(activation.project, activation.watched)
    rendered = render_activation(replace(activation, watched=watched), str(place))
    digest = rendered.digest
    make_private_directory(place)
    with open_folder(str(place)) as folder:
        for shell, text in rendered.files.items():
            content = text.encode("utf-8", "surrogateescape")
            put_file(folder, f"g-{digest}.{shell}", content)
        before = _state_lines(folder)
        for shell in HOOK_SHELLS:
            swap_link(folder, f"current.{shell}", f"g-{digest}.{shell}")
        shown = (before[:3] or _ALLOWED) if told is None else _lines_of(told)
        state = _swap_state(state_directory, folder, before, shown, digest)
        # Shells have it. Until there are stamps, they ask whether it is still so.
        _take_over_stamps(folder, before, digest, len(watched))
        _stamp_all(folder, digest, watched)
        put_state_stamp(state_directory, folder, state, stamp_name(digest, 0))
        names = names_in(place)
        _remove_states(state_directory, folder, names, but=state)
        _remove_old(folder, names, current=digest)


def renew_stamps(
    state_directory: Path, project: str, watched: Sequence[SeenFile]
) -> bool:
    """Tell hooks that files were looked at, and what is active stays for now.

    For a change that waits for the user's nod, so that hooks ask no more.

    Args:
        state_directory: devenv's folder for state.
        project: the project's folder, absolute and physical.
        watched: the files of the current activation, as they are now.

    Returns:
        Whether there is a current activation.

    Raises:
        OSError: it cannot be written.
    """
    folder = activation_folder(state_directory, project)
    digest = current_digest(state_directory, project)
    if digest is None:
        return False
    with open_folder(str(folder)) as opened:
        _stamp_all(opened, digest, in_order(project, watched))
    return True


def current_digest(state_directory: Path, project: str) -> str | None:
    """Return the digest of a project's current activation, None for none."""
    link = activation_folder(state_directory, project) / f"current.{HOOK_SHELLS[0]}"
    try:
        found = _GENERATION.fullmatch(str(link.readlink()))
    except OSError:
        return None
    return found[1] if found else None


def remove_activation(state_directory: Path, project: str) -> None:
    """Take a project's activation away; hooks leave it at the next prompt.

    Raises:
        OSError: it cannot be removed.
    """
    place = activation_folder(state_directory, project)
    with suppress(FileNotFoundError), open_folder(str(place)) as folder:
        names = names_in(place)
        # First, so that hooks look at what is left, should we be stopped.
        remove_state_stamps(state_directory, filter(_STATE.fullmatch, names))
        remove(folder, (f"current.{shell}" for shell in HOOK_SHELLS))
        remove(folder, filter(_GENERATION.fullmatch, names))
        remove(folder, filter(_STAMP.fullmatch, names))
        shown = _state_lines(folder)[:3]
        if shown:
            shown = _UNKNOWN if shown == _ALLOWED else shown
            _renew_state(state_directory, place, shown, "")


def write_hook_state(state_directory: Path, project: str, state: HookState) -> None:
    """Tell hooks how things stand with a project; see `HookState`.

    Raises:
        StoreError: the state folder is open to others.
        OSError: it cannot be written.
    """
    folder = activation_folder(state_directory, project)
    make_private_directory(folder)
    digest = current_digest(state_directory, project) or ""
    _renew_state(state_directory, folder, _lines_of(state), digest)


def _lines_of(state: HookState) -> list[str]:
    lines = (state.word.value, state.sentence, state.token)
    return [printable(line).replace("\n", " ") for line in lines]


def _state_lines(folder: int) -> list[str]:
    """Return word, sentence, token, ID and digest as they are now; [] for none."""
    lines = (read_small(folder, "state") or b"").decode("utf-8", "replace").split("\n")
    return lines[:-1] if len(lines) == _STATE_PARTS else []


def _renew_state(
    state_directory: Path, place: Path, shown: Sequence[str], digest: str
) -> None:
    with open_folder(str(place)) as folder:
        before = _state_lines(folder)
        state = _swap_state(state_directory, folder, before, shown, digest)
        if digest:
            put_state_stamp(state_directory, folder, state, stamp_name(digest, 0))
        _remove_states(state_directory, folder, names_in(place), but=state)


def _swap_state(
    state_directory: Path,
    folder: int,
    before: Sequence[str],
    shown: Sequence[str],
    digest: str,
) -> str:
    """Have `state` lead to this; return the name of the file.

    The stamp of the present one, whose lines are `before`, goes first.
    """
    text = "".join(f"{line}\n" for line in shown)
    identity = hashlib.sha256(f"{text}{digest}".encode()).hexdigest()[:_ID_CHARACTERS]
    state = f"{STATE}{identity}"
    put_file(folder, state, f"{text}{identity}\n{digest}\n".encode())
    if before and before[3] != identity:
        remove_state_stamps(state_directory, [f"{STATE}{before[3]}"])
    swap_link(folder, "state", state)
    return state


def _take_over_stamps(
    folder: int, lines: Sequence[str], digest: str, count: int
) -> None:
    """Give the stamps of the activation that a state is of to a coming one.

    To make files and remove them is most of what a file system does here: on ext4 each
    new one is looked for among those that are just gone. Hooks that miss them ask.
    """
    before = [each for each in lines[4:5] if each not in {"", digest}]
    for number in range(count) if before else ():
        with suppress(FileNotFoundError):
            rename(folder, stamp_name(before[0], number), stamp_name(digest, number))


def _stamp_all(folder: int, digest: str, watched: Sequence[SeenFile]) -> None:
    for number, seen in enumerate(watched):
        name = stamp_name(digest, number)
        if seen.sha256 is None:
            remove(folder, [name])
        else:
            stamp(name, seen.resting_mtime_ns, folder=folder)


def _remove_states(
    state_directory: Path, folder: int, names: Sequence[str], *, but: str
) -> None:
    states = sorted(set(filter(_STATE.fullmatch, names)) - {but})
    remove_state_stamps(state_directory, states)
    remove(folder, states)


def _remove_old(folder: int, names: Sequence[str], *, current: str) -> None:
    """Remove stamps, and generations that no child shell asks for any more."""
    stamps = filter(None, map(_STAMP.fullmatch, names))
    remove(folder, (match[0] for match in stamps if match[1] != current))
    found = filter(None, map(_GENERATION.fullmatch, names))
    one_of = {match[1]: match[0] for match in found if match[1] != current}
    ages: dict[str, int] = {}
    for digest, name in one_of.items():
        with suppress(FileNotFoundError):
            ages[digest] = os.lstat(name, dir_fd=folder).st_mtime_ns
    others = sorted(ages, key=lambda digest: ages[digest])
    for digest in others[: -(KEPT_GENERATIONS - 1)]:
        remove(folder, (f"g-{digest}.{shell}" for shell in HOOK_SHELLS))
