"""The shells that devenv speaks; one module each, listed here."""

from devenv.shells import bash, fish, posix, zsh
from devenv.shells.base import Shell

SHELLS: dict[str, Shell] = {"bash": bash, "fish": fish, "sh": posix, "zsh": zsh}
