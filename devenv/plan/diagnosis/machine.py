"""The kernel, its limits, and the C library of the machine."""

from collections.abc import Iterator

from devenv.model.finding import Finding, note, ok, warning
from devenv.values import dataclass

FOLDERS_A_PROJECT = 12
"""What the daemon watches for one, roughly: its folder and those on the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchFacts:
    """The kernel's limits for one user, and what the daemon would need of them.

    `refusal` is what the kernel says to one more watcher, empty if it lets us.
    """

    most_watches: int
    most_watchers: int
    projects: int
    refusal: str = ""


def diagnose_watches(facts: WatchFacts) -> Finding:
    """Tell whether the kernel lets the daemon watch all that is allowed."""
    where = "/proc/sys/fs/inotify"
    advice = "have the limit raised; until then projects are looked at at the prompt"
    if facts.refusal:
        return warning("inotify", facts.refusal, where=where, advice=advice)
    needed = facts.projects * FOLDERS_A_PROJECT
    count = f"{facts.most_watches} folders may be watched"
    if facts.most_watches < needed:
        what = f"{count}, and {facts.projects} allowed projects take some {needed}"
        return warning("inotify", what, where=where, advice=advice)
    return ok("inotify", f"{count}, by {facts.most_watchers} programs")


def diagnose_namespaces(refusal: str) -> Finding:
    """Tell whether programs may make user namespaces; `refusal` is empty if so."""
    if not refusal:
        return ok("namespaces", "user namespaces can be made")
    return note(
        "namespaces",
        f"user namespaces cannot be made: {refusal}",
        advice="devenv needs none; sandboxes of browsers, bwrap and podman do",
    )


def diagnose_confinement(landlock_version: int) -> Finding:
    """Tell what holds the process that unpacks archives."""
    if landlock_version == 0:
        what = "no Landlock in this kernel: archives are unpacked by rules alone"
        return note("confinement", what)
    return ok("confinement", f"archives are unpacked under Landlock {landlock_version}")


def diagnose_c_library(version: str | None, *, wanted: str | None) -> Iterator[Finding]:
    """Yield what the machine's C library means for programs and for `libraries`.

    Args:
        version: of the machine's GNU C library; None if it has another.
        wanted: the oldest one that the project's `libraries` may need; None where
            a project has none.
    """
    if version is None:
        what = "the machine has no GNU C library; programs of packages bring theirs"
        if wanted is None:
            yield note("c-library", what)
        else:
            advice = "remove `libraries`: no program of this machine could load them"
            yield warning("c-library", what, advice=advice)
    elif wanted is not None and _numbers(version) < _numbers(wanted):
        what = f"{version}, older than the {wanted} that `libraries` may need"
        advice = f'set oldest_c_library = "{version}" in devenv.toml'
        yield warning("c-library", what, advice=advice)
    else:
        yield ok("c-library", f"{version}; programs of packages bring their own")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
