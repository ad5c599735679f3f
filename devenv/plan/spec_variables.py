"""The variables of a project: its spec's `[env]` over its dotenv files."""

from collections.abc import Mapping, Sequence

from devenv.errors import SpecError
from devenv.model.spec import ListValue, Spec, UnsetValue
from devenv.model.variables import DotenvEntry, ProjectVariables
from devenv.plan.dotenv_variables import MAX_VALUE_BYTES, dotenv_variables
from devenv.plan.env_values import (
    Ends,
    EnvValues,
    NoValueError,
    size_in_bytes,
)

MAX_ALL_BYTES = 256 * 1024


def spec_variables(
    spec: Spec,
    *,
    project: str,
    dotenv: Mapping[str, Sequence[DotenvEntry]],
    files: Mapping[str, bytes],
    outer: Mapping[str, str],
) -> ProjectVariables:
    """Return what a spec makes of the variables.

    `${NAME}` is the project's folder for PROJECT, else another entry of `[env]`
    (in any order), else one of a dotenv file, else the outer variable. Inside its
    own value a name means what is below: the dotenv file's value, or the outer
    one. `[env]` wins over dotenv files; see `dotenv_variables`.

    Args:
        spec: merged, for one system.
        project: the project's absolute folder.
        dotenv: the entries of each dotenv file that is there, by its path.
        files: the content of each file that a value is taken from, by path.
        outer: the variables around the project.

    Raises:
        SpecError: values need each other in a circle, a variable has no value
            and no default, a file is missing, or a value cannot be one.
    """
    below = dotenv_variables(spec.dotenv, dotenv, outer)
    values = EnvValues(
        settings={setting.name: setting for setting in spec.env},
        project=project,
        below=below,
        files=files,
        outer=outer,
    )
    found = _variables(values)
    _check_sizes(values, found)
    if values.complaints:
        raise SpecError(values.complaints)
    return found


def _variables(values: EnvValues) -> ProjectVariables:
    """Return everything but what cannot be found, which is complained of."""
    whole = dict(values.below.values)
    lists: dict[str, Ends] = {}
    unset = []
    for name, setting in sorted(values.settings.items()):
        try:
            match setting.value:
                case UnsetValue():
                    whole.pop(name, None)
                    unset.append(name)
                case ListValue() if name not in values.below.values:
                    lists[name] = values.ends(setting)
                case _:
                    whole[name] = values.of(name) or ""
        except NoValueError:
            continue
    return ProjectVariables(
        values=dict(sorted(whole.items())),
        prepend={name: ends.front for name, ends in lists.items() if ends.front},
        append={name: ends.back for name, ends in lists.items() if ends.back},
        unset=tuple(unset),
        outer_used=dict(sorted(values.below.outer_used.items())),
        sources={name: values.place(name).file for name in sorted(whole)},
        warnings=tuple(values.below.warnings),
    )


def _check_sizes(values: EnvValues, found: ProjectVariables) -> None:
    for name, value in values.below.values.items():
        if "\0" in value or size_in_bytes(value) >= MAX_VALUE_BYTES:
            place = values.below.places[name]
            values.complain(
                "this is longer than Linux allows (128 KiB), or has a NUL",
                place,
                "take it out of the file",
            )
    ends = (*found.prepend.values(), *found.append.values())
    total = sum(map(size_in_bytes, found.values.values()))
    total += sum(size_in_bytes(entry) for entries in ends for entry in entries)
    if total > MAX_ALL_BYTES and not values.complaints:
        largest = max(found.values, key=lambda name: size_in_bytes(found.values[name]))
        values.complain(
            f"all variables together have {total} bytes, more than {MAX_ALL_BYTES}",
            values.place(largest),
            f"put the value of {largest} in a file that the program reads",
        )
