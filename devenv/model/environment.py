"""What a composed tree asks of a process's variables."""

from collections.abc import Mapping
from dataclasses import dataclass


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

    def applied_to(self, ambient: Mapping[str, str]) -> dict[str, str]:
        """Return `ambient` as a process in this environment sees it.

        An unset or empty ambient search path leaves no empty entry behind:
        an empty entry of PATH means the current directory.
        """
        result = dict(ambient)
        for name, entries in self.prepend.items():
            tail = (ambient[name],) if ambient.get(name) else ()
            result[name] = ":".join((*entries, *tail))
        result.update(self.values)
        return result
