"""What a hook brings into a user's shell in a project's folder, and what it says."""

from collections.abc import Mapping
from enum import StrEnum

from devenv.model.environment import Environment
from devenv.model.seen_file import SeenFile
from devenv.model.spec import ShellText
from devenv.values import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """An allowed environment, ready for the shells.

    Args:
        project: the project's folder, absolute and physical.
        environment: variables to set, extend and take away.
        texts: `[shell]` of the spec, by shell, "" for every shell.
        aliases: `[alias]` of the spec; taken back when the project is left.
        completions: folders of completions that the environment's packages
            bring, by shell (`bash`, `fish`, `zsh`); taken back likewise.
        watched: every file that was read, absent ones included.
        outer: every variable of the outer environment that a value was made
            from, with the value it had, None for none. Where one differs the
            activation is not applied.
    """

    project: str
    environment: Environment
    texts: Mapping[str, ShellText] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    completions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    watched: tuple[SeenFile, ...] = ()
    outer: Mapping[str, str | None] = field(default_factory=dict)


class HookWord(StrEnum):
    """How things stand with a project, as the hook is told."""

    ALLOWED = "allowed"
    CHANGED = "changed"
    DENIED = "denied"
    BUILDING = "building"
    FAILED = "failed"
    UNKNOWN = "unknown"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True, kw_only=True)
class HookState:
    """What a hook shows: a word, one sentence, and a token.

    The sentence is shown once for each token; an empty one is not shown.
    """

    word: HookWord
    sentence: str = ""
    token: str = ""
