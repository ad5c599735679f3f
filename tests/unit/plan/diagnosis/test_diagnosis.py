"""What the doctor says of what it saw: one row for each thing it may find."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from devenv.model.finding import Finding, Level
from devenv.plan.diagnosis.archives import (
    KeyFacts,
    MirrorFacts,
    diagnose_clock,
    diagnose_keys,
    diagnose_mirrors,
    diagnose_verifier,
)
from devenv.plan.diagnosis.disks import DiskFacts, diagnose_disk, diagnose_together
from devenv.plan.diagnosis.folders import (
    FolderFacts,
    diagnose_folders,
    diagnose_leftovers,
)
from devenv.plan.diagnosis.machine import (
    WatchFacts,
    diagnose_c_library,
    diagnose_confinement,
    diagnose_namespaces,
    diagnose_watches,
)
from devenv.plan.diagnosis.projects import (
    OTHER_TOOLS,
    DaemonFacts,
    diagnose_daemon,
    diagnose_project,
)
from devenv.plan.diagnosis.shells import (
    CommandPlace,
    HookFacts,
    LoadedHook,
    diagnose_commands,
    diagnose_hook,
    diagnose_shells,
)
from devenv.values import replace

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LOADED = LoadedHook(shell_name="bash", mark="new", pid=7)
HOOK = HookFacts(
    shell_name="bash", pids=(7,), loaded=LOADED, mark="new", line="the line"
)
DISK = DiskFacts(
    name="store",
    folder="/s",
    device=1,
    kind="ext4",
    free_bytes=1 << 40,
    free_inodes=1 << 20,
)
THIS = CommandPlace(path="/a/devenv", is_this=True, is_ours=True)
OTHER = CommandPlace(path="/b/devenv", is_this=False, is_ours=False)
COPY = CommandPlace(path="/c/devenv", is_this=False, is_ours=True)
ANSWERS = MirrorFacts(address="http://a.example", date=NOW)
SILENT = MirrorFacts(address="http://b.example", refusal="no connection")
KEY = KeyFacts(fingerprint="A" * 40, expires=None)


def disk(facts: DiskFacts) -> list[Finding]:
    return list(diagnose_disk(facts, holds_programs=True))


def clock(mirror: timedelta | None, release: timedelta | None = None) -> Finding:
    return diagnose_clock(
        NOW,
        mirrors=()
        if mirror is None
        else (MirrorFacts(address="m", date=NOW + mirror),),
        newest_release=None if release is None else NOW + release,
    )


def keys(*expires: timedelta | None) -> list[Finding]:
    found = [
        KeyFacts(
            fingerprint=str(number) * 40,
            expires=None if end is None else NOW + end,
        )
        for number, end in enumerate(expires)
    ]
    pinned = [key.fingerprint for key in found]
    return list(diagnose_keys("trixie", found, pinned, NOW))


DAY = timedelta(days=1)
CASES: dict[str, tuple[Finding | Iterable[Finding], str]] = {
    "the hook is there": (diagnose_hook(HOOK), "ok"),
    "no shell asks": (diagnose_hook(HookFacts(shell_name=None)), "ok"),
    "the hook is an old one": (diagnose_hook(replace(HOOK, mark="newer")), "warning"),
    "the hook is an outer shell's": (diagnose_hook(replace(HOOK, pids=(8,))), "note"),
    "the hook is another shell's": (
        diagnose_hook(replace(HOOK, shell_name="zsh")),
        "note",
    ),
    "the hook was never loaded": (diagnose_hook(replace(HOOK, loaded=None)), "note"),
    "this command comes first": (diagnose_commands([THIS, OTHER]), "ok note"),
    "another command comes first": (diagnose_commands([OTHER, THIS]), "warning"),
    "only another one is there": (diagnose_commands([COPY]), "warning"),
    "no command is there": (diagnose_commands([]), "note"),
    "shells": (diagnose_shells({"bash": (5, 2), "zsh": None}), "ok"),
    "an old shell": (diagnose_shells({"bash": (4, 3), "zsh": (5, 8)}), "warning ok"),
    "no shell": (diagnose_shells({}), "note"),
    "a good disk": (disk(DISK), "ok"),
    "a disk that counts no inodes": (disk(replace(DISK, free_inodes=None)), "ok"),
    "little room": (disk(replace(DISK, free_bytes=500 << 20)), "warning"),
    "no room": (disk(replace(DISK, free_bytes=1 << 20)), "problem"),
    "few inodes": (disk(replace(DISK, free_inodes=5_000)), "warning"),
    "no inodes": (disk(replace(DISK, free_inodes=10)), "problem"),
    "read-only": (disk(replace(DISK, is_read_only=True)), "problem"),
    "no programs": (disk(replace(DISK, is_without_programs=True)), "problem"),
    "no upper case": (disk(replace(DISK, ignores_case=True)), "problem"),
    "whole seconds": (disk(replace(DISK, counts_seconds=True)), "note"),
    "a network": (disk(replace(DISK, kind="nfs4")), "warning"),
    "one disk": (diagnose_together(DISK, DISK), "ok"),
    "two disks": (diagnose_together(DISK, replace(DISK, device=2)), "note"),
    "watches": (
        diagnose_watches(WatchFacts(most_watches=999, most_watchers=9, projects=3)),
        "ok",
    ),
    "few watches": (
        diagnose_watches(WatchFacts(most_watches=9, most_watchers=9, projects=3)),
        "warning",
    ),
    "no watcher": (
        diagnose_watches(
            WatchFacts(most_watches=9, most_watchers=9, projects=0, refusal="no")
        ),
        "warning",
    ),
    "namespaces": (diagnose_namespaces(""), "ok"),
    "no namespaces": (diagnose_namespaces("not permitted"), "note"),
    "confined": (diagnose_confinement(3), "ok"),
    "not confined": (diagnose_confinement(0), "note"),
    "a C library": (diagnose_c_library("2.36", wanted="2.31"), "ok"),
    "an old C library": (diagnose_c_library("2.9", wanted="2.31"), "warning"),
    "another C library": (diagnose_c_library(None, wanted=None), "note"),
    "libraries for another C library": (
        diagnose_c_library(None, wanted="2.31"),
        "warning",
    ),
    "mirrors answer": (diagnose_mirrors([ANSWERS]), "ok"),
    "one mirror answers": (diagnose_mirrors([SILENT, ANSWERS]), "warning ok"),
    "no mirror answers": (diagnose_mirrors([SILENT, SILENT]), "problem problem"),
    "the clock is right": (clock(timedelta(minutes=1)), "ok"),
    "the clock is behind": (clock(DAY), "warning"),
    "the clock is ahead": (clock(-DAY), "warning"),
    "older than an archive": (clock(timedelta(), DAY), "problem"),
    "newer than an archive": (clock(None, -DAY), "ok"),
    "nothing to compare": (clock(None), "ok"),
    "keys that stay": (keys(None, None), "ok"),
    "a key that expires, and one that does not": (keys(DAY, None), "ok"),
    "keys that expire": (keys(DAY, DAY * 9), "warning"),
    "one has expired": (keys(-DAY, None), "note ok"),
    "all have expired": (keys(-DAY, -DAY), "problem"),
    "a key that nobody trusts": (
        diagnose_keys("trixie", [KEY], ["B" * 40], NOW),
        "problem",
    ),
    "something verifies": (diagnose_verifier("gpgv"), "ok"),
    "nothing verifies": (diagnose_verifier(None), "problem"),
    "own folders": (diagnose_folders(FolderFacts()), "ok"),
    "root's, another's and shut": (
        diagnose_folders(
            FolderFacts(foreign=["/a"], open_to_others=["/b"], unwritable=["/c"])
        ),
        "problem problem problem",
    ),
    "nothing left": (diagnose_leftovers({"half downloads": 0}), "ok"),
    "something left": (diagnose_leftovers({"half downloads": 2}), "note"),
    "a project of all tools": (
        diagnose_project(OTHER_TOOLS, "/p"),
        " ".join(["note"] * len(OTHER_TOOLS)),
    ),
    "no daemon": (diagnose_daemon(DaemonFacts(), "1"), "ok"),
    "a daemon": (diagnose_daemon(DaemonFacts(version="1"), "1"), "ok"),
    "an old daemon": (diagnose_daemon(DaemonFacts(version="0"), "1"), "warning"),
    "a daemon in trouble": (
        diagnose_daemon(DaemonFacts(version="1", problem="few watches"), "1"),
        "warning",
    ),
    "a dead daemon": (
        diagnose_daemon(DaemonFacts(has_dead_socket=True, socket="/s"), "1"),
        "note",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_was_seen_is_judged(case: str) -> None:
    found, levels = CASES[case]
    findings = [found] if isinstance(found, Finding) else list(found)

    assert " ".join(finding.level for finding in findings) == levels
    for finding in findings:
        if finding.level in {Level.WARNING, Level.PROBLEM}:
            assert finding.advice


def test_many_folders_of_root_are_not_all_told() -> None:
    facts = FolderFacts(foreign=[f"/{number}" for number in range(20)])

    assert len(list(diagnose_folders(facts))) == 5
