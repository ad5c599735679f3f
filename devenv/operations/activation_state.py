"""How a project stands, as hooks are told (devenv.operations.write_activation)."""

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from devenv import hashes
from devenv.formats.printable import printable
from devenv.host.files import names_in
from devenv.host.swap import (
    open_private_folder,
    put_file,
    read_small,
    remove,
    renew_link,
    swap_link,
)
from devenv.model.activation import HookState, HookWord
from devenv.operations.record_check import LEAF
from devenv.operations.state_stamp import (
    STATE,
    put_state_stamp,
    remove_state_stamps,
)
from devenv.shells.activation import HOOK_SHELLS, stamp_name

GENERATION = re.compile(r"g-([0-9a-f]{32})\.[a-z]+")
STATE_NAME = re.compile(r"state\.[0-9a-f]{10,16}")
"""They were longer."""
ID_CHARACTERS = 10
"""Few, because a prompt pays for each. Two that are equal only make a hook look."""
NEXT = ".next-"
"""With this the names of what waits for an activation begin."""
LOT = ".lot"
"""A link whose target is what a digest that was drawn by lot stands for."""
ALLOWED = [HookWord.ALLOWED.value, "", ""]
UNKNOWN = [HookWord.UNKNOWN.value, "", ""]
_STATE_PARTS = 6


def activation_folder(state_directory: Path, project: str) -> Path:
    """Return a project's folder for hooks; `project` is absolute, physical."""
    place = project.strip("/")
    return Path(f"{state_directory}/hook/{place}".rstrip("/") + f"/{LEAF}")


def current_digest(state_directory: Path, project: str) -> str | None:
    """Return the digest of a project's current activation, None for none."""
    link = activation_folder(state_directory, project) / f"current.{HOOK_SHELLS[0]}"
    try:
        found = GENERATION.fullmatch(str(link.readlink()))
    except OSError:
        return None
    return found[1] if found else None


def write_hook_state(state_directory: Path, project: str, state: HookState) -> None:
    """Tell hooks how things stand with a project; see `HookState`.

    Raises:
        StoreError: the state folder is open to others.
        OSError: it cannot be written.
    """
    folder = activation_folder(state_directory, project)
    digest = current_digest(state_directory, project) or ""
    renew_state(state_directory, folder, lines_of(state), digest)


def lines_of(state: HookState) -> list[str]:
    """Return the lines that say how things stand."""
    lines = (state.word.value, state.sentence, state.token)
    return [printable(line).replace("\n", " ") for line in lines]


def state_lines(folder: int) -> list[str]:
    """Return word, sentence, token, ID and digest as they are now; [] for none."""
    lines = (read_small(folder, "state") or b"").decode("utf-8", "replace").split("\n")
    return lines[:-1] if len(lines) == _STATE_PARTS else []


def renew_state(
    state_directory: Path, place: Path, shown: Sequence[str], digest: str
) -> None:
    """Have hooks told this, and that a digest is of what is current, "" for nothing.

    Raises:
        StoreError: the state folder is open to others.
        OSError: it cannot be written.
    """
    with open_private_folder(str(place)) as folder:
        before = state_lines(folder)
        state = swap_state(state_directory, folder, before, shown, digest)
        if digest:
            put_state_stamp(state_directory, folder, state, stamp_name(digest, 0))
        remove_states(state_directory, folder, names_in(place), but=state)


def swap_state(
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
    identity = hashes.sha256(f"{text}{digest}".encode()).hexdigest()[:ID_CHARACTERS]
    state = f"{STATE}{identity}"
    put_file(folder, state, state_text(shown, identity, digest))
    is_same = before[3:4] == [identity]
    if before and not is_same:
        remove_state_stamps(state_directory, [f"{STATE}{before[3]}"])
    (swap_link if is_same else renew_link)(folder, "state", state)
    return state


def state_text(shown: Sequence[str], identity: str, digest: str) -> bytes:
    """Return what is in the file of a state."""
    return "".join(f"{line}\n" for line in (*shown, identity, digest)).encode()


def note_lot(folder: int, lot: str, digest: str) -> None:
    """Note that a lot stands for what has this digest.

    Raises:
        OSError: it cannot be written.
    """
    swap_link(folder, LOT, f"{lot}.{digest}")


def standing_for(folder: int, digest: str, current: Sequence[str]) -> str:
    """Return the name of what has this digest: its lot, if that is current."""
    with suppress(OSError):
        lot, _, noted = os.readlink(LOT, dir_fd=folder).partition(".")
        if noted == digest and lot in current:
            return lot
    return digest


def remove_states(
    state_directory: Path, folder: int, names: Sequence[str], *, but: str
) -> None:
    """Remove all states but one, their stamps first."""
    states = sorted(set(filter(STATE_NAME.fullmatch, names)) - {but})
    remove_state_stamps(state_directory, states)
    remove(folder, states)
