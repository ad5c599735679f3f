"""The doctor looks at the kernel, its limits, the C library and the daemon."""

from collections.abc import Iterator

from devenv import __version__
from devenv.build.redirect_library import library_digest
from devenv.errors import FormatError, SpecError
from devenv.formats.daemon_messages import Request
from devenv.host.landlock import landlock_version
from devenv.host.own_socket import SOCKET, runtime_directory
from devenv.host.shared_libraries import HostLibraries
from devenv.host.user_namespaces import refusal_of_namespaces
from devenv.host.watch_limits import refusal_of_watching, watch_limits
from devenv.model.environment import LIBRARY_PATH
from devenv.model.finding import Finding, ok
from devenv.operations.ask_daemon import Reply, ask
from devenv.operations.check_library_path import check_library_path
from devenv.operations.doctor_asking import Asking
from devenv.operations.find_project import find_project
from devenv.operations.read_project import read_project
from devenv.operations.trust_records import TrustRecords
from devenv.plan.diagnosis.machine import (
    WatchFacts,
    diagnose_c_library,
    diagnose_confinement,
    diagnose_namespaces,
    diagnose_watches,
)
from devenv.plan.diagnosis.projects import DaemonFacts, diagnose_daemon


def look_at_kernel(asking: Asking) -> Iterator[Finding]:
    """Yield what the kernel allows."""
    yield diagnose_confinement(landlock_version())
    yield diagnose_namespaces(refusal_of_namespaces())
    watches, watchers = watch_limits()
    yield diagnose_watches(
        WatchFacts(
            most_watches=watches,
            most_watchers=watchers,
            projects=len(TrustRecords.of(asking.env).all()),
            refusal=refusal_of_watching(),
        )
    )


def look_at_libraries(asking: Asking) -> Iterator[Finding]:
    """Yield how the machine's libraries and the environments' get along."""
    digest = library_digest(asking.system)[:16]
    yield ok("redirecting-library", digest)
    version = HostLibraries(asking.system).c_library_version
    text = None if version is None else str(version)
    yield from diagnose_c_library(text, wanted=_oldest_wanted(asking))


def look_at_library_path(asking: Asking) -> Iterator[Finding]:
    """Yield what LD_LIBRARY_PATH does to programs of the machine, if it is set."""
    if asking.env.get(LIBRARY_PATH):
        store = asking.directories.store
        told = check_library_path(asking.env, asking.system, store=store)
        yield ok(LIBRARY_PATH, told)


def look_at_daemon(asking: Asking) -> Iterator[Finding]:
    """Yield whether a daemon runs, and which."""
    state = asking.directories.state
    socket = runtime_directory(asking.env, state) / SOCKET
    try:
        reply = ask(asking.env, state, Request(do="status"))
    except FormatError:
        # It speaks, but not as we do.
        reply = {"version": "of another version"}
    facts = DaemonFacts(
        version=None if reply is None else str(reply.get("version", "")),
        problem="" if reply is None else str(reply.get("problem", "")),
        watches=_number(reply, "watches"),
        socket=str(socket),
        has_dead_socket=reply is None and socket.is_socket(),
    )
    yield diagnose_daemon(facts, __version__)


def _oldest_wanted(asking: Asking) -> str | None:
    """Return what the project's `libraries` may need; None where there are none."""
    folder = find_project(asking.folder, ceiling=asking.env.get("DEVENV_CEILING"))
    if folder is None:
        return None
    try:
        project = read_project(folder, system=asking.system.name, env=asking.env)
    except SpecError:
        # `devenv check` tells what is wrong with it.
        return None
    return project.spec.oldest_c_library if project.spec.libraries else None


def _number(reply: Reply | None, key: str) -> int:
    value = None if reply is None else reply.get(key)
    return value if isinstance(value, int) else 0
