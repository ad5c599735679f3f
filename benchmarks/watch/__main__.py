"""From a save to the new environment: the daemon, and what it costs while idle.

    python -m benchmarks.watch [--quick] [--scratch DIR]

A daemon of this run's own, over projects of packages made for it, so that nothing is
downloaded. What is timed is from the beginning of the save (that of the rename, where
it is one) until the state and the links that hooks follow lead to the new activation,
for all three shells. Where there are two processors, the daemon has one and whoever
saves and waits the other, as an editor would: on the same one, the kernel lets one of
them wait for the other. What the save itself takes is the file system's. The other
tools have no daemon: theirs is the time their hook takes at the next prompt.
"""

import os
import select
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median, quantiles

from benchmarks.report import machine, markdown_table, three_figures, write_results
from benchmarks.run.peers import all_peers
from benchmarks.scratch import arguments, runs_folder
from benchmarks.subject import SYSTEM_PATH
from benchmarks.timing import timed
from devenv.host.inotify import Happening, Inotify
from tests.fixtures.archive import Package, SignedArchive
from tests.fixtures.http_server import serving
from tests.fixtures.project_world import ProjectWorld, make_project_world
from tests.fixtures.watching import (
    Daemon,
    a_daemon,
    make_free,
    spec_text,
    until,
)
from tests.fixtures.world import PACKAGES

LORRI_DEBOUNCE_MS = 100.0
SHELLS = ("bash", "fish", "zsh")
IDLE_SECONDS = 5.0
REST_SECONDS = 4.0
FILES_PER_PACKAGE = 2000
GOALS = (
    "a variable saved: median at most 2 ms, 95 of 100 at most 10 ms",
    "a package in the store: at most 100 ms, 15 ms per 1,000 files beyond",
    "idle: no wake-up, at most 20 MiB",
)

Milliseconds = list[float]
Way = Callable[[Path, str], Callable[[], object]]


def made(name: str, files: int) -> Package:
    """Return a package of this many files."""
    content = {f"usr/share/{name}/{n:05}": b"%d\n" % n for n in range(files)}
    content[f"usr/bin/{name}"] = b"#!/bin/sh\necho hi\n"
    fields = {"Description": "made for a benchmark"}
    return Package(
        name=name, version="1", architecture="all", fields=fields, files=content
    )


LARGE = made("large", FILES_PER_PACKAGE)


@contextmanager
def a_world(folder: Path) -> Iterator[ProjectWorld]:
    """Yield a home with one allowed project."""
    served = folder / "served"
    home = folder / "home"
    for each in (served, home):
        each.mkdir(parents=True)
    with serving(served) as server:
        found = make_project_world(
            home, server, SignedArchive(served), (*PACKAGES, LARGE)
        )
        make_free(found)
        yield found


def allow(world: ProjectWorld, folder: Path) -> None:
    done = world.run("allow", "--yes", cwd=folder)
    assert done.returncode == 0, done.stderr


def writing(path: Path, text: str) -> Callable[[], object]:
    """Return what saves a text into the file."""
    return lambda: path.write_text(text)


