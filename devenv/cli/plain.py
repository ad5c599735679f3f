"""Plain command lines, done whole without typer, which takes 45 ms.

What stands here is what most call often: programs and shells in environments, the
packages and the lock of a project, and collecting. The typed-out forms of the commands
do the same by the same code.
"""

import sys
from collections.abc import Callable, Sequence
from functools import partial

QUIET = frozenset({"-q", "--quiet"})
COLLECTING = QUIET | {"--now"}
_ALPHANUMERIC = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
)
_IN_PACKAGES = _ALPHANUMERIC | frozenset("+.:@_-")

Action = Callable[[], None]


def run_plainly(argv: Sequence[str]) -> int | None:
    """Run one command line if it is a plain one; return its exit status, or None."""
    action = action_of(argv)
    return None if action is None else _done(action)


def action_of(argv: Sequence[str]) -> Action | None:
    """Return what a plain command line does; None for another one."""
    plan = _PLANS.get(argv[0]) if argv else None
    return None if plan is None else plan(list(argv[1:]))


def _execute(words: list[str]) -> Action | None:
    words = words[1:] if words[:1] == ["--"] else words
    return partial(_execute_in_project, words) if _is_command(words) else None


def _run(words: list[str]) -> Action | None:
    packages, rest = _packages(words)
    if packages:
        rest = rest[1:] if rest[:1] == ["--"] else rest
        return partial(_run_words, packages, rest) if _is_command(rest) else None
    return partial(_run_words, [], rest) if _is_package(*rest[:1]) else None


def _shell(words: list[str]) -> Action | None:
    match _packages(words):
        case packages, []:
            return partial(_open_shell, packages, None)
        case packages, ["-c", command] if command:
            return partial(_open_shell, packages, command)
        case _:
            return None


def _lock(words: list[str]) -> Action | None:
    is_plain = QUIET.issuperset(words)
    return partial(_lock_project, is_quiet=bool(words)) if is_plain else None


def _gc(words: list[str]) -> Action | None:
    return partial(_collect, words) if COLLECTING.issuperset(words) else None


def _change(verb: str, words: list[str]) -> Action | None:
    packages = [word for word in words if word not in QUIET]
    if not packages or not all(map(_is_package, packages)):
        return None
    return partial(
        _change_packages, verb, packages, is_quiet=len(packages) < len(words)
    )


_PLANS: dict[str, Callable[[list[str]], Action | None]] = {
    "add": partial(_change, "add"),
    "exec": _execute,
    "gc": _gc,
    "lock": _lock,
    "remove": partial(_change, "remove"),
    "run": _run,
    "shell": _shell,
}


def _packages(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the packages of `-p PKG ...`, and what stands behind them."""
    packages: list[str] = []
    rest = list(words)
    while rest[:1] == ["-p"] and _is_package(*rest[1:2]):
        packages.append(rest[1])
        rest = rest[2:]
    return packages, rest


def _is_package(word: str = "") -> bool:
    """Tell whether a word is a package and nothing else, as the launcher does."""
    return word[:1] in _ALPHANUMERIC and _IN_PACKAGES.issuperset(word)


def _is_command(words: Sequence[str]) -> bool:
    return bool(words and words[0]) and not words[0].startswith("-")


def _execute_in_project(command: Sequence[str]) -> None:
    from devenv.cli.enter import execute_in_project  # noqa: PLC0415 - only if plain
    from devenv.cli.option_values import Options  # noqa: PLC0415

    execute_in_project(Options(), command)


def _run_words(packages: Sequence[str], words: Sequence[str]) -> None:
    from devenv.cli.ad_hoc import run_words  # noqa: PLC0415 - only if plain
    from devenv.cli.option_values import Options  # noqa: PLC0415

    run_words(Options(), packages, words)


def _open_shell(packages: Sequence[str], command: str | None) -> None:
    from devenv.cli.ad_hoc import open_shell  # noqa: PLC0415 - only if plain
    from devenv.cli.option_values import Options  # noqa: PLC0415

    open_shell(Options(), packages, command=command)


def _lock_project(*, is_quiet: bool) -> None:
    from devenv.cli.locking import lock_project  # noqa: PLC0415 - only if plain
    from devenv.cli.option_values import Options  # noqa: PLC0415

    lock_project(Options(quiet=is_quiet))


def _change_packages(verb: str, packages: Sequence[str], *, is_quiet: bool) -> None:
    from devenv.cli.locking import change_packages  # noqa: PLC0415 - only if plain
    from devenv.cli.option_values import Options  # noqa: PLC0415

    change_packages(Options(quiet=is_quiet), verb, packages)


def _collect(words: Sequence[str]) -> None:
    from devenv.cli.collecting import collect_all  # noqa: PLC0415 - only if plain

    collect_all(is_quiet=not QUIET.isdisjoint(words), is_now="--now" in words)


def _done(action: Action) -> int:
    """Return the exit status of an action, as `devenv.cli.main` would."""
    from devenv.host import lean  # noqa: PLC0415 - before all else

    lean.import_pathlib()
    lean.import_datetime()
    from devenv.cli.outcome import INTERRUPTED_STATUS, status_of  # noqa: PLC0415
    from devenv.cli.streams import flush_data, open_closed_streams  # noqa: PLC0415

    open_closed_streams()
    try:
        action()
        flush_data()
    except Exception as error:  # noqa: BLE001 - as devenv.cli.main does
        return status_of(error, [])
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return INTERRUPTED_STATUS
    return 0
