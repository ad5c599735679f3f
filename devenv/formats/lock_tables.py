"""A lock's TOML tables as values, each checked: a lock can be edited by anyone."""

from collections.abc import Mapping, Sequence

from devenv.errors import LockError
from devenv.formats import debian_version
from devenv.formats.lock_values import (
    Table,
    check_keys,
    date_of,
    list_of,
    matching_text,
    number_of,
    table_of,
    tables_of,
    text_of,
)
from devenv.formats.requirement import INPUT_NAME
from devenv.formats.toml_lines import key
from devenv.model.lock import (
    Answer,
    Lock,
    LockedInput,
    LockedLibraries,
    LockedPackage,
    LockedPocket,
    LockedSystem,
    RulesVersions,
)
from devenv.model.systems import SYSTEMS
from devenv.patterns import late_pattern

LOCK_VERSION = 1

_NEWER = "upgrade devenv, or take the lock back from version control"
_SYSTEM = late_pattern(r"[a-z0-9_]+-[a-z]+")
_INPUT = late_pattern(INPUT_NAME)
_NAME = late_pattern(r"[a-z0-9][a-z0-9+.-]+")
_POCKET = late_pattern(r"[a-z0-9][A-Za-z0-9._+-]*")
_SHA256 = late_pattern(r"[0-9a-f]{64}")
# What is joined to an archive's address: no host, no way up, no way out.
_LOCATION = late_pattern(
    r"(?!/)(?!.*//)(?!(?:.*/)?\.\.(?:/|$))(?![A-Za-z0-9+.-]*:)[!-\[\]-~]*[!-.0-\[\]-~]"
)
_NEED = late_pattern(
    r"([a-z0-9][a-z0-9+.-]+)(?: \((?:<<|<=|=|>=|>>) [A-Za-z0-9.+~:-]+\))?"
)
_REQUIRED = ("version", "architecture", "pocket", "location", "sha256", "size")
_PACKAGE_KEYS = frozenset({*_REQUIRED, "unpacked_kib", "needs", "base", "seen"})
_ARCHITECTURES = {
    system.name: system.debian_architecture for system in SYSTEMS.values()
}


def read_document(document: Table) -> Lock:
    """Return the lock that a whole document is.

    Raises:
        LockError: something in it is not what devenv writes. `where` is the
            dotted key.
    """
    version = document.get("version")
    if type(version) is not int or version < 1:
        raise LockError("the lock does not say its version", where="version")
    if version > LOCK_VERSION:
        raise LockError(
            f"the lock is of a newer devenv: its version is {version}, this devenv"
            f" reads {LOCK_VERSION}",
            where="version",
            hint=_NEWER,
        )
    inputs = {
        name: _input(name, table, at=f"inputs.{name}")
        for name, table in sorted(tables_of(document, "inputs", at=""))
    }
    names = [name for name in document if name not in {"version", "rules", "inputs"}]
    for name in names:
        if not _SYSTEM.fullmatch(name):
            raise LockError(f"a lock has no key {name!r}", where=name)
    return Lock(
        rules=_rules(table_of(document, "rules", at="")),
        inputs=inputs,
        systems={
            name: _system(name, table_of(document, name, at=""), inputs)
            for name in sorted(names)
        },
    )


def _rules(table: Table) -> RulesVersions:
    names = ("unpack", "relocation", "bytecode", "tree")
    check_keys(table, names, at="rules.")
    return RulesVersions(
        **{name: number_of(table, name, at="rules.") for name in names}
    )


def _input(name: str, table: Table, *, at: str) -> LockedInput:
    if not _INPUT.fullmatch(name):
        raise LockError(f"{name!r} is not the name of an input", where=at)
    check_keys(table, ("definition", "pockets"), at=f"{at}.")
    pockets = tuple(
        _pocket(item, at=f"{at}.pockets")
        for item in list_of(table, "pockets", dict, at=f"{at}.")
    )
    if not pockets or len({pocket.name for pocket in pockets}) < len(pockets):
        raise LockError("expected pockets, each once", where=f"{at}.pockets")
    has_definition = "definition" in table
    return LockedInput(
        name=name,
        pockets=pockets,
        definition=matching_text(table, "definition", _SHA256, at=f"{at}.")
        if has_definition
        else "",
    )


def _pocket(table: Table, *, at: str) -> LockedPocket:
    check_keys(table, ("name", "date", "sha256"), at=f"{at}.")
    return LockedPocket(
        name=matching_text(table, "name", _POCKET, at=f"{at}."),
        date=date_of(table, "date", at=f"{at}."),
        sha256=matching_text(table, "sha256", _SHA256, at=f"{at}."),
    )


def _system(name: str, table: Table, inputs: Mapping[str, LockedInput]) -> LockedSystem:
    known = ("default_input", "requirements", "libraries", "packages")
    check_keys(table, known, at=f"{name}.")
    packages = _packages(table, name, inputs, at=f"{name}.")
    _check_edges(packages, at=f"{name}.packages")
    libraries = None
    if "libraries" in table:
        libraries = _libraries(
            table_of(table, "libraries", at=f"{name}."), name, inputs
        )
    return LockedSystem(
        requirements=_requirements(table, packages, at=f"{name}.requirements"),
        packages=packages,
        libraries=libraries,
        default_input=matching_text(table, "default_input", _INPUT, at=f"{name}."),
    )