def renaming(path: Path, text: str) -> Callable[[], object]:
    """Return what puts a new file, which is there already, in place of an old one."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text)
    return lambda: beside.replace(path)


@contextmanager
def apart(daemon: Daemon) -> Iterator[None]:
    """Give the daemon and us a processor each, if there are two."""
    both = os.sched_getaffinity(0)
    if len(both) > 1:
        os.sched_setaffinity(0, {min(both)})
        os.sched_setaffinity(daemon.process.pid, {max(both)})
    yield
    os.sched_setaffinity(0, both)
    os.sched_setaffinity(daemon.process.pid, both)


def until_new(
    daemon: Daemon, folder: Path, save: Callable[[], object]
) -> tuple[float, float]:
    """Save; return how long that took, and it and all until all shells have it.

    In milliseconds. Whoever waits is woken by the kernel: to look again and again
    would take half of a processor that the daemon may share.
    """
    waiting = {"state", *(f"current.{shell}" for shell in SHELLS)}
    inotify = Inotify()
    inotify.add(str(daemon.hooks(folder)), is_for_names=True)
    start = time.perf_counter()
    save()
    saved = time.perf_counter() - start
    while waiting:
        ready, _, _ = select.select([inotify.descriptor], [], [], 60)
        assert ready
        waiting -= {
            news.name for news in inotify.read() if news.happening & Happening.MOVED_TO
        }
    seconds = time.perf_counter() - start
    inotify.close()
    return saved * 1000, seconds * 1000


def variables(
    daemon: Daemon, way: Way, rounds: int
) -> tuple[Milliseconds, Milliseconds]:
    """Time saves of a variable: each by itself, and until shells have it."""
    world = daemon.home
    text = spec_text(world, "first")
    daemon.settled(world.folder)
    found = []
    with apart(daemon):
        for number in range(rounds):
            changed = text.replace("first", f"{way.__name__}-{number}")
            save = way(world.spec_path, changed)
            found.append(until_new(daemon, world.folder, save))
            time.sleep(0.06)
    return [saved for saved, _ in found], [seen for _, seen in found]


def packages(daemon: Daemon, package: str, rounds: int) -> Milliseconds:
    """Time a package that is in the store; its tree is there, too, after the first."""
    world = daemon.home
    found = []
    for _ in range(rounds + 1):
        spec_text(world, "first")
        time.sleep(0.3)
        daemon.settled(world.folder)
        world.write_spec("hello", package, tables='[env]\nA = "first"\n')
        changed = world.spec_path.read_text()
        spec_text(world, "first")
        time.sleep(0.3)
        daemon.settled(world.folder)
        save = renaming(world.spec_path, changed)
        found.append(until_new(daemon, world.folder, save)[1])
    return found[1:]


def idle(folder: Path, *, projects: int, files: int) -> tuple[float, int, int]:
    """Return MiB, wake-ups and watched folders of a daemon that has nothing to do."""
    with a_world(folder) as world:
        names = "".join(f'  "absent/{n}",\n' for n in range(files))
        world.write_spec("hello", more=f"dotenv = [\n{names}]\n", tables="")
        allow(world, world.folder)
        for number in range(1, projects):
            copy = world.folder.with_name(f"project-{number}")
            shutil.copytree(world.folder, copy)
            allow(world, copy)
        with a_daemon(world) as daemon:
            daemon.settled(world.folder)
            until(lambda: len(listed(daemon)) == projects)
            until(lambda: all(each["settled"] for each in listed(daemon)))
            time.sleep(REST_SECONDS)
            found = daemon.ask("status") or {}
            time.sleep(0.5)
            before = daemon.wakeups()
            time.sleep(IDLE_SECONDS)
            woken = daemon.wakeups() - before
            return daemon.memory_kib() / 1024, woken, int(str(found["watches"]))


def listed(daemon: Daemon) -> list[dict[str, object]]:
    found = (daemon.ask("status") or {}).get("projects")
    return list(found) if isinstance(found, list) else []


def others(scratch: Path, folder: Path, rounds: int) -> dict[str, Milliseconds]:
    """Return what other tools' hooks take at the prompt after an edit."""
    found: dict[str, Milliseconds] = {}
    env = {"PATH": SYSTEM_PATH, "HOME": str(folder), "TERM": "dumb"}
    tools, absent = all_peers(scratch)
    programs = {each.name.split()[0]: each.command[0] for each in tools}
    for missing in absent:
        sys.stderr.write(f"{missing.name}: {missing.reason}\n")
    for tool, file, line, allowing, hook in (
        ("direnv", ".envrc", "export A={}\n", ("allow",), ("export", "bash")),
        (
            "mise",
            "mise.toml",
            '[env]\nA = "{}"\n',
            ("trust",),
            ("hook-env", "-s", "bash"),
        ),
    ):
        if tool not in programs:
            continue
        program = programs[tool]
        project = folder / tool
        project.mkdir()
        times = []
        for number in range(rounds):
            (project / file).write_text(line.format(number))
            timed((program, *allowing), env=env, directory=project)
            sample = timed((program, *hook), env=env, directory=project)
            times.append(sample.seconds * 1000)
        found[f"{tool} at the next prompt"] = times
    return found


def row(name: str, times: Milliseconds) -> tuple[str, ...]:
    tail = (
        quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]
    )
    figures = (min(times), median(times), tail, max(times))
    return (name, *map(three_figures, figures))


def main() -> None:
    options = arguments(__doc__ or "")
    rounds = 20 if options.quick else 200
    few = 3 if options.quick else 15
    times: dict[str, Milliseconds] = {}
    with ExitStack() as stack:
        folder = stack.enter_context(runs_folder(options.scratch))
        world = stack.enter_context(a_world(folder / "saves"))
        spec_text(world, "first")
        allow(world, world.folder)
        daemon = stack.enter_context(a_daemon(world))
        for way, name in ((writing, "written"), (renaming, "renamed over")):
            saved, seen = variables(daemon, way, rounds)
            times[f"a variable, {name}"] = seen
            times[f"of it the save itself, {name}"] = saved
        times["a package in the store, small"] = packages(daemon, "toolbox", few)
        times[f"a package in the store, {FILES_PER_PACKAGE:,} files"] = packages(
            daemon, "large", few
        )
        scratch = options.scratch.resolve() / "peers"
        times |= others(scratch, folder, few)
        idles = {
            name: idle(
                folder / name.replace(" ", "-").replace(",", ""),
                projects=projects,
                files=files,
            )
            for name, projects, files in (
                ("10 files", 1, 6),
                ("10,000 files of one spec", 1, 9996),
                ("10,000 files of 50 specs", 50, 196),
                ("200 projects", 20 if options.quick else 200, 1),
            )
        }
    table = markdown_table(
        ("ms", "least", "median", "95 of 100", "most"),
        [
            *(row(name, found) for name, found in times.items()),
            ("lorri's debounce alone", three_figures(LORRI_DEBOUNCE_MS), "-", "-", "-"),
        ],
    )
    resting = markdown_table(
        ("idle, watching", "MiB", "wake-ups in 5 s", "watches"),
        [
            (name, f"{size:.1f}", str(woken), str(count))
            for name, (size, woken, count) in idles.items()
        ],
    )
    goals = "; ".join(GOALS)
    head = f"# A save\n\n{machine()}.\n\n{__doc__}\nGoals: {goals}."
    text = f"{head}\n\n{table}\n\n{resting}"
    write_results(
        "watch", text=text, figures={"milliseconds": times, "idle": idles}, charts={}
    )
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main()
