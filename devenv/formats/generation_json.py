"""The records of generations as text, both ways."""

from datetime import UTC, datetime

from devenv.errors import FormatError
from devenv.formats.checked_json import parse_checked, render_checked
from devenv.model.generation import Generation
from devenv.model.store_path import StorePath
from devenv.typed import Any
from devenv.values import dataclass

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """Which generation of a project is current, and the last number given.

    No number is given twice, so that what a person wrote down stays true.
    """

    current: int
    last: int


def render_generation(generation: Generation) -> str:
    """Return a generation's record; equal ones give equal texts."""
    return render_checked(
        {
            "format": FORMAT,
            "number": generation.number,
            "project": generation.project,
            "system": generation.system,
            "made_at": int(generation.made_at.timestamp()),
            "trees": [path.base for path in generation.trees],
            "lock_sha256": generation.lock_sha256,
            "spec_sha256": generation.spec_sha256,
        }
    )


def parse_generation(text: str) -> Generation:
    """Return the generation that a record is of.

    Raises:
        FormatError: it is damaged, or a newer devenv wrote it.
    """
    fields = _fields(text)
    try:
        return Generation(
            number=int(fields["number"]),
            project=str(fields["project"]),
            system=str(fields["system"]),
            made_at=datetime.fromtimestamp(int(fields["made_at"]), UTC),
            trees=tuple(StorePath(str(base)) for base in fields["trees"]),
            lock_sha256=str(fields["lock_sha256"]),
            spec_sha256=str(fields["spec_sha256"]),
        )
    except (KeyError, TypeError, ValueError, OverflowError, OSError) as error:
        raise FormatError("this is not the record of a generation") from error


def render_counter(counter: Counter) -> str:
    """Return the text that says which generation is current."""
    return render_checked(
        {"format": FORMAT, "current": counter.current, "last": counter.last}
    )


def parse_counter(text: str) -> Counter:
    """Return what says which generation is current.

    Raises:
        FormatError: it is damaged, or a newer devenv wrote it.
    """
    fields = _fields(text)
    try:
        return Counter(current=int(fields["current"]), last=int(fields["last"]))
    except (KeyError, TypeError, ValueError) as error:
        raise FormatError("this does not say which generation is current") from error


def _fields(text: str) -> dict[str, Any]:
    fields = parse_checked(text)
    if fields.get("format") != FORMAT:
        raise FormatError("another devenv wrote this")
    return fields
