"""The daemon of one user: its lock and socket, and the one place where it waits."""

import gc
import os
import selectors
import signal
import socket
from collections.abc import Callable

from devenv import __version__
from devenv.daemon.builds import Maker
from devenv.daemon.clients import Client, Clients
from devenv.daemon.place import Place, code_mark, signal_socket
from devenv.daemon.surroundings import WatcherSurroundings
from devenv.daemon.vouching import Voucher
from devenv.daemon.watched_project import State, WatchedProject
from devenv.daemon.watcher import Watcher
from devenv.formats.daemon_messages import Request, render_reply
from devenv.host.inotify import Inotify
from devenv.host.memory import give_back_memory
from devenv.host.own_socket import listen


class Daemon:
    """A watcher, and those who ask it things."""

    def __init__(
        self, doors: WatcherSurroundings, maker: Maker, place: Place, lock: int
    ) -> None:
        self._doors = doors
        self._lock = lock
        self._place = place
        self._selector = selectors.DefaultSelector()
        self._inotify = Inotify()
        self._is_ending = False
        self._told: dict[str, tuple[object, ...]] = {}
        self._mark = code_mark()
        self._voucher = Voucher(doors.directories.state)
        self.watcher = Watcher(
            doors, self._inotify, maker, self._tell, self._closed, self._voucher.tell
        )
        self._signals, signalled = signal_socket()
        self._clients = Clients(
            listen(place.socket), self._selector, os.geteuid(), self._answer
        )
        self._register(self._inotify.descriptor, self.watcher.take_news)
        self._register(signalled.fileno(), lambda: self._signalled(signalled))

    def run(self) -> None:
        """Watch until somebody says stop, or devenv itself has been replaced."""
        self.watcher.follow_decisions()
        # What was imported stays: no collection, and no build, needs to touch it.
        gc.collect()
        gc.freeze()
        is_busy = True
        while not self._is_ending:
            moment = self.watcher.next_moment
            if moment is None and is_busy:
                # What was made on the way is not kept while nothing happens.
                gc.collect()
                give_back_memory()
            is_busy = moment is not None
            wait = None
            if moment is not None:
                wait = max(0.0, moment - self._doors.clock.monotonic())
            for key, mask in self._selector.select(wait):
                key.data(mask)
            self.watcher.pass_time()
            if code_mark() != self._mark:
                # A newer devenv is there: what we would import is no longer ours.
                self._is_ending = True
        self.close()

    def close(self) -> None:
        """Stop all builds, and be found no longer."""
        self.watcher.close()
        self._voucher.close()
        self._place.socket.unlink(missing_ok=True)
        self._clients.close()
        self._inotify.close()
        self._selector.close()
        os.close(self._lock)

    def _register(self, descriptor: int, act: Callable[[], None]) -> None:
        self._selector.register(descriptor, selectors.EVENT_READ, lambda _: act())

    def _signalled(self, signalled: socket.socket) -> None:
        numbers = signalled.recv(4096)
        if {signal.SIGTERM, signal.SIGINT, signal.SIGHUP} & set(numbers):
            self._is_ending = True
        self.watcher.reap()

    def _closed(self) -> list[int]:
        ours = [self._lock, self._inotify.descriptor, self._voucher.descriptor]
        return [*ours, *self._clients.descriptors]

    def _tell(self, watched: WatchedProject) -> None:
        view = watched.as_json()
        before = self._told.get(watched.project)
        self._answer_waiting(watched)
        if before == tuple(view.values()):
            return
        self._told[watched.project] = tuple(view.values())
        line = render_reply({"event": "project", **view})
        for client in self._clients.all:
            if client.follows:
                self._clients.send(client, line)
        has_failed = watched.state is State.FAILED
        was_failed = before is not None and State.FAILED.value in before
        if has_failed and not was_failed and self._doors.configuration.daemon.notify:
            # Only for those who want it: it brings 0.5 MB along.
            from devenv.host.notify import notify  # noqa: PLC0415

            notify(self._doors.env, watched.project, watched.sentence)

    def _answer_waiting(self, watched: WatchedProject) -> None:
        for client in self._clients.all if watched.is_settled else ():
            if client.waits_for == watched.project:
                client.waits_for = ""
                self._clients.send(client, render_reply(watched.as_json()))

    def _answer(self, client: Client, request: Request) -> None:
        match request.do:
            case "ping":
                self._clients.send(client, render_reply(self._about()))
            case "stop":
                self._clients.send(client, render_reply(self._about()))
                self._is_ending = True
            case "status" | "events":
                self._clients.send(client, render_reply(self._snapshot()))
                client.follows = request.do == "events"
            case _:
                self._answer_about(client, request.do, request.project)

    def _answer_about(self, client: Client, do: str, project: str) -> None:
        match do:
            case "unwatch":
                self.watcher.forget(project)
                self._told.pop(project, None)
                self._clients.send(client, render_reply({"project": project}))
                return
            case "build":
                watched = self.watcher.build(project)
            case _:
                watched = self.watcher.watch(project, is_pinned=do == "watch")
        if do == "wait" and not watched.is_settled:
            client.waits_for = project
        else:
            self._clients.send(client, render_reply(watched.as_json()))

    def _about(self) -> dict[str, object]:
        return {
            "version": __version__,
            "pid": os.getpid(),
            "state": str(self._doors.directories.state),
        }

    def _snapshot(self) -> dict[str, object]:
        problem = self.watcher.problem
        return {
            **self._about(),
            "watches": self.watcher.watch_count,
            "problem": "" if problem is None else f"{problem.what}; {problem.hint}",
            "projects": [each.as_json() for each in self.watcher.projects],
        }
