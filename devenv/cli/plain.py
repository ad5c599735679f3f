"""Plain command lines, done whole without typer, which takes 45 ms.

What stands here is what most call often: a program in a project's environment, its
lock, and collecting. The typed-out forms of the commands do the same by the same code.
"""

import sys
from collections.abc import Callable, Sequence

QUIET = frozenset({"-q", "--quiet"})
COLLECTING = QUIET | {"--now"}


def run_plainly(argv: Sequence[str]) -> int | None:
    """Run one command line if it is a plain one; return its exit status, or None."""
    match argv:
        case ["exec", "--", command, *words] | ["exec", command, *words]:
            if command and not command.startswith("-"):
                return _done(lambda: _execute([command, *words]))
        case ["lock", *words] if QUIET.issuperset(words):
            return _done(lambda: _lock(is_quiet=bool(words)))
        case ["gc", *words] if COLLECTING.issuperset(words):
            return _done(lambda: _collect(words))
        case _:
            pass
    return None


def _execute(command: Sequence[str]) -> None:
    from devenv.cli.enter import execute_in_project  # noqa: PLC0415 - only if plain
    from devenv.cli.option_values import Options  # noqa: PLC0415

    execute_in_project(Options(), command)


def _lock(*, is_quiet: bool) -> None:
    from devenv.cli.locking import lock_project  # noqa: PLC0415 - only if plain
    from devenv.cli.option_values import Options  # noqa: PLC0415

    lock_project(Options(quiet=is_quiet))


def _collect(words: Sequence[str]) -> None:
    from devenv.cli.collecting import collect_all  # noqa: PLC0415 - only if plain

    collect_all(is_quiet=not QUIET.isdisjoint(words), is_now="--now" in words)


def _done(action: Callable[[], None]) -> int:
    """Return the exit status of an action, as `devenv.cli.main` would."""
    from devenv.host.lean import import_pathlib  # noqa: PLC0415 - before all else

    import_pathlib()
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
