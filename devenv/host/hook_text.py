"""The hook of a shell, with the command that it calls; must start quickly."""

import os
import zlib

from devenv.host.search_path import find_program, is_program
from devenv.model.quotes import fish_quoted, posix_quoted

HOOK_LINES = {
    "bash": 'eval "$(devenv hook bash)"',
    "fish": "devenv hook fish | source",
    "zsh": 'eval "$(devenv hook zsh)"',
}
"""The shells that have a hook, and the line that loads it."""

RC_FILES = {
    "bash": "~/.bashrc",
    "fish": "~/.config/fish/config.fish",
    "zsh": "~/.zshrc",
}

_END = "\nend"
_PLACE = "@command@"
_MARK = "@mark@"
_FOLDER = "@folder@"
_WHOLE = "@hook@"
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - pathlib takes 5 ms


def render_hook(shell: str, command: str) -> str:
    """Return the text of the hook for a shell, a key of `HOOK_LINES`.

    `command` is the absolute path of the command, so that a PATH that a project
    broke can still be put right.

    Raises:
        OSError: the file is not there.
    """
    quote = fish_quoted if shell == "fish" else posix_quoted
    text = _read(f"hook.{shell}").replace(_PLACE, quote(command))
    text = text.replace(_MARK, hook_mark(shell))
    if shell == "fish":
        return _read("hook-start.fish") + _each_by_itself(text)
    if shell == "zsh":
        return _read("hook-start.zsh").replace(_WHOLE, quote(text))
    return text


def _each_by_itself(text: str) -> str:
    """Have each function of fish be read as a text of its own.

    For each block that it enters, fish counts the lines before it in the text that it
    read: at the end of a long one that takes as long as all else. The first stays as
    it is, so that another shell, to which this is given, does not go beyond it.
    """
    before, first, *others = text.split("\nfunction ")
    parts = [f"{before}\nfunction {first}"]
    for other in others:
        body, _, rest = other.partition("\nend\n")
        parts.append(f"\neval {fish_quoted(f'function {body}{_END}')}\n{rest}")
    return "".join(parts)


def render_completion(shell: str) -> str:
    """Return what completes commands in a shell, a key of `HOOK_LINES`.

    It only names the file that is read when Tab is pressed first.

    Raises:
        OSError: the file is not there.
    """
    quote = fish_quoted if shell == "fish" else posix_quoted
    return _read(f"completion-start.{shell}").replace(_FOLDER, quote(_hooks()))


def hook_mark(shell: str) -> str:
    """Return what tells today's hook of a shell from that of another devenv.

    Raises:
        OSError: the file is not there.
    """
    # A checksum: hashlib takes a millisecond, and nobody is to be kept out.
    return f"{zlib.crc32(_read(f'hook.{shell}').encode()):08x}"


def find_command(python: str, search_path: str) -> str:
    """Return the absolute path of the command `devenv`.

    It is beside its Python in a virtual environment; else on the search path, or
    in the sources.
    """
    beside = f"{os.path.dirname(python)}/devenv"  # noqa: PTH120 - likewise
    if is_program(beside):
        return beside
    found = find_program("devenv", search_path)
    if found is not None:
        return os.path.abspath(found)  # noqa: PTH100 - likewise
    return own_launcher()


def own_launcher() -> str:
    """Return the file that is installed as the command."""
    return f"{_hooks()}/devenv"


def _read(name: str) -> str:
    with open(f"{_hooks()}/{name}", encoding="utf-8") as file:  # noqa: PTH123 - likewise
        return file.read()


def _hooks() -> str:
    bundled = f"{_PACKAGE}/_bundled/shell-hooks"
    if os.path.isdir(bundled):  # noqa: PTH112 - likewise
        return bundled
    return f"{os.path.dirname(_PACKAGE)}/shell-hooks"  # noqa: PTH120 - likewise
