"""What composed trees and a spec ask of a process's variables."""

from collections.abc import Mapping

from devenv.model.apply import MARKER, applied, marked
from devenv.values import dataclass, field

__all__ = ["LIBRARY_PATH", "MARKER", "Environment"]

LIBRARY_PATH = "LD_LIBRARY_PATH"
"""Where the host's programs look for libraries first."""


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
        return marked(self.values, self.trees)

    def applied_to(self, ambient: Mapping[str, str]) -> dict[str, str]:
        """Return `ambient` as a process in this environment sees it; see `applied`."""
        return applied(
            ambient,
            values=self.all_values,
            unset=self.unset,
            prepend=self.prepend,
            append=self.append,
        )
