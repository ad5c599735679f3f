"""The files with which a shell starts in an environment, in the state folder."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from devenv import hashes
from devenv.host.files import make_private_directory, write_whole
from devenv.model.environment import Environment
from devenv.model.spec import ShellText
from devenv.operations.bundled_files import bundled_folder
from devenv.shells.project_text import render_text_files
from devenv.shells.start import render_start_files

NO_TEXTS: Mapping[str, ShellText] = MappingProxyType({})


def start_directory(state_directory: Path, digest: str) -> Path:
    """Return the folder of the start files whose text has this digest."""
    return state_directory / "shells" / digest


def write_start_files(
    state_directory: Path,
    environment: Environment,
    texts: Mapping[str, ShellText] = NO_TEXTS,
) -> Path:
    """Return the folder of an environment's start files, writing what is missing.

    It is named by its content, so that a shell never reads a mixture. `texts` are
    what a project wants to be run, by shell, "" for every shell.

    Raises:
        OSError: the state folder cannot be written.
        StoreError: it is open to others.
    """
    files = {
        **render_start_files(environment, read_template=read_shell_hook),
        **render_text_files(texts, read_template=read_shell_hook),
    }
    contents = {
        path: text.encode("utf-8", "surrogateescape") for path, text in files.items()
    }
    directory = start_directory(state_directory, _digest(contents))
    for path, content in contents.items():
        target = directory / path
        if not _holds(target, content):
            make_private_directory(target.parent)
            write_whole(target, content, mode=0o600, is_durable=False)
    return directory


def read_shell_hook(name: str) -> str:
    """Return a file of shell-hooks, of the wheel or of the sources."""
    return (bundled_folder("shell-hooks") / name).read_text(encoding="utf-8")


def _digest(contents: dict[str, bytes]) -> str:
    whole = hashes.sha256()
    for path, content in sorted(contents.items()):
        whole.update(hashes.sha256(path.encode()).digest())
        whole.update(hashes.sha256(content).digest())
    return whole.hexdigest()[:32]


def _holds(path: Path, content: bytes) -> bool:
    # Read, not only looked for: a power cut may leave an empty file.
    try:
        return path.read_bytes() == content
    except OSError:
        return False
