from devenv.model.resolution import Resolution, ResolutionRules
from devenv.plan.resolve import resolve
from tests.fixtures.package_sets import PackagesInMemory
from tests.fixtures.packages_text import packages_text_of


def resolved(universe: dict[str, str], *names: str) -> Resolution:
    packages = PackagesInMemory(packages_text_of(universe))
    return resolve(names, packages, ResolutionRules())


def test_a_closure_follows_dependencies_and_ends_in_cycles() -> None:
    resolution = resolved(
        {"aa 1": "bb", "bb 1": "cc", "cc 1": "aa", "dd 1": "cc", "ee 1": ""},
        "dd",
        "ee",
    )

    assert resolution.closure(["bb"]) == {"aa", "bb", "cc"}
    assert resolution.closure(["dd", "ee"]) == set(resolution.packages)
    assert resolution.closure([]) == frozenset()
