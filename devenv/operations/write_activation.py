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
same stamps saw the same files; or else it was drawn by lot, and nobody draws it again
(devenv.operations.next_activation). As in records, a file that has not rested is
stamped with a time that none has: the hook then asks for another look.
"""

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from devenv.host.files import names_in
from devenv.host.swap import (
    open_folder,
    open_private_folder,
    put_file,
    remove,
    rename,
    renew_link,
    swap_link,
)
from devenv.model.activation import Activation, HookState
from devenv.model.seen_file import SeenFile
from devenv.operations.activation_state import (
    ALLOWED,
    GENERATION,
    LOT,
    NEXT,
    STATE_NAME,
    UNKNOWN,
    activation_folder,
    current_digest,
    lines_of,
    remove_states,
    renew_state,
    standing_for,
    state_lines,
    swap_state,
)
from devenv.operations.record_check import stamp
from devenv.operations.state_stamp import put_state_stamp, remove_state_stamps
from devenv.shells.activation import (
    HOOK_SHELLS,
    in_order,
    render_activation,
    stamp_name,
)
from devenv.values import dataclass

KEPT_GENERATIONS = 8
"""Old ones stay for a while: with them a child shell knows what its parent set."""

_STAMP = re.compile(r"([0-9a-f]{32})\.[0-9]+")


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
    shown = show_activation(state_directory, activation, told)
    stamp_activation(state_directory, shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An activation that shells have, and that has no stamps yet.

    `before` are the lines of the state before, and `state` is the name of that now.
    """

    place: str
    digest: str
    watched: Sequence[SeenFile]
    before: Sequence[str]
    state: str


def show_activation(
    state_directory: Path, activation: Activation, told: HookState | None = None
) -> Shown:
    """Do of `write_activation` what somebody waits for; raises as that does.

    Until there are stamps (`stamp_activation`), shells ask whether it is still so.
    """
    place = str(activation_folder(state_directory, activation.project))
    rendered = render_activation(activation, place)
    with open_private_folder(place) as folder:
        before = state_lines(folder)
        digest = standing_for(folder, rendered.digest, before)
        if digest != rendered.digest:
            rendered = render_activation(activation, place, digest)
        for shell, text in rendered.files.items():
            content = text.encode("utf-8", "surrogateescape")
            put_file(folder, f"g-{digest}.{shell}", content)
        link = swap_link if digest in before else renew_link
        for shell in HOOK_SHELLS:
            link(folder, f"current.{shell}", f"g-{digest}.{shell}")
        shown = (before[:3] or ALLOWED) if told is None else lines_of(told)
        state = swap_state(state_directory, folder, before, shown, digest)
    return Shown(
        place=place,
        digest=digest,
        watched=rendered.watched,
        before=before,
        state=state,
    )


def stamp_activation(state_directory: Path, shown: Shown) -> None:
    """Give stamps to what is shown, and remove what is old.

    Raises:
        StoreError: the state folder is open to others.
        OSError: it cannot be written.
    """
    digest = shown.digest
    with open_folder(shown.place) as folder:
        _take_over_stamps(folder, shown.before, digest, len(shown.watched))
        _stamp_all(folder, digest, shown.watched)
        put_state_stamp(state_directory, folder, shown.state, stamp_name(digest, 0))
        names = names_in(Path(shown.place))
        remove_states(state_directory, folder, names, but=shown.state)
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


def remove_activation(state_directory: Path, project: str) -> None:
    """Take a project's activation away; hooks leave it at the next prompt.

    Raises:
        OSError: it cannot be removed.
    """
    place = activation_folder(state_directory, project)
    with suppress(FileNotFoundError), open_folder(str(place)) as folder:
        names = names_in(place)
        # First, so that hooks look at what is left, should we be stopped.
        remove_state_stamps(state_directory, filter(STATE_NAME.fullmatch, names))
        remove(folder, (f"current.{shell}" for shell in HOOK_SHELLS))
        remove(folder, filter(GENERATION.fullmatch, names))
        remove(folder, filter(_STAMP.fullmatch, names))
        remove(folder, (name for name in names if name.startswith((NEXT, LOT))))
        shown = state_lines(folder)[:3]
        if shown:
            shown = UNKNOWN if shown == ALLOWED else shown
            renew_state(state_directory, place, shown, "")


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


def _remove_old(folder: int, names: Sequence[str], *, current: str) -> None:
    """Remove stamps, and generations that no child shell asks for any more."""
    stamps = filter(None, map(_STAMP.fullmatch, names))
    remove(folder, (match[0] for match in stamps if match[1] != current))
    found = filter(None, map(GENERATION.fullmatch, names))
    one_of = {match[1]: match[0] for match in found if match[1] != current}
    ages: dict[str, int] = {}
    for digest, name in one_of.items():
        with suppress(FileNotFoundError):
            ages[digest] = os.lstat(name, dir_fd=folder).st_mtime_ns
    others = sorted(ages, key=lambda digest: ages[digest])
    for digest in others[: -(KEPT_GENERATIONS - 1)]:
        remove(folder, (f"g-{digest}.{shell}" for shell in HOOK_SHELLS))
