"""Requirements of the command line become an environment: locked in passing."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime

from devenv.model.environment import Environment
from devenv.model.lock import Lock, LockedSystem
from devenv.model.requirement import Requirement
from devenv.model.spec import Place, Spec, SpecInput, SpecRequirement
from devenv.operations.ad_hoc_record import root_name
from devenv.operations.derivations import CURRENT_RULES
from devenv.operations.doors import Doors
from devenv.operations.early_unpacker import early_unpacker
from devenv.operations.known_names import name_table
from devenv.operations.lock_system import SystemSolver
from devenv.operations.locked_downloads import locked_downloads
from devenv.operations.opened_inputs import OpenedInputs
from devenv.operations.own_rules import resolution_rules
from devenv.operations.realise_lock import (
    PlanDownloads,
    Realised,
    Supplies,
    realise_locked,
)
from devenv.plan.lock_update import NO_UPDATE
from devenv.values import dataclass

COMMAND_LINE = Place(file="the command line", line=0, key="")


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeEnvironment:
    """An environment whose trees are valid, and what it was made from.

    `downloads` say where the archives of its packages come from.
    """

    locked: LockedSystem
    realised: Realised
    environment: Environment
    index_checked_at: datetime
    downloads: PlanDownloads


def make_environment(
    doors: Doors, requirements: Sequence[Requirement], *, label: str
) -> MadeEnvironment:
    """Resolve, fetch, unpack and compose; what is in the store is not made again.

    Inputs are the built-in ones and the user's own, whatever project is around.
    A root that `label` describes keeps the result alive; it is set before the
    lease on the store is given back.

    Raises:
        UsageError, ResolutionError: the requirements make no sense together.
        FetchError, SignatureError: something cannot be had or trusted.
        StoreError, RelocationError, UnsafeArchiveError: it cannot be made.
    """
    spec = _spec(doors, requirements)
    with ExitStack() as stack:
        opened = OpenedInputs(doors=doors, stack=stack)
        locked = _solver(doors, spec, opened).solve()
        lock = Lock(
            rules=CURRENT_RULES,
            inputs=dict(opened.locked),
            systems={doors.system.name: locked},
        )
        supplies = Supplies(
            base_set=resolution_rules().base,
            downloads=locked_downloads(doors, lock, spec.inputs),
            pool=stack.enter_context(early_unpacker(doors, locked)),
        )
        with doors.store.session() as session:
            realised = realise_locked(doors, session, locked, supplies)
            paths = [tree.plan.path for tree in realised.trees]
            doors.store.add_root(root_name(label), paths, label=label)
        return MadeEnvironment(
            locked=locked,
            realised=realised,
            environment=realised.environment,
            index_checked_at=opened.checked_at,
            downloads=supplies.downloads,
        )


def _spec(doors: Doors, requirements: Sequence[Requirement]) -> Spec:
    """Return what the command line and the user's configuration say, as a spec."""
    folder = str(doors.directories.config)
    return Spec(
        system=doors.system.name,
        default_input=doors.default_input,
        requirements=tuple(
            SpecRequirement(
                requirement=requirement,
                text=requirement.text,
                place=COMMAND_LINE,
            )
            for requirement in requirements
        ),
        inputs={
            name: SpecInput(name=name, table=table, folder=folder, place=COMMAND_LINE)
            for name, table in doors.configuration.inputs.items()
        },
    )


def _solver(doors: Doors, spec: Spec, opened: OpenedInputs) -> SystemSolver:
    return SystemSolver(
        spec=spec,
        open_input=lambda name: opened.open(spec, doors.system, name),
        names=name_table(),
        previous=None,
        update=NO_UPDATE,
        settled=frozenset(),
        moved=frozenset(),
        asks_the_same=False,
        say=doors.display.warn,
    )
