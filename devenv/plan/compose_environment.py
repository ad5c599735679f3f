"""One environment out of several: the trees of a project, and what its spec adds."""

from collections.abc import Iterable, Sequence

from devenv.model.env_names import PROJECT_VARIABLE
from devenv.model.environment import Environment
from devenv.model.variables import ProjectVariables

_LISTS = frozenset(
    {
        "PKG_CONFIG_LIBDIR",
        "PKG_CONFIG_SYSTEM_INCLUDE_PATH",
        "PKG_CONFIG_SYSTEM_LIBRARY_PATH",
    }
)
"""Whole values of a tree that are lists: those of several trees are joined."""


def merged(environments: Sequence[Environment]) -> Environment:
    """Return the environment of several trees, the first of which wins.

    Search paths follow each other; of a value that is no list, the first is
    taken.
    """
    prepend: dict[str, tuple[str, ...]] = {}
    append: dict[str, tuple[str, ...]] = {}
    values: dict[str, str] = {}
    for each in environments:
        for name, entries in each.prepend.items():
            prepend[name] = _unique((*prepend.get(name, ()), *entries))
        for name, entries in each.append.items():
            append[name] = _unique((*append.get(name, ()), *entries))
        for name, value in each.values.items():
            if name in values and name in _LISTS:
                values[name] = ":".join(
                    _unique((*values[name].split(":"), *value.split(":")))
                )
            else:
                values.setdefault(name, value)
    return Environment(
        trees=tuple(tree for each in environments for tree in each.trees),
        prepend=prepend,
        append=append,
        values=values,
        unset=tuple(name for each in environments for name in each.unset),
    )


def overlaid(trees: Environment, spec: Environment) -> Environment:
    """Return what trees ask for, with what a spec says on top of it.

    The entries of the spec come first, and its values hold whatever a tree
    would have set. A variable that the spec takes away stays away.
    """
    prepend = dict(trees.prepend)
    for name, entries in spec.prepend.items():
        prepend[name] = _unique((*entries, *trees.prepend.get(name, ())))
    append = dict(trees.append)
    for name, entries in spec.append.items():
        append[name] = _unique((*trees.append.get(name, ()), *entries))
    values = {**trees.values, **spec.values}
    away = frozenset(spec.unset)
    return Environment(
        trees=trees.trees,
        prepend={name: held for name, held in prepend.items() if name not in away},
        append={name: held for name, held in append.items() if name not in away},
        values={name: value for name, value in values.items() if name not in away},
        unset=spec.unset,
    )


def of_spec(variables: ProjectVariables, project: str) -> Environment:
    """Return what a spec alone asks for; `project` is the absolute folder."""
    return Environment(
        trees=(),
        prepend=variables.prepend,
        append=variables.append,
        values={**variables.values, PROJECT_VARIABLE: project},
        unset=variables.unset,
    )


def _unique(entries: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entries))
