"""What the shared options said, apart from typer, which takes 45 ms to import."""

from pathlib import Path

from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The value of every shared option; a command without one has its default."""

    offline: bool = False
    refresh: bool = False
    allow_rollback: bool = False
    project: Path | None = None
    locked: bool = False
    frozen: bool = False
    quiet: bool = False
    verbose: bool = False
    no_color: bool = False
