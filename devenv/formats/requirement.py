"""Requirements as users write them: `[input:]name[@version]`."""

import re

from devenv.errors import UsageError
from devenv.model.requirement import Requirement
from devenv.patterns import late_pattern

INPUT_NAME = r"[a-z][a-z0-9-]*"

_REQUIREMENT = late_pattern(
    rf"(?:(?P<input>{INPUT_NAME}):)?"
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9+._-]*)"
    r"(?:@(?P<version>[A-Za-z0-9.+~_-]+))?"
)

_OTHER_FORM = late_pattern(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9+._-]*) *"
    r"(?:@ *[~^]?|\(? *(?:[~^=<>!]=*|~=|===) *)v?(?:[0-9]+:)?(?P<version>[0-9][0-9.]*)"
)
"""How others write a version: `jq>=1.6`, `jq==1.6`, `jq@^1.6`, `jq@v1`, `jq@1.x`."""

_NAME = r"(?P<name>[A-Za-z0-9][A-Za-z0-9+._-]*)"
_NO_ADDRESSES = "devenv takes packages by name from signed archives: `devenv search`"
_FOR_PIP = (
    "for pip that is a library: the archive has python3-{name}, or use pip itself"
)
_OTHER_HINTS = (
    (late_pattern(r"[a-z+]+://.*", re.DOTALL), f"{_NO_ADDRESSES} finds them"),
    (late_pattern(r"\.{0,2}/.*|.*\.deb", re.DOTALL), f"{_NO_ADDRESSES} finds them"),
    (late_pattern(rf"{_NAME}/(?P<suite>[a-z][a-z0-9-]*)"), "write {suite}:{name}"),
    (late_pattern(rf"[A-Za-z0-9/:+._-]*#{_NAME}"), "write {name}"),
    (late_pattern(rf"{_NAME}\[[^\]]*\].*"), _FOR_PIP),
)
"""What else people write for a package, and what to write instead."""

_NO_VERSIONS = ("latest", "newest", "current", "*")


def parse_requirement(text: str) -> Requirement:
    """Return the requirement a text means.

    Raises:
        UsageError: it is not of the form `[input:]name[@version]`.
    """
    match = _REQUIREMENT.fullmatch(text)
    if match is None:
        raise UsageError(
            f"{text[:80]!r} is not the name of a package", hint=_hint(text)
        )
    if match["version"] in _NO_VERSIONS or _is_wild(match["version"] or ""):
        raise UsageError(
            f"{match['version']!r} is no version of {match['name']}", hint=_hint(text)
        )
    return Requirement(
        input=match["input"],
        name=match["name"].lower(),
        written=match["name"],
        version=match["version"],
    )


def _is_wild(version: str) -> bool:
    return version.endswith((".x", ".X")) or (
        version[0:1] in "vV" and version[1:2].isdigit()
    )


def _hint(text: str) -> str:
    """Return what to write in place of a text that is no requirement."""
    name, _, version = text.partition("@")
    if version in _NO_VERSIONS:
        return f"write {name}: without a version it is the newest"
    if other := _OTHER_FORM.match(text):
        version = other["version"].rstrip(".")
        meant = f"{other['name']}@{version}"
        return f"write {meant}: it means every version that begins with {version}"
    for form, hint in _OTHER_HINTS:
        if match := form.fullmatch(text):
            return hint.format(**match.groupdict())
    return "write name, name@version or input:name (bookworm:jq)"
