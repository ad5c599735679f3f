"""What a composed tree asks of a process's variables."""

from collections.abc import Mapping
from dataclasses import dataclass

MARKER = "DEVENV_ENVIRONMENT"
"""The variable that tells a process which environment tree it is in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Variables to set, and search paths to put in front of the ambient ones.

    `prepend` maps a variable (PATH, CMAKE_PREFIX_PATH ...) to directories, the
    first of which wins; `values` maps a variable to its whole value.
    `tree` is the absolute path of the environment tree.
    """

    tree: str
    prepend: Mapping[str, tuple[str, ...]]
    values: Mapping[str, str]

    @property
    def all_values(self) -> dict[str, str]:
        """The values, and the marker that names the tree."""
        return {**self.values, MARKER: self.tree}

    def applied_to(self, ambient: Mapping[str, str]) -> dict[str, str]:
        """Return `ambient` as a process in this environment sees it.

        An unset or empty ambient search path leaves no empty entry behind:
        an empty entry of PATH means the current directory. Entries that are in
        front already are not put there again.
        """
        result = {**ambient, **self.all_values}
        for name, entries in self.prepend.items():
            front, rest = ":".join(entries), ambient.get(name, "")
            if not front or rest == front or rest.startswith(f"{front}:"):
                continue
            result[name] = f"{front}:{rest}" if rest else front
        return result
