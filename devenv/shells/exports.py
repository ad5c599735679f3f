"""Changed variables in the formats that shells, editors and services read."""

from collections.abc import Callable, Mapping

from devenv.shells import fish, posix
from devenv.shells.base import Shell, checked_name, checked_text

Changes = Mapping[str, str | None]
"""The new value of each variable that changes, None for one that goes."""


def changes(
    before: Mapping[str, str], after: Mapping[str, str]
) -> dict[str, str | None]:
    """Return what turns one set of variables into another, sorted by name."""
    names = sorted({*before, *after})
    return {
        name: after.get(name) for name in names if before.get(name) != after.get(name)
    }


def _in_shell(shell: Shell, changed: Changes) -> str:
    return "\n".join(
        shell.unset_variable(name) if value is None else shell.set_variable(name, value)
        for name, value in changed.items()
    )


def _in_posix(changed: Changes) -> str:
    return _in_shell(posix, changed)


def _in_fish(changed: Changes) -> str:
    return _in_shell(fish, changed)


def _in_dotenv(changed: Changes) -> str:
    """Render a dotenv file, which cannot take a variable away."""
    return "\n".join(
        f"# {checked_name(name)} is taken away"
        if value is None
        else f"{checked_name(name)}={_dotenv_quoted(value)}"
        for name, value in changed.items()
    )


def _dotenv_quoted(value: str) -> str:
    r"""Wrap in single quotes, or in double ones with `\`, `"`, `$` and \n escaped."""
    if "'" not in checked_text(value) and "\n" not in value:
        return f"'{value}'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return '"' + escaped.replace("\n", "\\n") + '"'


def _in_github(changed: Changes) -> str:
    """Render what $GITHUB_ENV takes; a variable that goes becomes empty there."""
    return "\n".join(
        _github_block(checked_name(name), checked_text(value or ""))
        for name, value in changed.items()
    )


def _github_block(name: str, value: str) -> str:
    end = "DEVENV_END"
    while end in value:
        end += "_"
    return f"{name}<<{end}\n{value}\n{end}"


FORMATS: dict[str, Callable[[Changes], str]] = {
    "bash": _in_posix,
    "zsh": _in_posix,
    "fish": _in_fish,
    "dotenv": _in_dotenv,
    "github": _in_github,
}
"""Every format of text; JSON is the command line's."""
