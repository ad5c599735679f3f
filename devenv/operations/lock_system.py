"""What a spec asks for on one system, resolved: one resolution for each input."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress

from devenv.errors import DevenvError
from devenv.model.lock import Answer, LockedPackage, LockedSystem
from devenv.model.names import NameTable
from devenv.model.resolution import Resolution
from devenv.model.spec import Spec, SpecRequirement
from devenv.operations.lock_joins import Choice, Joins
from devenv.operations.package_set import PackageSet
from devenv.operations.project_inputs import asked_inputs
from devenv.plan import explain
from devenv.plan.evidence import PERL
from devenv.plan.explain_versions import no_version_anywhere, without_repacking
from devenv.plan.lock_rows import rows_of
from devenv.plan.lock_update import Update
from devenv.plan.names import Meaning, first_fitting, meanings
from devenv.plan.pinned_packages import PinnedPackages, other_bytes
from devenv.plan.resolve import resolve
from devenv.values import dataclass, field


@dataclass(slots=True, kw_only=True)
class SystemSolver:
    """One system of a lock in the making.

    `open_input` opens an input by its name. `previous` is what was locked, of
    which `settled` inputs stay as they are without a look, and the packages of
    `moved` inputs are not kept (another archive has their name now).
    `asks_the_same` tells that the requirements are those of `previous`. `say`
    tells the user of what is odd.
    """

    spec: Spec
    open_input: Callable[[str], PackageSet]
    names: NameTable
    previous: LockedSystem | None
    update: Update
    settled: frozenset[str]
    moved: frozenset[str]
    asks_the_same: bool
    say: Callable[[str], None]
    _pinned: dict[str, PinnedPackages] = field(default_factory=dict)

    def solve(self) -> LockedSystem:
        """Return the system's part of the lock, without its libraries.

        Raises:
            ResolutionError: something is not there, or does not fit together.
            FetchError, SignatureError: an input cannot be had or trusted.
        """
        choices = self._joined([self._choice(item) for item in self.spec.requirements])
        inputs = dict.fromkeys(choice.input for choice in choices)
        solved = {
            name: self._resolution(name, choices)
            for name in inputs
            if name not in self.settled
        }
        rows: list[LockedPackage] = []
        for name in sorted(inputs):
            if name in solved:
                packages = self._packages(name)
                rows.extend(rows_of(solved[name], packages, input_name=name))
            else:
                rows.extend(self._locked(name))
        return LockedSystem(
            requirements={
                choice.item.text: self._answers(choice, solved) for choice in choices
            },
            packages=tuple(rows),
            default_input=self.spec.default_input,
        )

    def _joined(self, choices: Sequence[Choice]) -> Sequence[Choice]:
        """Put what has no programs where what uses it is (the split rule)."""
        inputs = {choice.input for choice in choices}
        if len(inputs) == 1 or all(choice.is_kept for choice in choices):
            return choices
        joins = Joins(
            choices=choices,
            packages=self._packages,
            resolution=self._resolution,
            names=self.names,
        )
        return joins.joined()

    def _answers(
        self, choice: Choice, solved: Mapping[str, Resolution]
    ) -> tuple[Answer, ...]:
        if choice.input not in solved and self.previous is not None:
            return self.previous.requirements[choice.item.text]
        found = solved[choice.input].answers
        return tuple(
            Answer(input=choice.input, package=found[name]) for name in choice.names
        )

    def _choice(self, item: SpecRequirement) -> Choice:
        """Return the first input that has what is required."""
        required = item.requirement
        locked = self._locked_input(item)
        if locked in self.settled:
            return Choice(item=item, input=locked, meaning=(required,), is_kept=True)
        possible = meanings(required, self.names)
        if locked and self.asks_the_same:
            found = first_fitting(possible, self._packages(locked))
            if found is not None:
                return Choice(item=item, input=locked, meaning=found, is_kept=True)
        if required.input or not required.version:
            name = required.input or self.spec.default_input
            found = first_fitting(possible, self._packages(name))
            if found is None:
                self._check_is_there(item, name)
            return Choice(item=item, input=name, meaning=found or (required,))
        return self._first_that_has(item, possible, locked)

    def _check_is_there(self, item: SpecRequirement, name: str) -> None:
        """Refuse a name that nothing has or provides, and a version that is not."""
        packages = self._packages(name)
        wanted = item.requirement.name
        if packages.versions(wanted):
            error = explain.no_such_version(item.text, wanted, packages)
        elif not packages.providers(wanted):
            error = explain.unknown([wanted], packages)
            if other := self._own_input_with(wanted, but=name):
                error.hint = f"{other} has it: write {other}:{wanted}"
        else:
            return
        error.where = str(item.place)
        raise error

    def _own_input_with(self, wanted: str, *, but: str) -> str | None:
        """Return the input of the spec's own that has a package, if one has."""
        for name in self.spec.inputs:
            with suppress(DevenvError):
                if name != but and self._packages(name).versions(wanted):
                    return name
        return None

    def _first_that_has(
        self, item: SpecRequirement, possible: Sequence[Meaning], locked: str
    ) -> Choice:
        """Ask the inputs in order for a version; the locked one comes first."""
        failures: dict[str, DevenvError] = {}
        names = (
            (locked, *asked_inputs(self.spec)) if locked else asked_inputs(self.spec)
        )
        for name in dict.fromkeys(names):
            try:
                found = first_fitting(possible, self._packages(name))
            except DevenvError as error:
                failures[name] = error
                continue
            if found is not None:
                if failures:
                    # A later input must not win because an earlier one is away.
                    raise next(iter(failures.values()))
                return Choice(item=item, input=name, meaning=found)
        raise no_version_anywhere(
            item.text,
            {
                name: self._upstream_versions(name, possible)
                for name in names
                if name not in failures
            },
            failures,
            where=str(item.place),
        )

    def _upstream_versions(
        self, name: str, possible: Sequence[Meaning]
    ) -> tuple[str, ...]:
        """Return what an input has instead; a package of another name is named."""
        packages = self._packages(name)
        wanted = dict.fromkeys(meaning[0].name for meaning in possible)
        asked = next(iter(wanted))
        versions = {
            package: dict.fromkeys(
                without_repacking(packages.upstream(found.version))
                for found in packages.versions(package)
            )
            for package in wanted
        }
        return tuple(
            version if package == asked else f"{package} {version}"
            for package, found in versions.items()
            for version in found
        )

    def _resolution(self, name: str, choices: Iterable[Choice]) -> Resolution:
        opened = self.open_input(name)
        wanted = [
            part for choice in choices if choice.input == name for part in choice.names
        ]
        return resolve(
            sorted(set(wanted)),
            self._packages(name),
            opened.rules,
            extra=opened.present((*opened.rules.base, PERL)),
        )

    def _packages(self, name: str) -> PinnedPackages:
        """Return an input's packages, with what is kept of the lock before them."""
        if name not in self._pinned:
            opened = self.open_input(name)
            kept = self._kept(name, opened)
            self._pinned[name] = PinnedPackages(opened.universe, kept)
        return self._pinned[name]

    def _kept(self, name: str, opened: PackageSet) -> tuple[LockedPackage, ...]:
        if name in self.moved:
            return ()
        pockets = {snapshot.pocket.name for snapshot in opened.snapshots}
        kept = [
            row for row in self.update.kept(self._locked(name)) if row.pocket in pockets
        ]
        replaced = other_bytes(kept, opened.universe)
        for row in replaced:
            self.say(
                f"{name} has {row.name} {row.version} with another hash than the"
                " lock: taken from the index"
            )
        return tuple(row for row in kept if row not in replaced)

    def _locked(self, name: str) -> tuple[LockedPackage, ...]:
        return self.previous.of_input(name) if self.previous else ()

    def _locked_input(self, item: SpecRequirement) -> str:
        """Return the input that has answered a requirement so far, or nothing."""
        if self.previous is None or item.text not in self.previous.requirements:
            return ""
        if self.update.moves_requirement(item.text, item.requirement.name):
            return ""
        return self.previous.requirements[item.text][0].input
