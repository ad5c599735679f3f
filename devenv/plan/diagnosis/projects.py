"""What other tools have in a project's folder, and the daemon."""

from collections.abc import Iterable, Iterator

from devenv.model.finding import Finding, note, ok, warning
from devenv.values import dataclass

OTHER_TOOLS = {
    "devenv.nix": ("another tool named devenv", "it is not read"),
    "devenv.yaml": ("another tool named devenv", "it is not read"),
    "shell.nix": ("nix-shell", "devenv init --from shell.nix reads plain ones"),
    "flake.nix": ("Nix", "it is not read"),
    ".envrc": (
        "direnv",
        "direnv reads it; `devenv export direnv` is for both, the hook for neither",
    ),
    ".tool-versions": ("asdf or mise", "devenv init --from .tool-versions reads it"),
    "mise.toml": ("mise", "devenv init --from mise.toml reads it"),
    "devbox.json": ("devbox", "devenv init --from devbox.json reads it"),
}
"""Files of a project, whose they are, and what devenv does about them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonFacts:
    """The daemon that answers, if one does, and what an ended one has left."""

    version: str | None = None
    problem: str = ""
    watches: int = 0
    socket: str = ""
    has_dead_socket: bool = False


def diagnose_project(names: Iterable[str], folder: str) -> Iterator[Finding]:
    """Yield a note for each file of another tool in the folder."""
    for name in names:
        tool, what = OTHER_TOOLS[name]
        where = f"{folder}/{name}"
        yield note("project", f"{name} is of {tool}", where=where, advice=what)


def diagnose_daemon(facts: DaemonFacts, own_version: str) -> Finding:
    """Tell whether a daemon runs, and is of this devenv."""
    if facts.has_dead_socket:
        what = "a daemon that has ended left its socket"
        advice = "the next daemon replaces it: devenv daemon start"
        return note("daemon", what, where=facts.socket, advice=advice)
    if facts.version is None:
        return ok("daemon", "none runs, and none is needed")
    if facts.version != own_version:
        what = f"the daemon is of devenv {facts.version}, this is {own_version}"
        return warning("daemon", what, advice="devenv daemon restart")
    if facts.problem:
        return warning("daemon", facts.problem, advice="devenv daemon restart")
    return ok("daemon", f"runs, and watches {facts.watches} folders")
