"""What building in the background leaves behind: a lock, a log, a state for hooks."""

import hashlib
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from devenv.errors import FormatError, StoreError
from devenv.formats.printable import printable
from devenv.host.base_directories import state_directory
from devenv.host.exclusive import locked, try_lock, wait_until_free
from devenv.host.files import make_private_directory, read_limited, write_whole
from devenv.host.private_file import read_private
from devenv.model.activation import HookState, HookWord
from devenv.operations.activation_state import activation_folder, write_hook_state
from devenv.operations.find_project import require_project
from devenv.operations.open_project import CEILING_VARIABLE

_LOCK = "lock"
_LOG = "log"
_STATE = "state"
_MAX_STATE_BYTES = 1 << 16
_MAX_LOG_BYTES = 4 << 20
_TOKEN_CHARACTERS = 16


def project_and_state(env: Mapping[str, str], named: Path | None) -> tuple[str, Path]:
    """Return the folder of the project that was named or is around, and of all state.

    Nothing is opened.

    Raises:
        NoProjectError: there is no project.
        StoreError: there is no home.
    """
    ceiling = env.get(CEILING_VARIABLE)
    folder = named or require_project(Path(), ceiling=ceiling)
    return str(folder.resolve()), Path(state_directory(env))


def take_build_lock(state: Path, project: str) -> int | None:
    """Return what holds a project's build lock; None if a build is going on.

    Raises:
        StoreError: the state folder is open to others, or cannot be written.
    """
    with _writable(state):
        return try_lock(_folder(state, project) / _LOCK)


@contextmanager
def building(state: Path, project: str, *, held: int | None = None) -> Generator[None]:
    """Be the only one that builds a project; waits for who does.

    `held` is what `take_build_lock` returned; it is given back at the end.

    Raises:
        StoreError: the state folder is open to others, or cannot be written.
    """
    with _writable(state):
        lock = _folder(state, project) / _LOCK
    with locked(lock, held=held):
        yield


def wait_for_build(state: Path, project: str, timeout_seconds: float | None) -> bool:
    """Wait until nobody builds a project; tell whether that came in time.

    Raises:
        StoreError: the state folder is open to others, or cannot be written.
    """
    with _writable(state):
        lock = _folder(state, project) / _LOCK
        return wait_until_free(lock, timeout_seconds=timeout_seconds)


def log_file(state: Path, project: str) -> Path:
    """Return where the log of a project's last build is; its folder is there then.

    Raises:
        StoreError: the state folder is open to others, or cannot be written.
    """
    with _writable(state):
        return _folder(state, project) / _LOG


def write_log(state: Path, project: str, text: str) -> None:
    """Put a text in place of the log; it only informs, so that it may fail."""
    with suppress(OSError, StoreError):
        content = text.encode("utf-8", "surrogateescape")
        write_whole(log_file(state, project), content, mode=0o600, is_durable=False)


def read_log(state: Path, project: str) -> str:
    """Return the log of a project's last build, empty if there is none."""
    path = activation_folder(state, project) / _LOG
    content = read_private(path, max_bytes=_MAX_LOG_BYTES)
    return (content or b"").decode("utf-8", "surrogateescape")


def hook_state(word: HookWord, sentence: str = "", *, about: str = "") -> HookState:
    """Return what hooks are to show; shown again if `about` changes.

    A sentence is one line, made printable here.
    """
    line = printable(sentence.replace("\n", " "))
    digest = hashlib.sha256(f"{word}\0{line}\0{about}".encode("utf-8", "replace"))
    return HookState(
        word=word, sentence=line, token=digest.hexdigest()[:_TOKEN_CHARACTERS]
    )


def tell_hooks(
    state: Path, project: str, word: HookWord, sentence: str = "", *, about: str = ""
) -> HookState:
    """Tell hooks how things stand; see `hook_state`.

    Whoever cannot be told learns nothing new: that is no reason to fail.
    """
    found = hook_state(word, sentence, about=about)
    with suppress(OSError, StoreError):
        write_hook_state(state, project, found)
    return found


def read_hook_state(state: Path, project: str) -> tuple[str, str]:
    """Return the word and the sentence that hooks were told last; empty for none."""
    path = activation_folder(state, project) / _STATE
    try:
        text = read_limited(path, max_bytes=_MAX_STATE_BYTES).decode()
    except (OSError, FormatError, UnicodeDecodeError):
        return "", ""
    word, _, rest = text.partition("\n")
    return word, rest.partition("\n")[0]


def _folder(state: Path, project: str) -> Path:
    folder = activation_folder(state, project)
    make_private_directory(folder)
    return folder


@contextmanager
def _writable(state: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"the state folder cannot be written: {error.strerror}", where=str(state)
        ) from error
