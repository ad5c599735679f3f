"""What `devenv info` says of programs that redirection does not reach."""

from collections.abc import Mapping, Sequence

from devenv.formats.quantities import counted
from devenv.model.out_of_reach import OutOfReach, ProgramReach

_SHOWN = 6
_WHOLE = {
    OutOfReach.STATIC: "static",
    OutOfReach.GO: "of Go",
    OutOfReach.SYSTEM_CALLS: "own system calls",
}
_MEANS = {
    OutOfReach.CHARACTER_SETS: "character sets (gconv)",
    OutOfReach.LOCALES: "locales",
    OutOfReach.NAME_SERVICES: "users and hosts",
    OutOfReach.SHELL: "the shell of system()",
    OutOfReach.TIME_ZONES: "time zones",
}


def reach_fields(programs: Sequence[ProgramReach] | None) -> Mapping[str, str]:
    """Return the fields of `info`: whole programs by name, what else in a line."""
    if not programs:
        return {}
    fields = {}
    for reason, title in _WHOLE.items():
        names = [one.path for one in programs if one.reasons[0] is reason]
        if names:
            more = f" and {len(names) - _SHOWN} more" * (len(names) > _SHOWN)
            listed = f"{', '.join(names[:_SHOWN])}{more}"
            fields[title] = f"{listed} (absolute paths in them are the host's)"
    if parts := _parts(programs):
        fields["taken from the host"] = parts
    return fields


def _parts(programs: Sequence[ProgramReach]) -> str:
    """Return what the C library opens for them by itself: the host's."""
    told = []
    for reason, what in _MEANS.items():
        count = sum(
            reason in one.reasons and not any(r.is_whole for r in one.reasons)
            for one in programs
        )
        if count:
            told.append(f"{what} ({counted(count, 'program')})")
    return ", ".join(told)
