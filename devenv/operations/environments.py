"""Requirements become an environment, from the index to the tree."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from devenv.formats.requirement import the_input
from devenv.model.environment import Environment
from devenv.model.requirement import Requirement
from devenv.model.resolution import Resolution
from devenv.operations.doors import Doors
from devenv.operations.make_tree import TreePlan, make_tree, plan_tree
from devenv.operations.package_set import DEFAULT_INPUT, PackageSet, open_packages
from devenv.operations.unpack_packages import UnpackedPackage, unpack_packages
from devenv.plan.evidence import needed_base
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
        return Path(self.environment.tree)


def make_environment(
    doors: Doors, requirements: Sequence[Requirement], *, label: str
) -> MadeEnvironment:
    """Resolve, fetch, unpack and compose; what is in the store is not made again.

    A root that `label` describes keeps the result alive; it is set before the
    lease on the store is given back.

    Raises:
        UsageError, ResolutionError: the requirements make no sense together.
        FetchError, SignatureError: something cannot be had or trusted.
        StoreError, RelocationError, UnsafeArchiveError: it cannot be made.
    """
    input_name = the_input(requirements, default=DEFAULT_INPUT)
    names = [requirement.pinned_name for requirement in requirements]
    with (
        open_packages(doors, input_name) as package_set,
        doors.store.session() as session,
    ):
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
    """Resolve and unpack; once more with the base set, if a script needs it."""

    def unpack(
        resolution: Resolution, known: Mapping[str, UnpackedPackage]
    ) -> dict[str, UnpackedPackage]:
        return unpack_packages(
            doors,
            session,
            [item.package for item in resolution.packages.values()],
            lambda missing: package_set.downloads(doors, missing),
            known=known,
        )

    resolution = package_set.resolve(names)
    packages = unpack(resolution, {})
    facts = [item.facts for item in packages.values()]
    base = needed_base(facts, package_set.rules.base)
    if base:
        resolution = package_set.resolve(names, extra=base)
        packages = unpack(resolution, packages)
    return resolution, packages


def _environment_of(doors: Doors, tree: Path) -> Environment:
    return environment(
        str(tree),
        doors.system,
        is_directory=lambda path: (tree / path).is_dir(),
        glob=lambda pattern: sorted(
            str(path.relative_to(tree)) for path in tree.glob(pattern)
        ),
    )
