"""What dotenv files say together, each name with its value."""

from collections.abc import Mapping, Sequence

from devenv.errors import Complaint
from devenv.model.spec import DotenvFile, Place
from devenv.model.template import Reference, Template
from devenv.model.variables import DotenvEntry
from devenv.values import dataclass, field

MAX_VALUE_BYTES = 128 * 1024
"""What Linux takes in one variable, its name and two more bytes included."""


@dataclass(slots=True, kw_only=True)
class DotenvVariables:
    """Values by name, the outer variables they depend on, and what was left out."""

    values: dict[str, str] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    outer_used: dict[str, str | None] = field(default_factory=dict)
    warnings: list[Complaint] = field(default_factory=list)


def dotenv_variables(
    files: Sequence[DotenvFile],
    entries: Mapping[str, Sequence[DotenvEntry]],
    outer: Mapping[str, str],
) -> DotenvVariables:
    """Return what dotenv files say, later ones over earlier ones.

    A reference means a name above it (in its file or one before), else an outer
    variable, else nothing: that is the dialect. PWD is the file's folder.
    A name that a project may not set is left out with a warning, because other
    programs read the file, too (`UID=1000` for a container).

    Args:
        files: in the order in which the spec names them.
        entries: those of each file that is there, by its path.
        outer: the variables around the project.
    """
    found = DotenvVariables()
    for file in files:
        for entry in entries.get(file.path, ()):
            place = Place(file=file.path, line=entry.line, key=entry.name)
            if entry.refusal is None:
                found.values[entry.name] = _expanded(entry.template, file, found, outer)
                found.places[entry.name] = place
            else:
                found.warnings.append(
                    Complaint(
                        what=f"{entry.name} is left out: it {entry.refusal}",
                        where=str(place),
                    )
                )
    return found


def _expanded(
    template: Template,
    file: DotenvFile,
    found: DotenvVariables,
    outer: Mapping[str, str],
) -> str:
    texts: list[str] = []
    length = 0
    for part in template.parts:
        value: str | None = part if isinstance(part, str) else None
        if isinstance(part, Reference):
            value = _value(part.name, file, found, outer)
            if part.default and (value is None or (part.is_for_empty and not value)):
                value = _expanded(part.default, file, found, outer)
        texts.append(value or "")
        length += len(texts[-1])
        if length >= MAX_VALUE_BYTES:
            # The rest is not made: it may be larger than the memory.
            break
    return "".join(texts)


def _value(
    name: str, file: DotenvFile, found: DotenvVariables, outer: Mapping[str, str]
) -> str | None:
    if name == "PWD":
        return file.path.rpartition("/")[0] or "/"
    if name in found.values:
        return found.values[name]
    if not name:
        return None
    found.outer_used[name] = outer.get(name)
    return outer.get(name)
