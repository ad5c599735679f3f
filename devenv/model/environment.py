"""What composed trees and a spec ask of a process's variables."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MARKER = "DEVENV_ENVIRONMENT"
"""The variable that tells a process which environment trees it is in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Variables to set and remove, and entries for the ambient search paths.

    `prepend` maps a variable (PATH, CMAKE_PREFIX_PATH ...) to directories, the
    first of which wins; `append` to those that come behind what there is;
    `values` maps a variable to its whole value; `unset` names those to remove.
    `trees` are the absolute paths of the environment trees, in the order of PATH.
    """

    trees: tuple[str, ...]
    prepend: Mapping[str, tuple[str, ...]]
    values: Mapping[str, str]
    append: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unset: tuple[str, ...] = ()

    @property
    def all_values(self) -> dict[str, str]:
        """The values, and the marker that names the trees."""
        marker = {MARKER: ":".join(self.trees)} if self.trees else {}
        return {**self.values, **marker}

    def applied_to(self, ambient: Mapping[str, str]) -> dict[str, str]:
        """Return `ambient` as a process in this environment sees it.

        An unset or empty ambient search path leaves no empty entry behind:
        an empty entry of PATH means the current directory. Entries that are in
        front already are not put there again, and an entry that a list has is
        not put behind it.
        """
        result = {**ambient, **self.all_values}
        for name in self.unset:
            result.pop(name, None)
        for name, entries in self.prepend.items():
            front, rest = ":".join(entries), result.get(name, "")
            if not front or rest == front or rest.startswith(f"{front}:"):
                continue
            result[name] = f"{front}:{rest}" if rest else front
        for name, entries in self.append.items():
            for entry in entries:
                held = result.get(name, "")
                if entry not in held.split(":"):
                    result[name] = f"{held}:{entry}" if held else entry
        return result
