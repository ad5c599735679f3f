"""Which tree a package without programs goes to: the split rule, applied."""

from collections.abc import Callable, Iterable, Sequence

from devenv.model.apt import AptPackage
from devenv.model.names import NameTable
from devenv.model.resolution import Resolution
from devenv.model.spec import SpecRequirement
from devenv.plan.names import Meaning, first_fitting, meanings
from devenv.plan.pinned_packages import PinnedPackages
from devenv.plan.split_rule import (
    build_split,
    direct_needs,
    has_compiler,
    is_for_building,
    is_library,
    is_module,
    module_split,
)
from devenv.values import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which input a requirement is asked of, and what it means there.

    `is_kept` tells that the lock had it of this input, beside the same others.
    """

    item: SpecRequirement
    input: str
    meaning: Meaning
    is_kept: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """What is asked of the solver: `name` or `name@V`."""
        return tuple(requirement.pinned_name for requirement in self.meaning)


@dataclass(frozen=True, slots=True, kw_only=True)
class Joins:
    """What was chosen for each requirement, and how to look into the inputs.

    `packages` returns those of an input, `resolution` what its part of some
    choices brings in.
    """

    choices: Sequence[Choice]
    packages: Callable[[str], PinnedPackages]
    resolution: Callable[[str, Iterable[Choice]], Resolution]
    names: NameTable

    def joined(self) -> list[Choice]:
        """Return the choices, with modules and libraries where they are of use.

        Raises:
            ResolutionError: one of them is split from what uses it.
        """
        modules = [self._with_interpreter(choice) for choice in self.choices]
        if not any(self._is(is_library, choice) for choice in modules):
            return modules
        programs = [choice for choice in modules if not self._is(is_library, choice)]
        compilers = [
            name
            for name in dict.fromkeys(choice.input for choice in programs)
            if has_compiler(self.resolution(name, programs))
        ]
        if not compilers:
            return modules
        return [
            self._with_compiler(choice, compilers)
            if self._is(is_library, choice)
            else choice
            for choice in modules
        ]

    def _with_interpreter(self, choice: Choice) -> Choice:
        """Move a module to the input that its interpreter was asked of."""
        if choice.item.requirement.input or not self._is(is_module, choice):
            return choice
        needed = {
            name for package in self._newest(choice) for name in direct_needs(package)
        }
        inputs = [
            other.input
            for other in self.choices
            if needed.intersection(part.name for part in other.meaning)
        ]
        if not inputs or choice.input in inputs:
            return choice
        moved = self._moved(choice, inputs)
        if moved is None:
            raise module_split(
                choice.item.text, choice.input, inputs, where=str(choice.item.place)
            )
        return moved

    def _with_compiler(self, choice: Choice, compilers: Sequence[str]) -> Choice:
        """Move a library to an input that can build with it."""
        if choice.input in compilers:
            return choice
        is_free = choice.item.requirement.input is None
        # A module that has moved stays with its interpreter.
        if is_free and not self._is(is_module, choice):
            moved = self._moved(choice, compilers)
            if moved is not None:
                return moved
        if not self._is(is_for_building, choice):
            return choice
        raise build_split(
            choice.item.text, choice.input, compilers, where=str(choice.item.place)
        )

    def _moved(self, choice: Choice, inputs: Iterable[str]) -> Choice | None:
        """Return the same of the first of `inputs` that has it."""
        possible = meanings(choice.item.requirement, self.names)
        for name in inputs:
            found = first_fitting(possible, self.packages(name))
            if found is not None:
                return replace(choice, input=name, meaning=found)
        return None

    def _is(self, what: Callable[[AptPackage], bool], choice: Choice) -> bool:
        """Tell whether all packages of a choice are of a kind."""
        newest = self._newest(choice)
        return len(newest) == len(choice.meaning) and all(map(what, newest))

    def _newest(self, choice: Choice) -> list[AptPackage]:
        packages = self.packages(choice.input)
        return [
            found
            for part in choice.meaning
            for found in packages.versions(part.name)[:1]
        ]
