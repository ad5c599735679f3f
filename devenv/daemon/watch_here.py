"""`devenv watch`: one project, watched in the foreground, without a socket."""

import selectors
import signal
from collections.abc import Callable

from devenv.daemon.builds import Maker
from devenv.daemon.place import signal_socket
from devenv.daemon.surroundings import WatcherSurroundings
from devenv.daemon.watched_project import State, WatchedProject
from devenv.daemon.watcher import Watcher
from devenv.host.inotify import Inotify

Say = Callable[[str, str], None]


def _vouch(_watched: WatchedProject, _folders: tuple[str, ...]) -> None:
    """Leave hooks to look at every file themselves."""


def watch_project(
    doors: WatcherSurroundings,
    maker: Maker,
    project: str,
    say: Say,
    *,
    is_once: bool,
) -> int:
    """Keep a project up to date until interrupted, or built once; return the status.

    Raises:
        WatchLimitError: the user has too many watchers already.
    """
    inotify = Inotify()
    said = [("", "")]

    def tell(watched: WatchedProject) -> None:
        now = (watched.state.value, watched.sentence)
        if watched.state is not State.NEW and now != said[-1]:
            said[:] = [now]
            say(*now)

    watcher = Watcher(doors, inotify, maker, tell, lambda: [inotify.descriptor], _vouch)
    theirs, ours = signal_socket()
    watched = watcher.watch(project, is_pinned=True)
    with selectors.DefaultSelector() as selector, theirs, ours:
        selector.register(inotify.descriptor, selectors.EVENT_READ, "news")
        selector.register(ours, selectors.EVENT_READ, "signal")
        while not (is_once and watched.is_settled):
            moment = watcher.next_moment
            wait = None if moment is None else moment - doors.clock.monotonic()
            for key, _ in selector.select(None if wait is None else max(0.0, wait)):
                if key.data == "news":
                    watcher.take_news()
                elif set(ours.recv(4096)) - {signal.SIGCHLD}:
                    watcher.close()
                    return 130
                else:
                    watcher.reap()
            watcher.pass_time()
    return 0 if watched.state is State.READY else 1
