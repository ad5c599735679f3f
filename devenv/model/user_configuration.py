"""What a user has set for all of their projects."""

from collections.abc import Mapping
from enum import StrEnum

from devenv.values import dataclass, field

PROGRESS_VARIABLE = "DEVENV_PROGRESS"
"""Comes before the user's configuration."""

CACHES_VARIABLE = "DEVENV_CACHES"
"""Caches, with spaces between, asked after those of the user's configuration."""


class ProgressStyle(StrEnum):
    """How long work is shown: bars that are drawn over, lines, or not at all.

    `auto` is bars on a terminal, else lines. Lines suit screen readers.
    """

    AUTO = "auto"
    BARS = "bars"
    PLAIN = "plain"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustPolicy:
    """`[trust]` of the user's own configuration.

    `is_exact` asks for a nod whenever a byte has changed; the values of the
    variables in `free_values` may change without one; with `worktrees` the same
    content in another worktree of a repository is allowed, too.
    """

    is_exact: bool = False
    free_values: frozenset[str] = frozenset()
    worktrees: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonSettings:
    """`[daemon]`: the watcher that keeps running.

    With `on_demand` the hooks start it; with `notify` the desktop is told of failures;
    with `fetch_ahead` packages of a change that waits for a nod are fetched meanwhile;
    `max_builds` run at a time, each for `limit_seconds` at most.
    """

    on_demand: bool = False
    notify: bool = False
    fetch_ahead: bool = False
    max_builds: int = 2
    limit_seconds: int = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class UserConfiguration:
    """The user's `config.toml`.

    `accept_expired_days` is for how long after its Valid-Until an index may be
    used, with a warning; `inputs` maps names to their tables, unparsed; `trust`
    is when a change of an allowed project needs a nod.
    `caches` are folders and addresses of archives, or exported projects, that others
    keep; what is taken from there is verified like any download.
    """

    default_input: str | None = None
    mirrors: tuple[str, ...] = ()
    accept_expired_days: int = 0
    inputs: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    caches: tuple[str, ...] = ()
    trust: TrustPolicy = field(default_factory=TrustPolicy)
    progress: ProgressStyle = ProgressStyle.AUTO
    daemon: DaemonSettings = field(default_factory=DaemonSettings)
