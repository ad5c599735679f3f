"""Generations: the numbered environments that a project has had."""

from datetime import datetime

from devenv.model.store_path import StorePath
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One environment of a project, as it was when it was made.

    `project` is the project's folder; `trees` are the environment's, in the order
    of PATH, with the folder of `libraries` last; `lock_sha256` (hex) is that of the
    lock's text, which is kept beside. `spec_sha256` (hex) is over everything that
    the spec was read from; it tells whether the spec is still that one.
    """

    number: int
    project: str
    system: str
    made_at: datetime
    trees: tuple[StorePath, ...]
    lock_sha256: str
    spec_sha256: str

    def is_same_environment(self, other: "Generation") -> bool:
        """Tell whether both are the same trees, of the same lock."""
        return (
            self.trees == other.trees
            and self.lock_sha256 == other.lock_sha256
            and self.system == other.system
        )