def _requirements(
    table: Table, packages: Sequence[LockedPackage], *, at: str
) -> dict[str, tuple[Answer, ...]]:
    known = {Answer(input=item.input, package=item.name) for item in packages}
    found: dict[str, tuple[Answer, ...]] = {}
    for item in list_of(table, "requirements", dict, at=at.rpartition("requ")[0]):
        check_keys(item, ("written", "packages"), at=f"{at}.")
        written = text_of(item, "written", at=f"{at}.")
        answers = tuple(
            Answer(input=parts[0], package=parts[2])
            for text in list_of(item, "packages", str, at=f"{at}.")
            if (parts := text.partition(":"))
        )
        if written in found or not answers:
            raise LockError(
                f"the requirement {written!r} stands there twice, or unanswered",
                where=at,
            )
        for answer in answers:
            if answer not in known:
                raise LockError(
                    f"{written!r} is answered by {answer}, which is not in the lock",
                    where=at,
                )
        found[written] = answers
    return found


def _libraries(
    table: Table, system: str, inputs: Mapping[str, LockedInput]
) -> LockedLibraries:
    at = f"{system}.libraries."
    check_keys(table, ("input", "c_library", "requirements", "packages"), at=at)
    packages = _packages(table, system, inputs, at=at)
    names = {package.name for package in packages}
    requirements: dict[str, str] = {}
    for item in list_of(table, "requirements", dict, at=at):
        check_keys(item, ("written", "package"), at=f"{at}requirements.")
        written = text_of(item, "written", at=f"{at}requirements.")
        package = text_of(item, "package", at=f"{at}requirements.")
        if written in requirements or package not in names:
            raise LockError(
                f"the library {written!r} stands there twice, or unanswered",
                where=f"{at}requirements",
            )
        requirements[written] = package
    name = matching_text(table, "input", _INPUT, at=at)
    if name not in inputs or any(package.input != name for package in packages):
        raise LockError("libraries are all of one input", where=f"{at}input")
    return LockedLibraries(
        input=name,
        c_library=text_of(table, "c_library", at=at),
        requirements=requirements,
        packages=packages,
    )


def _packages(
    table: Table, system: str, inputs: Mapping[str, LockedInput], *, at: str
) -> tuple[LockedPackage, ...]:
    """Return the packages of a table of inputs, sorted."""
    found: list[LockedPackage] = []
    architectures = ("all", _ARCHITECTURES.get(system, ""))
    for name, packages in sorted(tables_of(table, "packages", at=at)):
        if name not in inputs:
            raise LockError(
                f"there is no input {name!r} in the lock", where=f"{at}packages.{name}"
            )
        pockets = {pocket.name for pocket in inputs[name].pockets}
        for package, row in sorted(packages.items()):
            place = f"{at}packages.{name}.{key(package)}"
            if not isinstance(row, dict) or not _NAME.fullmatch(package):
                raise LockError("expected the table of a package", where=place)
            locked = _package(name, package, row, at=place)
            if locked.architecture not in architectures and architectures[1]:
                raise LockError(
                    f"{package} is for {locked.architecture}, not for {system}",
                    where=f"{place}.architecture",
                )
            if locked.pocket not in pockets:
                raise LockError(
                    f"{name} has no pocket {locked.pocket!r} in the lock",
                    where=f"{place}.pocket",
                )
            found.append(locked)
    return tuple(found)


def _package(input_name: str, name: str, row: Table, *, at: str) -> LockedPackage:
    at = f"{at}."
    if not row.keys() <= _PACKAGE_KEYS:
        check_keys(row, tuple(sorted(_PACKAGE_KEYS)), at=at)
    version = text_of(row, "version", at=at)
    if not debian_version.is_valid(version):
        raise LockError(f"not a version: {version[:80]!r}", where=f"{at}version")
    needs = tuple(list_of(row, "needs", str, at=at))
    for need in needs:
        if not _NEED.fullmatch(need):
            raise LockError(f"not a dependency: {need[:80]!r}", where=f"{at}needs")
    is_base = row.get("base", False)
    if type(is_base) is not bool:
        raise LockError("expected true or false", where=f"{at}base")
    return LockedPackage(
        input=input_name,
        name=name,
        version=version,
        architecture=matching_text(row, "architecture", _NAME, at=at),
        pocket=text_of(row, "pocket", at=at),
        location=matching_text(row, "location", _LOCATION, at=at),
        sha256=matching_text(row, "sha256", _SHA256, at=at),
        size=number_of(row, "size", at=at),
        unpacked_kib=number_of(row, "unpacked_kib", at=at),
        needs=needs,
        is_base=is_base,
        seen=date_of(row, "seen", at=at) if "seen" in row else None,
    )


def _check_edges(packages: Sequence[LockedPackage], *, at: str) -> None:
    known = {(package.input, package.name) for package in packages}
    for package in packages:
        for name in package.needed_names:
            if (package.input, name) not in known:
                raise LockError(
                    f"{package.name} needs {name}, which is not in the lock",
                    where=f"{at}.{package.input}.{package.name}.needs",
                )
