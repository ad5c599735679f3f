"""What the hooks read of a project, in the state folder; written for the allowed.

The folder is mirrored by the project's path, so that a shell finds it without a
hash, and is never the one of `exec` (devenv.operations.project_record):

    g-DIGEST.SHELL  an activation for one shell (devenv.shells.activation)
    current.SHELL   a link to one of them. Its being there is what hooks trust
    DIGEST.N        empty; its time is that of the N-th watched file when it was
                    read. It is not there where there was no file
    state           a link to state.ID: what a hook shows (`HookState`), ID, and the
                    digest of what is current. It is renewed with each activation,
                    so that an unchanged prompt has only this to look at

The digest is that of all that was read, so that two who write at once and use the
same stamps saw the same files. As in records, a file that has not rested is
stamped with a time that none has: the hook then asks for another look.
"""

import hashlib
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from devenv.formats.printable import printable
from devenv.host.files import (
    make_private_directory,
    names_in,
    random_name,
    write_whole,
)
from devenv.model.activation import Activation, HookState, HookWord
from devenv.model.seen_file import SeenFile
from devenv.operations.record_check import LEAF, stamp
from devenv.shells.activation import HOOK_SHELLS, render_activation, stamp_name
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


def write_activation(state_directory: Path, activation: Activation) -> None:
    """Make an activation the current one of its project, for every shell.

    Only for what the user allowed: its being there is what hooks trust. The files
    are written first, whole; the shells' links to them are swapped last. For an
    activation that is current already, this renews the stamps of its files.

    Raises:
        FormatError: a name, a value or an entry cannot be a shell's.
        StoreError: the state folder is open to others.
        OSError: it cannot be written.
    """
    folder = activation_folder(state_directory, activation.project)
    activation = replace(activation, watched=_in_order(activation.watched))
    rendered = render_activation(activation, str(folder))
    make_private_directory(folder)
    _stamp_all(folder, rendered.digest, activation.watched)
    for shell, text in rendered.files.items():
        file = folder / f"g-{rendered.digest}.{shell}"
        content = text.encode("utf-8", "surrogateescape")
        if not _holds(file, content):
            write_whole(file, content, mode=0o600, is_durable=False)
    for shell in HOOK_SHELLS:
        _link(folder / f"current.{shell}", f"g-{rendered.digest}.{shell}")
    _write_state(folder, _state_lines(folder) or _ALLOWED, rendered.digest)
    _remove_old(folder, current=rendered.digest)


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
    _stamp_all(folder, digest, _in_order(watched))
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
    folder = activation_folder(state_directory, project)
    for shell in HOOK_SHELLS:
        (folder / f"current.{shell}").unlink(missing_ok=True)
    with suppress(FileNotFoundError):
        for name in names_in(folder):
            if _GENERATION.fullmatch(name) or _STAMP.fullmatch(name):
                (folder / name).unlink(missing_ok=True)
    lines = _state_lines(folder)
    if lines is not None:
        _write_state(folder, _UNKNOWN if lines == _ALLOWED else lines, "")


def write_hook_state(state_directory: Path, project: str, state: HookState) -> None:
    """Tell hooks how things stand with a project; see `HookState`.

    Raises:
        StoreError: the state folder is open to others.
        OSError: it cannot be written.
    """
    folder = activation_folder(state_directory, project)
    lines = (state.word.value, state.sentence, state.token)
    shown = [printable(line).replace("\n", " ") for line in lines]
    make_private_directory(folder)
    _write_state(folder, shown, current_digest(state_directory, project) or "")


def _state_lines(folder: Path) -> list[str] | None:
    """Return word, sentence and token as they are now, if they are there."""
    try:
        lines = (folder / "state").read_text("utf-8", "replace").split("\n")
    except OSError:
        return None
    return lines[:3] if len(lines) == _STATE_PARTS else None


def _write_state(folder: Path, shown: Sequence[str], digest: str) -> None:
    text = "".join(f"{line}\n" for line in shown)
    identity = hashlib.sha256(f"{text}{digest}".encode()).hexdigest()[:_ID_CHARACTERS]
    name = f"state.{identity}"
    content = f"{text}{identity}\n{digest}\n".encode()
    if not _holds(folder / name, content):
        write_whole(folder / name, content, mode=0o600, is_durable=False)
    _link(folder / "state", name)
    for other in names_in(folder):
        if other != name and _STATE.fullmatch(other):
            (folder / other).unlink(missing_ok=True)


def _in_order(watched: Sequence[SeenFile]) -> tuple[SeenFile, ...]:
    return tuple(sorted(watched, key=lambda seen: seen.path))


def _stamp_all(folder: Path, digest: str, watched: Sequence[SeenFile]) -> None:
    for number, seen in enumerate(watched):
        place = folder / stamp_name(digest, number)
        if seen.sha256 is None:
            place.unlink(missing_ok=True)
        else:
            stamp(str(place), seen.resting_mtime_ns)


def _link(link: Path, target: str) -> None:
    """Make `link` lead to `target` beside it, in one step."""
    with suppress(OSError):
        if str(link.readlink()) == target:
            return
    scratch = link.with_name(random_name(f".{link.name}-"))
    scratch.symlink_to(target)
    try:
        scratch.rename(link)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise


def _remove_old(folder: Path, *, current: str) -> None:
    names = names_in(folder)
    for name in names:
        stamped = _STAMP.fullmatch(name)
        if stamped and stamped[1] != current:
            (folder / name).unlink(missing_ok=True)
    found = (_GENERATION.fullmatch(name) for name in names)
    ages: dict[str, int] = {}
    for match in filter(None, found):
        with suppress(FileNotFoundError):
            ages[match[1]] = (folder / match[0]).lstat().st_mtime_ns
    others = sorted(ages.keys() - {current}, key=lambda digest: ages[digest])
    for digest in others[: -(KEPT_GENERATIONS - 1)]:
        for shell in HOOK_SHELLS:
            (folder / f"g-{digest}.{shell}").unlink(missing_ok=True)


def _holds(path: Path, content: bytes) -> bool:
    # Read, not only looked for: a power cut may leave an empty file.
    try:
        return path.read_bytes() == content
    except OSError:
        return False
