"""Requirements as users write them: `[input:]name[@version]`."""

import re
from collections.abc import Iterable

from devenv.errors import UsageError
from devenv.model.requirement import Requirement

INPUT_NAME = r"[a-z][a-z0-9-]*"

_REQUIREMENT = re.compile(
    rf"(?:(?P<input>{INPUT_NAME}):)?"
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9+._-]*)"
    r"(?:@(?P<version>[A-Za-z0-9.+~_-]+))?"
)


def parse_requirement(text: str) -> Requirement:
    """Return the requirement a text means.

    Raises:
        UsageError: it is not of the form `[input:]name[@version]`.
    """
    match = _REQUIREMENT.fullmatch(text)
    if match is None:
        raise UsageError(
            f"{text!r} is not the name of a package",
            hint="write name, name@version or input:name (bookworm:jq)",
        )
    return Requirement(
        input=match["input"],
        name=match["name"].lower(),
        written=match["name"],
        version=match["version"],
    )


def the_input(requirements: Iterable[Requirement], *, default: str) -> str:
    """Return the one input that requirements name.

    Raises:
        UsageError: they name several: an ad-hoc environment is one tree.
    """
    named = sorted({item.input or default for item in requirements})
    if len(named) > 1:
        raise UsageError(
            f"one environment cannot mix {' and '.join(named)} yet",
            hint="ask for packages of one release, or run two commands",
        )
    return named[0] if named else default
