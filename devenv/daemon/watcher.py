"""All projects that are watched: news of files go in, builds and states come out.

One thread, which only ever waits in `select`. Every project has its loop
(devenv.plan.watching); this does what the loops ask for.
"""

from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress

from devenv.daemon import looking
from devenv.daemon.builds import Build, Builder, Maker
from devenv.daemon.decisions import Decisions
from devenv.daemon.surroundings import WatcherSurroundings
from devenv.daemon.watch_set import ANY_NAME, WatchSet
from devenv.daemon.watched_project import State, WatchedProject
from devenv.errors import DevenvError
from devenv.host.inotify import Inotify
from devenv.model.watching import (
    Action,
    Asked,
    Began,
    Ended,
    Event,
    Found,
    Looked,
    Outcome,
    Pace,
    Passed,
    Phase,
    Touched,
)
from devenv.operations.build_folder import log_file
from devenv.operations.trust_records import TrustRecords
from devenv.plan.outer_variables import as_recorded
from devenv.plan.watching import step

SPARE_SECONDS = 60.0
"""For how long after a build a copy stands ready for the next one."""

_PACE = Pace()
_DECISIONS = 0
"""The number of the user's decisions, among the numbers of projects."""


class Watcher:
    """The projects, by their folders, and what happens to them.

    Args:
        doors: what is seen of the machine.
        inotify: where news comes from.
        maker: makes projects, in copies of this process.
        tell: is called with each project whose state may have changed.
        closed: the descriptors that a build must not keep.
        vouch: is called with each project after each event, and with the folders
            that have to be watched, if all of them are.
    """

    def __init__(
        self,
        doors: WatcherSurroundings,
        inotify: Inotify,
        maker: Maker,
        tell: Callable[[WatchedProject], None],
        closed: Callable[[], list[int]],
        vouch: Callable[[WatchedProject, tuple[str, ...]], None],
    ) -> None:
        self._doors = doors
        self._inotify = inotify
        self._builder = Builder(maker, closed)
        self._spare_until: float | None = None
        self._tell, self._vouch = tell, vouch
        self._watches = WatchSet(inotify)
        self._projects: dict[str, WatchedProject] = {}
        self._numbers: dict[int, WatchedProject] = {}
        self._due: dict[int, float] = {}
        self._queue: deque[WatchedProject] = deque()
        self._unseen: deque[WatchedProject] = deque()
        self._decisions = Decisions(TrustRecords.of(doors.env))
        self._orphans: list[Build] = []
        self._last_number = _DECISIONS

    @property
    def projects(self) -> tuple[WatchedProject, ...]:
        """The projects, sorted by folder."""
        return tuple(each for _, each in sorted(self._projects.items()))

    @property
    def watch_count(self) -> int:
        """How many folders are watched."""
        return self._watches.count

    @property
    def problem(self) -> DevenvError | None:
        """Why not everything is watched; None if it is."""
        return self._watches.problem

    @property
    def next_moment(self) -> float | None:
        """When `pass_time` is to be called at the latest; None for never."""
        if self._unseen:
            return self._now()
        moments = [*self._due.values()]
        if self._spare_until is not None:
            moments.append(self._spare_until)
        return min(moments, default=None)

    def follow_decisions(self) -> None:
        """Watch what the user has allowed, and all that is allowed from now on."""
        self._watches.watch(_DECISIONS, [f"{self._decisions.directory}/{ANY_NAME}"])
        for project, is_allowed in list(self._decisions.changed()):
            watched = self._projects.get(project)
            if watched is not None:
                watched.basis, watched.digest = None, ""
                if not is_allowed and not watched.is_pinned:
                    self.forget(project)
                else:
                    self._do(watched, Touched(self._now(), is_whole=False))
            elif is_allowed:
                self.watch(project)

    def watch(self, project: str, *, is_pinned: bool = False) -> WatchedProject:
        """Watch a project; one that is pinned also while it is not allowed."""
        watched = self._projects.get(project)
        if watched is None:
            self._last_number += 1
            watched = WatchedProject(number=self._last_number, project=project)
            self._projects[project] = self._numbers[watched.number] = watched
            self._unseen.append(watched)
        watched.is_pinned |= is_pinned
        return watched

    def forget(self, project: str) -> None:
        """Watch a project no longer; its build is stopped."""
        watched = self._projects.pop(project, None)
        if watched is None:
            return
        del self._numbers[watched.number]
        self._due.pop(watched.number, None)
        self._watches.forget(watched.number)
        self._vouch(watched, ())
        if watched.build is not None:
            watched.build.stop()
            self._orphans.append(watched.build)

    def build(self, project: str) -> WatchedProject:
        """Build a project now, whatever has changed."""
        watched = self.watch(project, is_pinned=project not in self._projects)
        self._do(watched, Asked(self._now()))
        return watched

    def take_news(self) -> None:
        """Take in what has happened to files."""
        touched, anew = self._watches.sort(self._inotify.read())
        now = self._now()
        for number in anew - {_DECISIONS}:
            touched.setdefault(number, False)  # where they lie is seen at the look
        if _DECISIONS in anew or touched.pop(_DECISIONS, None) is not None:
            self.follow_decisions()
        for number, is_whole in touched.items():
            if (watched := self._numbers.get(number)) is not None:
                self._do(watched, Touched(now, is_whole=is_whole))
        self.pass_time()

    def pass_time(self) -> None:
        """Do what is due by now."""
        if self._unseen:
            self._see(self._unseen.popleft())
        now = self._now()
        if self._spare_until is not None and self._spare_until <= now:
            self._drop_spare()
        due = [number for number, moment in self._due.items() if moment <= now]
        for number in due:
            if (watched := self._numbers.get(number)) is not None:
                self._do(watched, Passed(now))

    def reap(self) -> None:
        """Take in which builds have ended."""
        for watched in self.projects:
            made = None if watched.build is None else watched.build.result()
            if made is None:
                continue
            watched.build = None
            # Whoever adds one package adds another.
            self._spare_until = self._now() + SPARE_SECONDS
            is_to_be_seen = looking.after_build(
                self._doors, watched, made.outcome, made.sentence
            )
            self._decisions.note(watched.project)
            self._do(watched, Ended(self._now(), made.outcome))
            if is_to_be_seen:
                self._do(watched, Touched(self._now(), is_whole=True))
        self._orphans = [build for build in self._orphans if build.result() is None]
        self._begin_builds()
        if self._spare_until is not None:
            with suppress(OSError):
                self._builder.keep_spare()

    def close(self) -> None:
        """Stop all builds."""
        for watched in self.projects:
            if watched.build is not None:
                watched.build.stop()
        self._drop_spare()
        self._doors.glances.close()

    def _drop_spare(self) -> None:
        self._spare_until = None
        dropped = self._builder.drop_spare()
        if dropped is not None:
            self._orphans.append(dropped)

    def _now(self) -> float:
        return self._doors.clock.monotonic()

    def _see(self, watched: WatchedProject) -> None:
        """Look at a project for the first time, with its files watched before."""
        if self._numbers.get(watched.number) is watched:
            self._watches.watch(watched.number, [f"{watched.project}/devenv.toml"])
            self._look(watched)

    def _do(self, watched: WatchedProject, event: Event) -> None:
        # Only a build has a limit: a save is not to wait until it has been read.
        pace = self._doors.pace if isinstance(event, Began) else _PACE
        watched.loop, actions = step(watched.loop, event, pace)
        for action in actions:
            self._act(watched, action)
        moment = watched.loop.next_moment
        if moment is None or watched.number not in self._numbers:
            self._due.pop(watched.number, None)
        else:
            self._due[watched.number] = moment
        if actions or isinstance(event, Began | Ended | Looked):
            self._tell(watched)
        self._vouch(watched, self._watches.all_watched(watched.number))

    def _act(self, watched: WatchedProject, action: Action) -> None:
        build = watched.build
        match action:
            case Action.LOOK:
                self._look(watched)
            case Action.QUEUE:
                self._queue.append(watched)
                self._begin_builds()
            case Action.STOP if build is not None:
                build.stop()
            case Action.GIVE_UP if build is not None:
                build.is_overdue = True
                build.stop()
            case Action.TELL:
                looking.tell_wrong(self._doors, watched)
            case Action.STAMP:
                looking.renew(self._doors, watched)
            case _:
                pass

    def _look(self, watched: WatchedProject) -> None:
        found = looking.look(self._doors, watched)
        if found.found is Found.DONE:
            looking.agree(self._doors, watched, found)
            self._decisions.note(watched.project)
        self._do(watched, Looked(self._now(), found.found))
        # What was read, or looked for, and nothing else; also where that failed.
        paths = [f"{watched.project}/devenv.toml", *found.files]
        if self._watches.watch(watched.number, paths):
            self._do(watched, Touched(self._now(), is_whole=False))

    def _begin_builds(self) -> None:
        """Start builds that wait, as many as there may be."""
        running = sum(each.build is not None for each in self._projects.values())
        most = self._doors.configuration.daemon.max_builds
        while self._queue and running < most:
            watched = self._queue.popleft()
            if watched.number not in self._numbers:
                continue
            if watched.loop.phase is not Phase.QUEUED or watched.build is not None:
                continue
            self._begin(watched)
            running += 1

    def _begin(self, watched: WatchedProject) -> None:
        watched.building = looking.digest_now(self._doors, watched.project)
        watched.builds += 1
        watched.state, watched.sentence = State.BUILDING, ""
        watched.build = self._started(watched)
        self._do(watched, Began(self._now()))
        if watched.build is None:
            self._do(watched, Ended(self._now(), Outcome.FAILED_FOR_NOW))

    def _started(self, watched: WatchedProject) -> Build | None:
        record = TrustRecords.of(self._doors.env).read(watched.project)
        env: Mapping[str, str] = self._doors.env
        if record is not None:
            env = as_recorded(env, record.outer)
        try:
            log = log_file(self._doors.directories.state, watched.project)
            return self._builder.start(env, watched.project, log)
        except (OSError, DevenvError) as error:
            watched.state = State.FAILED
            watched.sentence = f"failed: a build cannot be started: {error}"
            return None
