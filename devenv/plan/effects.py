"""What a project does to a shell: the effects that trust is bound to.

They are taken from what was read, and from nothing else: the same bytes, the same
lock and the same outer variables give equal effects.
"""

from collections.abc import Iterable, Mapping

from devenv.model.lock import LockedPackage, LockedSystem
from devenv.model.spec import ShellText, Spec
from devenv.model.trust import Effects, InputEffect, PackageEffect, ValueEffect
from devenv.model.variables import ProjectVariables

_NO_TEXT = ShellText()


def effects_of(
    spec: Spec,
    locked: LockedSystem,
    variables: ProjectVariables,
    inputs: Mapping[str, InputEffect],
) -> Effects:
    """Return the effects of a project on one system; nobody looked for programs.

    Args:
        spec: merged, for that system.
        locked: the lock's part for it.
        variables: what the spec makes of the outer variables.
        inputs: the inputs that the spec defines, by name.
    """
    libraries = locked.libraries
    library_rows = libraries.packages if libraries else ()
    used = {
        spec.default_input,
        *(row.input for row in (*locked.packages, *library_rows)),
        *([libraries.input] if libraries else []),
    }
    named = {name: InputEffect() for name in used}
    return Effects(
        inputs=dict(sorted({**named, **inputs}.items())),
        trees=locked.inputs,
        packages=_rows(locked.packages),
        libraries=tuple(libraries.requirements) if libraries else (),
        c_library=libraries.c_library if libraries else "",
        library_packages=_rows(library_rows),
        values={
            name: ValueEffect(value=value, source=variables.sources.get(name, ""))
            for name, value in sorted(variables.values.items())
        },
        prepend=dict(sorted(variables.prepend.items())),
        append=dict(sorted(variables.append.items())),
        unset=tuple(sorted(variables.unset)),
        texts={
            shell: text
            for shell, text in sorted(spec.shell.items())
            if text != _NO_TEXT
        },
        aliases=dict(sorted(spec.aliases.items())),
    )


def shadowing_programs(
    commands: Iterable[str],
    folders: Iterable[tuple[str, str]],
    has_program: Mapping[str, frozenset[str]],
) -> dict[str, str]:
    """Return which host commands something of a project stands in front of.

    Args:
        commands: the host commands that matter.
        folders: each folder that the project puts in front of PATH, in order,
            with what to call it.
        has_program: the names of the programs in each folder.
    """
    found: dict[str, str] = {}
    for folder, provider in folders:
        programs = has_program.get(folder, frozenset())
        for command in commands:
            if command in programs:
                found.setdefault(command, provider)
    return dict(sorted(found.items()))


def row_effect(row: LockedPackage) -> PackageEffect:
    """Return what a row of a lock brings along."""
    return PackageEffect(
        input=row.input,
        name=row.name,
        version=row.version,
        architecture=row.architecture,
        sha256=row.sha256,
    )


def _rows(rows: Iterable[LockedPackage]) -> tuple[PackageEffect, ...]:
    return tuple(sorted(map(row_effect, rows)))
