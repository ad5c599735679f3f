"""What spares hooks a look at every file: the word of a watcher that is alive.

While a project rests and the kernel tells of all that was read of it, `t/ID.w` in the
state folder (see devenv.operations.state_stamp) is another name of a file that this
process holds open, and `t/d` leads to where /proc shows that. A hook that finds both to
be one file knows that this very process lives, and has heard of no change. A killed
one cannot seem to: its descriptor is gone, and whoever gets its number has not that
file open. Copies of this process close it.

The name goes with the first news of a change, before anything is done about it. What
the kernel does not tell is not vouched for: folders that cannot be watched, and file
systems that others can change.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from devenv.daemon.watched_project import State, WatchedProject
from devenv.host.file_system import file_system_of
from devenv.host.files import make_private_directory
from devenv.host.swap import open_folder, remove, swap_link
from devenv.operations.activation_state import activation_folder
from devenv.operations.state_stamp import (
    FOLDER,
    VOUCHED,
    WATCHER,
    present_stamp,
)

LOCAL = {"btrfs", "ext2", "ext3", "ext4", "f2fs", "overlay", "tmpfs", "xfs", "zfs"}
"""Kinds of file systems that nobody changes but through this kernel."""

_HELD = "held"
_NEW = os.O_RDONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW


class Voucher:
    """The file that is held open, and the projects that have a name of it.

    Args:
        state_directory: devenv's folder for state.

    Raises:
        StoreError: the folder of stamps is open to others.
        OSError: it cannot be written.
    """

    def __init__(self, state_directory: Path) -> None:
        self._state_directory = state_directory
        self._folder = f"{state_directory}/{FOLDER}"
        self._given: dict[int, str] = {}
        self._is_local: dict[int, bool] = {}
        make_private_directory(Path(self._folder))
        with open_folder(self._folder) as folder:
            # Of a watcher before us, which was killed.
            left = [name for name in os.listdir(folder) if name.endswith(VOUCHED)]  # noqa: PTH208 - a descriptor
            remove(folder, [*left, _HELD])
            self.descriptor = os.open(_HELD, _NEW, 0o600, dir_fd=folder)
            swap_link(folder, WATCHER, f"/proc/{os.getpid()}/fd/{self.descriptor}")

    def tell(self, watched: WatchedProject, folders: Sequence[str]) -> None:
        """Vouch for a project that rests, and for none that does not.

        Args:
            watched: how it stands.
            folders: the folders that have to be watched, if all of them are.
        """
        if folders and watched.is_settled and watched.state is State.READY:
            self._vouch(watched.number, watched.project, folders)
        else:
            self.withdraw(watched.number)

    def _vouch(self, number: int, project: str, folders: Sequence[str]) -> None:
        place = activation_folder(self._state_directory, project)
        stamp = present_stamp(str(place))
        if self._given.get(number) == stamp:
            return
        self.withdraw(number)
        if stamp is None or not all(map(self._tells, folders)):
            return
        with suppress(OSError), open_folder(self._folder) as folder:
            remove(folder, [f"{stamp}{VOUCHED}"])
            # By the descriptor: the name may be another watcher's by now.
            held = f"/proc/self/fd/{self.descriptor}"
            os.link(held, f"{stamp}{VOUCHED}", dst_dir_fd=folder, follow_symlinks=True)
            self._given[number] = stamp

    def withdraw(self, number: int) -> None:
        """Vouch for a project no longer."""
        stamp = self._given.pop(number, None)
        if stamp is not None:
            with suppress(OSError):
                os.unlink(f"{self._folder}/{stamp}{VOUCHED}")  # noqa: PTH108 - at once

    def close(self) -> None:
        """Vouch for nothing any more."""
        for number in tuple(self._given):
            self.withdraw(number)
        os.close(self.descriptor)

    def _tells(self, folder: str) -> bool:
        """Tell whether the kernel hears of every change in a folder."""
        try:
            device = os.stat(folder).st_dev  # noqa: PTH116 - for each folder
            if device not in self._is_local:
                kind = file_system_of(Path(folder)).kind
                self._is_local[device] = kind in LOCAL
        except OSError:
            return False
        return self._is_local[device]
