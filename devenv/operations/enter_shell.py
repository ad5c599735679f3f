"""`devenv shell`: the user's own shell, in an environment."""

import os
import pwd
from collections.abc import Mapping, Sequence
from pathlib import Path

from devenv.host.execute import is_program
from devenv.model.environment import Environment
from devenv.model.spec import ShellText
from devenv.operations.doors import Doors
from devenv.operations.start_files import NO_TEXTS, write_start_files
from devenv.shells import SHELLS
from devenv.shells.project_text import text_of
from devenv.shells.start import ShellStart, plan_shell

_FALLBACKS = ("/bin/bash", "/usr/bin/bash", "/bin/sh")


def enter_shell(
    doors: Doors,
    environment: Environment,
    *,
    pure: bool = False,
    keep: Sequence[str] = (),
    command: str | None = None,
    texts: Mapping[str, ShellText] = NO_TEXTS,
) -> ShellStart:
    """Return how to start the user's shell; its start files are in place then.

    See `devenv.shells.start.plan_shell` for the arguments; `texts` are what a
    project wants to be run, by shell, "" for every shell.

    Raises:
        OSError: the state folder cannot be written.
        StoreError: it is open to others.
    """
    shell, program = user_shell(doors.env, shell_in_user_database())
    directory = write_start_files(doors.directories.state, environment, texts)
    return plan_shell(
        shell,
        environment,
        program=program,
        ambient=doors.env,
        directory=str(directory),
        pure=pure,
        keep=keep,
        command=command,
        text=text_of(texts, shell),
    )


def user_shell(env: Mapping[str, str], registered: str) -> tuple[str, str]:
    """Return which shell the user uses (a key of `SHELLS`) and its path.

    That is $SHELL, else the `registered` one, if we know how to start it in an
    environment; else bash; else sh.
    """
    for program in (env.get("SHELL", ""), registered, *_FALLBACKS):
        shell = Path(program).name
        if program.startswith("/") and shell in SHELLS and is_program(Path(program)):
            return shell, program
    return "sh", _FALLBACKS[-1]


def shell_in_user_database() -> str:
    """Return the login shell of this user, empty if there is no such user."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_shell
    except KeyError:
        return ""
