"""Requirements become an environment, from the index to the tree."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from devenv.formats.requirement import the_input
from devenv.model.apt import AptPackage
from devenv.model.environment import Environment
from devenv.model.facts import PackageFacts
from devenv.model.names import NO_NAMES, NameTable
from devenv.model.requirement import Requirement
from devenv.model.resolution import Resolution
from devenv.operations.doors import Doors
from devenv.operations.make_tree import TreePlan, make_tree, plan_tree
from devenv.operations.package_set import PackageSet, open_packages
from devenv.operations.unpack_packages import (
    UnpackedPackage,
    Wanted,
    unpack_packages,
)
from devenv.plan.evidence import PERL, needed_base
from devenv.plan.names import expand_names
from devenv.plan.variables import environment
from devenv.store.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeEnvironment:
    """An environment whose tree is valid, and what it was made from."""

    plan: TreePlan
    resolution: Resolution
    environment: Environment
    index_checked_at: datetime

    @property
    def tree(self) -> Path:
        """The absolute path of the tree."""
        return Path(self.environment.trees[0])


def make_environment(
    doors: Doors,
    requirements: Sequence[Requirement],
    *,
    label: str,
    known: NameTable = NO_NAMES,
) -> MadeEnvironment:
    """Resolve, fetch, unpack and compose; what is in the store is not made again.

    A name that is no package may mean what `known` says. A root that `label`
    describes keeps the result alive; it is set before the lease on the store is
    given back.

    Raises:
        UsageError, ResolutionError: the requirements make no sense together.
        FetchError, SignatureError: something cannot be had or trusted.
        StoreError, RelocationError, UnsafeArchiveError: it cannot be made.
    """
    input_name = the_input(requirements, default=doors.default_input)
    with (
        open_packages(doors, input_name) as package_set,
        doors.store.session() as session,
    ):
        names = [
            part.pinned_name
            for requirement in requirements
            for part in expand_names(requirement, package_set.universe, known)
        ]
        resolution, packages = _realise_packages(doors, session, package_set, names)
        requested = [
            name for name, item in resolution.packages.items() if item.is_requested
        ]
        plan = plan_tree(doors, packages, requested)
        tree = make_tree(doors, session, plan)
        doors.store.add_root(root_name(label), [plan.path], label=label)
        return MadeEnvironment(
            plan=plan,
            resolution=resolution,
            environment=_environment_of(doors, tree),
            index_checked_at=package_set.checked_at,
        )


def root_name(label: str) -> str:
    """Return the name of the root that keeps an ad-hoc environment alive."""
    return f"ad-hoc-{hashlib.sha256(label.encode()).hexdigest()[:32]}"


def _realise_packages(
    doors: Doors, session: Session, package_set: PackageSet, names: Sequence[str]
) -> tuple[Resolution, Mapping[str, UnpackedPackage]]:
    """Resolve and unpack; the base set joins if a script needs it."""
    base_set = package_set.present(package_set.rules.base)
    plain = package_set.resolve(names)
    widest = package_set.resolve(names, extra=package_set.present((*base_set, PERL)))
    chosen = plain

    by_base: dict[tuple[str, ...], Resolution] = {(): plain}

    def further(facts: Iterable[PackageFacts]) -> Sequence[AptPackage]:
        nonlocal chosen
        base = package_set.present(needed_base(facts, base_set))
        if base not in by_base:
            by_base[base] = package_set.resolve(names, extra=base)
        chosen = by_base[base]
        return [item for item in _packages_of(chosen) if item in on_standby]

    on_standby = (*_packages_of(plain), *_packages_of(widest))
    wanted = Wanted(
        packages=_packages_of(plain), standby=_packages_of(widest), further=further
    )

    def unpack(wanted: Wanted) -> dict[str, UnpackedPackage]:
        return unpack_packages(
            doors,
            session,
            wanted,
            lambda missing: package_set.downloads(doors, missing),
        )

    unpacked = unpack(wanted)
    final = _packages_of(chosen)
    known = {item.package for item in unpacked.values()}
    if not known.issuperset(final):
        # The base set made another choice than standing by foresaw.
        unpacked = unpack(Wanted(packages=final, standby=(), further=lambda _: ()))
    return chosen, {item.name: unpacked[item.name] for item in final}


def _packages_of(resolution: Resolution) -> list[AptPackage]:
    return [item.package for item in resolution.packages.values()]


def _environment_of(doors: Doors, tree: Path) -> Environment:
    return environment(
        str(tree),
        doors.system,
        is_directory=lambda path: (tree / path).is_dir(),
        glob=lambda pattern: sorted(
            str(path.relative_to(tree)) for path in tree.glob(pattern)
        ),
    )
