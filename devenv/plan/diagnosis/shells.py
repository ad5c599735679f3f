"""The shell that asks, the command it finds, and the shells there are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from devenv.model.finding import Finding, note, ok, warning
from devenv.values import dataclass

OLDEST_SHELLS = {"bash": (4, 4), "zsh": (5, 8), "fish": (3, 4)}
"""What the hooks need, as they say themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedHook:
    """What a hook left for programs that its shell starts (`_devenv_mark`)."""

    shell_name: str
    mark: str
    pid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HookFacts:
    """The shell that asks, and its hook.

    `shell_name` is None if no shell with a hook asks, `pids` are those of its process
    and of the same shell's around it; `mark` tells today's hook, `line` loads it.
    """

    shell_name: str | None
    pids: Sequence[int] = ()
    loaded: LoadedHook | None = None
    mark: str = ""
    line: str = ""
    rc_file: str = ""
    is_in_rc_file: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandPlace:
    """A program named `devenv` on PATH, and whether it is one of ours."""

    path: str
    is_this: bool
    is_ours: bool


def diagnose_hook(facts: HookFacts) -> Finding:
    """Tell whether the hook is in the shell that asks, and is that of this devenv."""
    if facts.shell_name is None:
        return ok("hook", "not asked from a shell that has a hook")
    loaded = facts.loaded
    if (
        loaded is not None
        and loaded.shell_name == facts.shell_name
        and loaded.pid in facts.pids
    ):
        if loaded.mark == facts.mark:
            return ok("hook", f"loaded in this {facts.shell_name}")
        return warning(
            "hook",
            f"this {facts.shell_name} has loaded the hook of another devenv",
            advice="start a new shell",
        )
    what = f"not loaded in this {facts.shell_name}: cd brings no environment"
    if facts.is_in_rc_file:
        advice = "start a new shell; if that does not do, the line is not reached"
        return note("hook", what, where=facts.rc_file, advice=advice)
    return note("hook", what, where=facts.rc_file, advice=f"add the line: {facts.line}")


def diagnose_commands(places: Sequence[CommandPlace]) -> Iterator[Finding]:
    """Yield whether typing `devenv` on this PATH is typing this devenv."""
    if not any(place.is_this for place in places):
        yield _not_on_path(places)
        return
    if places[0].is_this:
        yield ok("command", "the first devenv on PATH is this one", places[0].path)
    else:
        yield _comes_first(places[0])
    for place in places[1:]:
        if not place.is_this:
            yield note(
                "command", f"{_kind(place)} comes later on PATH", where=place.path
            )


def _not_on_path(places: Sequence[CommandPlace]) -> Finding:
    if places:
        return _comes_first(places[0])
    advice = "add the folder of this devenv to PATH"
    return note("command", "devenv is not on PATH", advice=advice)


def _comes_first(place: CommandPlace) -> Finding:
    return warning(
        "command",
        f"{_kind(place)} comes first on PATH",
        where=place.path,
        advice="put the folder of the one you mean first, or remove the other",
    )


def _kind(place: CommandPlace) -> str:
    if place.is_ours:
        return "another installation of this devenv"
    return "another program named devenv"


def diagnose_shells(
    versions: Mapping[str, tuple[int, ...] | None],
) -> Iterator[Finding]:
    """Yield what is too old, and then which shells there are.

    `versions` are those that were found; None for one that did not tell.
    """
    told = []
    for name, version in versions.items():
        text = ".".join(map(str, version or ())) or "of unknown version"
        told.append(f"{name} {text}")
        oldest = OLDEST_SHELLS[name]
        if version is not None and version < oldest:
            yield warning(
                "shells",
                f"{name} {text} is too old for the hook",
                advice=f"it needs {_dotted(oldest)}; `devenv shell` works without it",
            )
    if told:
        yield ok("shells", ", ".join(told))
    else:
        yield note(
            "shells",
            "neither bash, zsh nor fish is here",
            advice="`devenv run` and `devenv exec` need none",
        )


def _dotted(numbers: Iterable[int]) -> str:
    return ".".join(map(str, numbers))
