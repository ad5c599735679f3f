"""What the doctor found, each thing by itself."""

from enum import StrEnum

from devenv.values import dataclass


class Level(StrEnum):
    """How bad it is: only a problem keeps something from working."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at; `id` is fixed, the words are not.

    `where` and `advice` are empty where there is nothing to say.
    """

    id: str
    level: Level
    what: str
    where: str = ""
    advice: str = ""


def ok(identity: str, what: str, where: str = "") -> Finding:
    """Return a finding with which all is well."""
    return Finding(id=identity, level=Level.OK, what=what, where=where)


def note(identity: str, what: str, *, where: str = "", advice: str = "") -> Finding:
    """Return a finding that is worth knowing, and no more."""
    return Finding(id=identity, level=Level.NOTE, what=what, where=where, advice=advice)


def warning(identity: str, what: str, *, where: str = "", advice: str) -> Finding:
    """Return a finding that will hurt, or does a little."""
    return Finding(
        id=identity, level=Level.WARNING, what=what, where=where, advice=advice
    )


def problem(identity: str, what: str, *, where: str = "", advice: str) -> Finding:
    """Return a finding with which something does not work."""
    return Finding(
        id=identity, level=Level.PROBLEM, what=what, where=where, advice=advice
    )
