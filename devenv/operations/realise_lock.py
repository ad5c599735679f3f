"""A lock becomes an environment: no index and no solver, hashes are enough."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from devenv.host.http import Download
from devenv.model.apt import AptPackage
from devenv.model.environment import Environment
from devenv.model.facts import PackageFacts
from devenv.model.lock import LockedPackage, LockedSystem, RulesVersions
from devenv.operations.derivations import CURRENT_RULES
from devenv.operations.doors import Doors
from devenv.operations.locked_package import as_package
from devenv.operations.make_tree import TreePlan, make_tree, plan_tree
from devenv.operations.tree_environment import tree_environment
from devenv.operations.unpack_packages import Wanted, unpack_packages
from devenv.operations.unpacked_package import (
    UnpackedPackage,
    read_facts,
    unpacked_path,
)
from devenv.plan.compose_environment import merged
from devenv.plan.evidence import PERL, needed_base
from devenv.plan.lock_closure import closure
from devenv.store.session import Session
from devenv.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from devenv.build.unpack import UnpackPool

PlanDownloads = Callable[[Sequence[LockedPackage]], Sequence[Download]]
"""Says where each locked package's archive comes from, in the order given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RealisedTree:
    """One input's tree, valid; `packages` are those that are in it, by name."""

    input: str
    plan: TreePlan
    packages: Mapping[str, LockedPackage]
    environment: Environment

    @property
    def path(self) -> Path:
        """The absolute path of the tree."""
        return Path(self.environment.trees[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Realised:
    """All trees of a locked system, in the order of PATH, as one environment."""

    trees: tuple[RealisedTree, ...]

    @property
    def environment(self) -> Environment:
        """What the trees ask for together."""
        return merged([tree.environment for tree in self.trees])


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplies:
    """What realising needs besides the lock's rows.

    `base_set` names what a shell script may use unasked; `rules` are those that
    the lock was made by; `pool` unpacks, if it was started before.
    """

    base_set: Sequence[str]
    downloads: PlanDownloads
    rules: RulesVersions = CURRENT_RULES
    pool: "UnpackPool | None" = None


def realise_locked(
    doors: Doors, session: Session, locked: LockedSystem, supplies: Supplies
) -> Realised:
    """Make a tree for each input of a locked system; what is valid is kept.

    A tree that an older devenv made by the lock's rules is used as it is; what
    has to be made is made by today's.

    Raises:
        FetchError: an archive could not be had, or is not the locked one.
        StoreError, RelocationError, UnsafeArchiveError: it cannot be made.
    """
    realised = Realised(
        trees=tuple(
            _realise_input(doors, session, _rows_of(locked, name, supplies), supplies)
            for name in locked.inputs
        )
    )
    doors.display.completed()
    return realised


def unpack_locked(
    doors: Doors,
    session: Session,
    locked: LockedSystem,
    supplies: Supplies,
    may: Callable[[LockedPackage], bool],
) -> int:
    """Unpack what a locked system's trees would be made of; return how many are new.

    An input is left out if one of its packages may not be fetched. No tree is made,
    and nothing keeps what was unpacked but the session.

    Raises:
        FetchError, StoreError, UnsafeArchiveError: as for `realise_locked`.
    """
    count = 0
    for name in locked.inputs:
        rows = _rows_of(locked, name, supplies)
        possible = [rows.by_name[each] for each in sorted(rows.possible)]
        if not all(map(may, possible)):
            continue
        paths = [unpacked_path(as_package(row)) for row in possible]
        missing = {path for path in paths if doors.store.info(path) is None}
        found = _unpack(doors, session, rows, supplies)
        count += len(missing & {item.path for item in found.values()})
    return count


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """What is locked of one input, and what of it an environment consists of."""

    input: str
    by_name: Mapping[str, LockedPackage]
    requested: Sequence[str]
    base_set: Sequence[str]

    @property
    def plain(self) -> frozenset[str]:
        """What was asked for, and what that needs."""
        return closure(self.by_name, self.requested)

    @property
    def possible(self) -> frozenset[str]:
        """What may be in the tree, whatever the evidence."""
        base = (name for name in (*self.base_set, PERL) if name in self.by_name)
        return self.plain | closure(self.by_name, base)

    def chosen(self, facts: Iterable[PackageFacts]) -> frozenset[str]:
        """Return what is in the tree, by the evidence of these facts."""
        usable = [name for name in self.base_set if name in self.by_name]
        needed = (name for name in needed_base(facts, usable) if name in self.by_name)
        return self.plain | closure(self.by_name, needed)


def _rows_of(locked: LockedSystem, name: str, supplies: Supplies) -> _Rows:
    return _Rows(
        input=name,
        by_name={row.name: row for row in locked.of_input(name)},
        requested=locked.requested_of(name),
        base_set=supplies.base_set,
    )


def _realise_input(
    doors: Doors, session: Session, rows: _Rows, supplies: Supplies
) -> RealisedTree:
    plan = _of_older_rules(doors, session, rows, supplies.rules)
    if plan is None:
        unpacked = _unpack(doors, session, rows, supplies)
        plan = plan_tree(doors, unpacked, rows.requested)
        make_tree(doors, session, plan)
    return RealisedTree(
        input=rows.input,
        plan=plan,
        packages={name: rows.by_name[name] for name in plan.packages},
        environment=tree_environment(doors.system, doors.store.path_of(plan.path)),
    )


def _unpack(
    doors: Doors, session: Session, rows: _Rows, supplies: Supplies
) -> dict[str, UnpackedPackage]:
    """Unpack what was asked for and needs; the base set joins by evidence."""
    packages = {name: as_package(row) for name, row in rows.by_name.items()}

    def plan_downloads(missing: Sequence[AptPackage]) -> Sequence[Download]:
        return supplies.downloads([rows.by_name[package.name] for package in missing])

    def further(facts: Iterable[PackageFacts]) -> Sequence[AptPackage]:
        return [packages[name] for name in sorted(rows.chosen(facts))]

    plain = rows.plain
    found = unpack_packages(
        doors,
        session,
        Wanted(
            packages=[packages[name] for name in sorted(plain)],
            standby=[packages[name] for name in sorted(rows.possible - plain)],
            further=further,
        ),
        plan_downloads,
        pool=supplies.pool,
    )
    chosen = rows.chosen([found[name].facts for name in sorted(plain)])
    return {name: found[name] for name in sorted(chosen)}


def _of_older_rules(
    doors: Doors, session: Session, rows: _Rows, rules: RulesVersions
) -> TreePlan | None:
    """Return the plan of a tree that an older devenv made, if it is valid."""
    if rules == CURRENT_RULES:
        return None
    found = _there(doors, session, rows, rows.plain, rules)
    if found is None:
        return None
    chosen = rows.chosen([item.facts for item in found.values()])
    packages = _there(doors, session, rows, chosen, rules)
    if packages is None:
        return None
    plan = plan_tree(doors, packages, rows.requested, rules)
    session.keep([plan.path])
    return plan if doors.store.info(plan.path) else None


def _there(
    doors: Doors,
    session: Session,
    rows: _Rows,
    names: Iterable[str],
    rules: RulesVersions,
) -> dict[str, UnpackedPackage] | None:
    """Return packages that were unpacked by older rules; None if one was not."""
    found = {}
    for name in sorted(names):
        package = as_package(rows.by_name[name])
        path = unpacked_path(package, rules)
        session.keep([path])
        if doors.store.info(path) is None:
            return None
        facts = read_facts(doors.store.path_of(path))
        found[name] = UnpackedPackage(package=package, path=path, facts=facts)
    return found
