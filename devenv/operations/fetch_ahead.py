"""Fetching for a change that waits for the user's nod, where the user wants that.

Only what the archives that were agreed to vouch for: bytes of a signed index. They
are unpacked, which runs nothing of theirs; no tree is made, nothing is activated, and
no root keeps them.
"""

from devenv.errors import DevenvError
from devenv.model.lock import Lock
from devenv.model.project import Project
from devenv.model.trust import Effects
from devenv.operations.allow_project import Comparison
from devenv.operations.doors import Doors
from devenv.operations.locked_downloads import locked_downloads
from devenv.operations.own_rules import resolution_rules
from devenv.operations.project_effects import locked_system
from devenv.operations.realise_lock import Supplies, unpack_locked
from devenv.plan.effects import row_effect
from devenv.plan.trust_decision import vouched_rows


def fetch_ahead(
    doors: Doors,
    project: Project,
    lock: Lock,
    approved: Effects,
    compared: Comparison,
) -> int:
    """Unpack the packages of a lock that nobody has agreed to yet; return how many.

    It only saves time later: what goes wrong is a warning.
    """
    vouched = vouched_rows(approved, compared.effects, compared.known_rows)
    supplies = Supplies(
        base_set=resolution_rules().base,
        downloads=locked_downloads(doors, lock, project.spec.inputs),
        rules=lock.rules,
    )
    try:
        with doors.store.session() as session:
            return unpack_locked(
                doors,
                session,
                locked_system(lock, project.system),
                supplies,
                lambda row: row_effect(row) in vouched,
            )
    except DevenvError as error:
        doors.display.warn(f"nothing is fetched ahead: {error.what}")
        return 0
