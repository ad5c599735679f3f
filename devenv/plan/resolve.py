"""Choose packages: from requirements to one version of each name.

The way apt goes: simple dependencies first, then choices, the newest version
of each, the first alternative that is there. One release of an archive is
consistent in itself, so this nearly always goes straight through; when it does
not, `devenv.plan.search` goes back to a choice that has to do with it. A SAT
solver was rejected: no archive that was measured needs one, and what it
answers is hard to explain.

Conflicts and Breaks are not looked at: nothing is installed over anything.
"""

from collections.abc import Iterable, Mapping, Sequence

from devenv.model.apt import AptPackage, Relation
from devenv.model.resolution import Resolution, ResolutionRules, ResolvedPackage
from devenv.plan import explain
from devenv.plan.candidates import Offers, PackageSet, Want
from devenv.plan.names import has_prefix
from devenv.plan.search import Found, Search


def resolve(
    requested: Sequence[str],
    packages: PackageSet,
    rules: ResolutionRules,
    extra: Sequence[str] = (),
) -> Resolution:
    """Return packages that meet every requirement and each other's.

    A requirement is `name` or `name@V`, where V is a dotted prefix of the
    upstream version (`nodejs@20`) or a whole version. A name that exactly one
    package provides means that package. `extra` are requirements nobody made:
    they are met last, so that they change nothing of what is chosen for
    `requested` as long as that is possible. Neither order matters.

    Raises:
        UnknownPackageError: no package has or provides a name.
        ResolutionError: a version is not there, a name has several providers,
            or a dependency cannot be met.
    """
    answers = _answers(requested, packages)
    additions = _answers(extra, packages)
    names = frozenset(answers.values())
    offers = Offers(packages=packages, rules=rules, requested=names)
    wants = _wants(answers, packages)
    found = Search(offers, wants, _wants(additions, packages)).run()
    return Resolution(
        packages=_resolved(found, names),
        requested=tuple(sorted(names)),
        answers=answers,
        skipped=_skipped(found),
    )


def _answers(requirements: Iterable[str], packages: PackageSet) -> dict[str, str]:
    """Return, sorted by requirement, the package that each one names."""
    answers: dict[str, str] = {}
    unknown: list[str] = []
    for requirement in sorted(set(requirements)):
        name = requirement.partition("@")[0]
        if not packages.versions(name):
            providers = {package.name for package, _ in packages.providers(name)}
            if len(providers) > 1:
                raise explain.ambiguous(name, sorted(providers))
            if not providers:
                unknown.append(name)
                continue
            (name,) = providers
        answers[requirement] = name
    if unknown:
        raise explain.unknown(unknown, packages)
    return answers


def _wants(answers: Mapping[str, str], packages: PackageSet) -> list[Want]:
    return [
        Want(
            options=(Relation(name=name),),
            presets=_fitting(requirement, name, packages),
        )
        for requirement, name in answers.items()
    ]


def _fitting(
    requirement: str, name: str, packages: PackageSet
) -> tuple[AptPackage, ...]:
    """Return the versions that a requirement allows, the newest first."""
    prefix = requirement.partition("@")[2]
    versions = packages.versions(name)
    fitting = tuple(
        package
        for package in versions
        if package.version == prefix
        or has_prefix(packages.upstream(package.version), prefix)
    )
    if not fitting:
        raise explain.no_such_version(requirement, name, packages)
    return fitting


def _resolved(found: Found, requested: frozenset[str]) -> dict[str, ResolvedPackage]:
    required_by: dict[str, set[str]] = {name: set() for name in found.chosen}
    depends_on: dict[str, set[str]] = {name: set() for name in found.chosen}
    for wanter, name in found.edges:
        if wanter:
            required_by[name].add(wanter)
            depends_on[wanter].add(name)
    return {
        name: ResolvedPackage(
            package=found.chosen[name],
            required_by=tuple(sorted(required_by[name])),
            is_requested=name in requested,
            depends_on=tuple(sorted(depends_on[name])),
        )
        for name in sorted(found.chosen)
    }


def _skipped(found: Found) -> dict[str, str]:
    first: dict[str, str] = {}
    for name, wanter in found.skipped:
        first.setdefault(name, wanter)
    return dict(sorted(first.items()))
