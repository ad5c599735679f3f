"""Where the next activation of a project is written, made before there is one.

To make files and links is most of what a file system does for an activation, and
more yet where it has lost many: ext4 without a journal looks for each new one among
those that are just gone. So for a project that is being edited they are made ahead,
empty, and links that lead to them; what comes is written into them, and the links are
renamed. Their names cannot be those of their content, which is not known; they are
drawn by lot, so that no name ever has two contents.

    g-LOT.SHELL                 empty
    .next-LOT.text              empty; it becomes state.LOT
    .next-LOT.current.SHELL     a link to g-LOT.SHELL, which becomes current.SHELL
    .next-LOT.state             a link to state.LOT, which becomes state
"""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from devenv.host.files import random_name
from devenv.host.swap import (
    fill,
    make_empty,
    open_folder,
    open_private_folder,
    remove,
    rename,
)
from devenv.model.activation import Activation, HookState
from devenv.model.seen_file import SeenFile
from devenv.operations.activation_state import (
    ID_CHARACTERS,
    NEXT,
    lines_of,
    note_lot,
    state_lines,
    state_text,
)
from devenv.operations.state_stamp import STATE, remove_state_stamps
from devenv.operations.write_activation import Shown
from devenv.shells.activation import HOOK_SHELLS, render_activation
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NextActivation:
    """The lot of files and links in a folder, for one activation."""

    place: str
    lot: str

    @property
    def state(self) -> str:
        """The name of the state."""
        return f"{STATE}{self.lot[:ID_CHARACTERS]}"

    @property
    def files(self) -> tuple[str, ...]:
        """The names of the empty files."""
        return (*map(self.file, HOOK_SHELLS), self.beside("text"))

    @property
    def links(self) -> dict[str, str]:
        """Where each link leads that becomes the one of this name."""
        files = {f"current.{shell}": self.file(shell) for shell in HOOK_SHELLS}
        return {**files, "state": self.state}

    def file(self, shell: str) -> str:
        """Return the name of a shell's file."""
        return f"g-{self.lot}.{shell}"

    def beside(self, name: str) -> str:
        """Return the name of what becomes `name`."""
        return f"{NEXT}{self.lot}.{name}"


def make_next(place: str) -> NextActivation:
    """Make files and links for the next activation in a project's folder for hooks.

    What others left there is removed.

    Raises:
        OSError: they cannot be made.
    """
    found = NextActivation(place=place, lot=random_name(""))
    with open_folder(place) as folder:
        left = [name for name in os.listdir(folder) if name.startswith(NEXT)]  # noqa: PTH208 - a descriptor
        remove(folder, left)
        for name in found.files:
            make_empty(folder, name)
        for name, target in found.links.items():
            os.symlink(target, found.beside(name), dir_fd=folder)
    return found


def forget_next(found: NextActivation) -> None:
    """Remove what was made for an activation that does not come."""
    with suppress(OSError), open_folder(found.place) as folder:
        remove(folder, map(found.beside, found.links))
        remove(folder, found.files)


def note_content(shown: Shown, activation: Activation) -> None:
    """Note what was shown, so that who writes the same does not write it anew.

    Raises:
        OSError: it cannot be written.
    """
    digest = render_activation(activation, shown.place).digest
    with open_folder(shown.place) as folder:
        note_lot(folder, shown.digest, digest)


def show_next(
    state_directory: Path,
    found: NextActivation,
    files: Mapping[str, str],
    watched: Sequence[SeenFile],
    told: HookState,
) -> Shown:
    """Do what `show_activation` does, with what was made for it.

    Args:
        state_directory: devenv's folder for state.
        found: what was made.
        files: what hooks read, by shell, under the name of the lot.
        watched: what was read for it.
        told: what hooks show from now on.

    Raises:
        StoreError: the state folder is open to others.
        OSError: something is gone, or cannot be written; hooks may have part of it.
    """
    with open_private_folder(found.place) as folder:
        before = state_lines(folder)
        identity = found.lot[:ID_CHARACTERS]
        text = state_text(lines_of(told), identity, found.lot)
        for shell, file in files.items():
            fill(folder, found.file(shell), file.encode("utf-8", "surrogateescape"))
        fill(folder, found.beside("text"), text)
        rename(folder, found.beside("text"), found.state)
        for shell in HOOK_SHELLS:
            name = f"current.{shell}"
            rename(folder, found.beside(name), name)
        remove_state_stamps(state_directory, (f"{STATE}{each}" for each in before[3:4]))
        rename(folder, found.beside("state"), "state")
    return Shown(
        place=found.place,
        digest=found.lot,
        watched=watched,
        before=before,
        state=found.state,
    )
