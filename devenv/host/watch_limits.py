"""How much this user may watch by inotify, and whether one more is let in."""

from pathlib import Path

from devenv.host.inotify import Inotify, WatchLimitError

_SYSCTL = Path("/proc/sys")
_WATCHES = ("fs/inotify/max_user_watches", "user/max_inotify_watches")
_WATCHERS = ("fs/inotify/max_user_instances", "user/max_inotify_instances")


def watch_limits() -> tuple[int, int]:
    """Return how many folders may be watched, and by how many programs.

    The user's namespace has limits of its own; the lower one counts.
    """
    return _lowest(_WATCHES), _lowest(_WATCHERS)


def refusal_of_watching() -> str:
    """Return why the kernel watches nothing more for us; empty if it does."""
    try:
        inotify = Inotify()
    except WatchLimitError as error:
        return error.what
    try:
        inotify.add("/", is_for_names=False)
    except WatchLimitError as error:
        return error.what
    finally:
        inotify.close()
    return ""


def _lowest(files: tuple[str, ...]) -> int:
    found = []
    for file in files:
        try:
            found.append(int((_SYSCTL / file).read_text()))
        except (OSError, ValueError):
            continue
    return min(found, default=0)
