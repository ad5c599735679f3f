"""How to start a shell that is in an environment: the plan, no doing."""

import fnmatch
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from devenv.model.environment import Environment
from devenv.model.spec import ShellText
from devenv.shells import SHELLS
from devenv.shells.base import environment_lines
from devenv.shells.project_text import FOLDER, NO_TEXT, with_text
from devenv.values import dataclass

HOST_BASICS = ("/usr/bin", "/bin")
"""What a pure environment keeps of the host's PATH."""

PURE_KEEPS = (
    *("HOME", "USER", "LOGNAME", "TERM", "LANG", "LC_*", "TZ"),
    *("DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "SSH_AUTH_SOCK"),
)
"""The variables that a pure environment keeps, as patterns."""

USER_ZDOTDIR = "DEVENV_USER_ZDOTDIR"
"""Carries the user's ZDOTDIR to our .zshenv, which unsets it."""

TEMPLATES = {
    "start.bash": "shell.bash",
    "start.fish": "shell.fish",
    "zsh/.zshenv": "shell.zshenv",
    "zsh/.zshrc": "shell.zshrc",
}
"""The start files, and the file in shell-hooks that each is made from."""

_PLACE = "@environment@"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellStart:
    """What to execute: a program with its arguments (its name first)."""

    program: Path
    argv: tuple[str, ...]
    env: Mapping[str, str]


def render_start_files(
    environment: Environment, *, read_template: Callable[[str], str]
) -> dict[str, str]:
    """Return the start files that enter an environment, by their relative path.

    They run the user's own rc files first and then apply the environment, so
    that no rc file gets the last word on PATH. `read_template` returns the
    text of a file in shell-hooks.
    """
    files = {}
    for path, template in TEMPLATES.items():
        shell = SHELLS["fish" if path == "start.fish" else "bash"]
        # Not indented: a value may hold a newline.
        lines = "\n".join(environment_lines(shell, environment))
        files[path] = read_template(template).replace(_PLACE, lines)
    return files


def source_in_fish(directory: str) -> str:
    """Return the fish command that reads the start file in `directory`."""
    return f"source {SHELLS['fish'].quote(f'{directory}/start.fish')}"


def plan_shell(  # noqa: PLR0913 - what the command line offers, by name
    shell: str,
    environment: Environment,
    *,
    program: str,
    ambient: Mapping[str, str],
    directory: str,
    pure: bool = False,
    keep: Sequence[str] = (),
    command: str | None = None,
    text: ShellText = NO_TEXT,
) -> ShellStart:
    """Return how to start a shell in an environment.

    Args:
        shell: a key of `SHELLS`.
        environment: what to enter.
        program: the absolute path of the shell.
        ambient: the variables devenv was called with.
        directory: where the files of `render_start_files` are.
        pure: keep only `PURE_KEEPS`, and read no rc file.
        keep: with `pure`, names of more variables to keep.
        command: run this and leave, instead of asking the user.
        text: what the project wants to be run in this shell.
    """
    if pure:
        env = environment.applied_to(pure_variables(ambient, keep))
        has_text = command is None and text != NO_TEXT
        options = _pure_options(shell, directory, has_text=has_text)
        if shell == "zsh" and has_text:
            env["ZDOTDIR"] = f"{directory}/{FOLDER}/pure"
    else:
        env = environment.applied_to(ambient)
        options = _options(shell, directory, is_interactive=command is None)
        if shell == "zsh":
            env |= _zsh_variables(ambient, directory)
    if command is not None:
        asked = with_text(SHELLS[shell], shell, text, command)
        options += ["-c", _command(shell, environment, env, asked)]
    return ShellStart(program=Path(program), argv=(program, *options), env=env)


def pure_variables(ambient: Mapping[str, str], keep: Sequence[str]) -> dict[str, str]:
    """Return the variables of a pure environment, before anything is added."""
    kept = {
        name: value
        for name, value in ambient.items()
        if name in keep or any(fnmatch.fnmatchcase(name, kept) for kept in PURE_KEEPS)
    }
    return {"PATH": ":".join(HOST_BASICS)} | kept


_PURE_OPTIONS = {
    "bash": ("--noprofile", "--norc"),
    "fish": ("--no-config",),
    "zsh": ("-f",),
}


def _pure_options(shell: str, directory: str, *, has_text: bool) -> list[str]:
    """Return the options with which a shell reads nothing but a project's text."""
    file = f"{directory}/{FOLDER}/text.{shell}"
    if has_text and shell == "bash":
        return ["--noprofile", "--rcfile", file]
    if has_text and shell == "fish":
        return ["--no-config", "--init-command", f"source {SHELLS[shell].quote(file)}"]
    if has_text and shell == "zsh":
        return ["-d"]
    return list(_PURE_OPTIONS.get(shell, ()))


def _options(shell: str, directory: str, *, is_interactive: bool) -> list[str]:
    if shell == "bash" and is_interactive:
        return ["--rcfile", f"{directory}/start.bash"]
    if shell == "fish":
        return ["--init-command", source_in_fish(directory)]
    return []


def _zsh_variables(ambient: Mapping[str, str], directory: str) -> dict[str, str]:
    own = {"ZDOTDIR": f"{directory}/zsh"}
    if "ZDOTDIR" in ambient:
        own[USER_ZDOTDIR] = ambient["ZDOTDIR"]
    return own


def _command(
    shell: str, environment: Environment, env: Mapping[str, str], command: str
) -> str:
    # bash reads $BASH_ENV before a command, and may reset PATH there.
    if shell == "bash" and env.get("BASH_ENV"):
        return "\n".join((*environment_lines(SHELLS["sh"], environment), command))
    return command
