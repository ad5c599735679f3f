"""What is known of the projects that were edited last, for a change to be seen by."""

from devenv.operations.change_basis import Basis
from devenv.operations.glance import Glance
from devenv.operations.next_activation import forget_next

MAX_PROJECTS = 8


class Glances:
    """The projects that were changed last."""

    def __init__(self) -> None:
        self._known: dict[str, Glance] = {}

    def keep(self, project: str, glance: Glance | None) -> None:
        """Remember what a project is like, if that is known."""
        self._forget(project)
        if glance is not None:
            self._known[project] = glance
        for oldest in list(self._known)[:-MAX_PROJECTS]:
            self._forget(oldest)

    def spend(self, project: str) -> None:
        """Forget a project whose next activation was written."""
        self._known.pop(project, None)

    def close(self) -> None:
        """Remember nothing any more."""
        for project in tuple(self._known):
            self._forget(project)

    def of(self, project: str, basis: Basis) -> Glance | None:
        """Return what a project is like, if it is known of this very basis."""
        found = self._known.get(project)
        return found if found is not None and found.basis is basis else None

    def _forget(self, project: str) -> None:
        found = self._known.pop(project, None)
        if found is not None:
            forget_next(found.next_one)
