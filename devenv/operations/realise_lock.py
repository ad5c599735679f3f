"""A lock becomes an environment: no index and no solver, hashes are enough."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from devenv.host.http import Download
from devenv.model.apt import AptPackage
from devenv.model.environment import Environment
from devenv.model.facts import PackageFacts
from devenv.model.lock import LockedPackage, LockedSystem
from devenv.operations.doors import Doors
from devenv.operations.make_tree import TreePlan, make_tree, plan_tree
from devenv.operations.unpack_packages import (
    UnpackedPackage,
    Wanted,
    unpack_packages,
)
from devenv.plan.compose_environment import merged
from devenv.plan.evidence import PERL, needed_base
from devenv.plan.lock_closure import closure
from devenv.plan.variables import environment
from devenv.store.session import Session

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


def realise_locked(
    doors: Doors,
    session: Session,
    locked: LockedSystem,
    *,
    base_set: Sequence[str],
    downloads: PlanDownloads,
) -> Realised:
    """Make a tree for each input of a locked system; what is valid is kept.

    `base_set` names what a shell script may use unasked.

    Raises:
        FetchError: an archive could not be had, or is not the locked one.
        StoreError, RelocationError, UnsafeArchiveError: it cannot be made.
    """
    return Realised(
        trees=tuple(
            _realise_input(doors, session, locked, name, base_set, downloads)
            for name in locked.inputs
        )
    )


def _realise_input(
    doors: Doors,
    session: Session,
    locked: LockedSystem,
    name: str,
    base_set: Sequence[str],
    downloads: PlanDownloads,
) -> RealisedTree:
    rows = {row.name: row for row in locked.of_input(name)}
    requested = locked.requested_of(name)
    unpacked = _unpack(doors, session, rows, requested, base_set, downloads)
    plan = plan_tree(doors, unpacked, requested)
    tree = make_tree(doors, session, plan)
    return RealisedTree(
        input=name,
        plan=plan,
        packages={name: rows[name] for name in unpacked},
        environment=tree_environment(doors, tree),
    )


def _unpack(
    doors: Doors,
    session: Session,
    rows: Mapping[str, LockedPackage],
    requested: Sequence[str],
    base_set: Sequence[str],
    downloads: PlanDownloads,
) -> dict[str, UnpackedPackage]:
    """Unpack what was asked for and needs; the base set joins by evidence."""
    packages = {name: as_package(row) for name, row in rows.items()}
    plain = closure(rows, requested)
    usable = [name for name in base_set if name in rows]

    def with_base(facts: Iterable[PackageFacts]) -> frozenset[str]:
        needed = [name for name in needed_base(facts, usable) if name in rows]
        return plain | closure(rows, needed)

    possible = plain | closure(rows, [name for name in (*usable, PERL) if name in rows])

    def plan_downloads(missing: Sequence[AptPackage]) -> Sequence[Download]:
        return downloads([rows[package.name] for package in missing])

    found = unpack_packages(
        doors,
        session,
        Wanted(
            packages=[packages[name] for name in sorted(plain)],
            standby=[packages[name] for name in sorted(possible - plain)],
            further=lambda facts: [packages[name] for name in sorted(with_base(facts))],
        ),
        plan_downloads,
    )
    chosen = with_base([found[name].facts for name in sorted(plain)])
    return {name: found[name] for name in sorted(chosen)}


def as_package(row: LockedPackage) -> AptPackage:
    """Return a locked package as the unpacker wants it; no edges, no words."""
    return AptPackage(
        name=row.name,
        version=row.version,
        architecture=row.architecture,
        filename=row.location,
        sha256=row.sha256,
        size=row.size,
        installed_size_kib=row.unpacked_kib,
        source=row.name,
        section="",
        priority="",
        multi_arch="",
        description="",
        pocket=row.pocket,
    )


def tree_environment(doors: Doors, tree: Path) -> Environment:
    """Return what a tree that is there asks of the variables."""
    return environment(
        str(tree),
        doors.system,
        is_directory=lambda path: (tree / path).is_dir(),
        glob=lambda pattern: sorted(
            str(path.relative_to(tree)) for path in tree.glob(pattern)
        ),
    )
