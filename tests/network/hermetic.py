"""Three hosts made of this one, to run workloads on.

*Hermetic* is a machine with no libraries, no network and no tools but one
static busybox at the end of PATH: what an environment forgot cannot come from
the host. Its `/bin/sh` is a dash of the store, for busybox's own shell starts
its applets before it looks at PATH, and so shadows the programs under test.
*Host* is this machine as an ordinary user; *root* is it as root, to whom no
file is read-only. In all three the loopback device is the only network, `/tmp`
is private, and the work folder is `/tmp/work`: short, as a socket's path must be.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.network.workload import Mode, Workload

USER_ID = 1000
WORK = "/tmp/work"  # noqa: S108 -- inside a private tmpfs
OUTPUT_LIMIT = 3000
TIMEOUT_STATUS = 124

HOST_PATH = {
    Mode.HERMETIC: "/applets:/bin",
    Mode.HOST: "/usr/local/bin:/usr/bin:/bin",
    Mode.ROOT: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
}
ACCOUNTS = {
    "passwd": (
        f"root:x:0:0:root:/root:/bin/sh\nme:x:{USER_ID}:{USER_ID}:me:{WORK}:/bin/sh\n"
        "nobody:x:65534:65534::/:/bin/sh\n"
    ),
    "group": f"root:x:0:\nme:x:{USER_ID}:\nnogroup:x:65534:\n",
    "hosts": "127.0.0.1 localhost\n::1 localhost\n",
}
PRELUDE = """set -eu
wait_until() {
  tries=0
  until "$@" >/dev/null 2>&1; do
    tries=$((tries + 1))
    test "$tries" -lt 100 || { echo "gave up waiting for: $*" >&2; return 1; }
    sleep 0.1
  done
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a script ended: its exit status and the end of what it said."""

    status: int
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """What a workload's host is made of.

    `bwrap` and `busybox` are programs of this machine, `shell` a dash in the
    `store`; `equipment` holds the applets and the account files.
    """

    bwrap: Path
    busybox: Path
    shell: Path
    store: Path
    equipment: Path
    is_root: bool

    def command(self, mode: Mode, *, work: Path) -> tuple[str, ...]:
        """Return the words that make the host of `mode`, before the command."""
        root = self._hermetic_root() if mode is Mode.HERMETIC else self._host_root()
        bind = "--ro-bind" if mode is Mode.HERMETIC else "--bind"
        accounts = ("passwd", "group", "hosts")
        return (
            str(self.bwrap),
            *self._identity(mode),
            *("--unshare-pid", "--unshare-net", "--die-with-parent"),
            *root,
            *("--proc", "/proc", "--tmpfs", "/tmp"),  # noqa: S108 -- a private one
            *(w for n in accounts for w in self._bound(n, f"/etc/{n}")),
            *(bind, str(self.store), str(self.store)),
            *("--bind", str(work), WORK, "--chdir", WORK),
        )

    def _identity(self, mode: Mode) -> tuple[str, ...]:
        if mode is not Mode.ROOT:
            number = str(USER_ID)
            return ("--unshare-user", "--uid", number, "--gid", number)
        powers = ("--cap-add", "ALL")
        mapped = ("--unshare-user", "--uid", "0", "--gid", "0")
        return powers if self.is_root else (*mapped, *powers)

    def _hermetic_root(self) -> tuple[str, ...]:
        return (
            *("--tmpfs", "/", "--dev", "/dev"),
            *("--ro-bind", str(self.busybox), "/bin/busybox"),
            *("--symlink", str(self.shell), "/bin/sh"),
            *("--symlink", "/bin/busybox", "/usr/bin/env"),
            *self._bound("applets", "/applets"),
        )

    def _host_root(self) -> tuple[str, ...]:
        return ("--dev-bind", "/", "/")

    def _bound(self, name: str, place: str) -> tuple[str, ...]:
        return ("--ro-bind", str(self.equipment / name), place)

    def run(
        self,
        workload: Workload,
        mode: Mode,
        *,
        work: Path,
        variables: Mapping[str, str],
        timeout_seconds: float = 240,
    ) -> Outcome:
        """Run the workload's script in the empty folder `work`."""
        (work / ".script").write_text(PRELUDE + workload.script)
        command = (*self.command(mode, work=work), "/bin/sh", f"{WORK}/.script")
        return _run(command, variables=variables, timeout_seconds=timeout_seconds)


def _run(
    command: Sequence[str], *, variables: Mapping[str, str], timeout_seconds: float
) -> Outcome:
    try:
        done = subprocess.run(
            command,
            check=False,
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout_seconds,
        )
    except subprocess.TimeoutExpired as expired:
        said = (expired.stdout or b"").decode(errors="replace")
        note = f"\nstopped after {timeout_seconds:.0f} s"
        return Outcome(status=TIMEOUT_STATUS, output=said[-OUTPUT_LIMIT:] + note)
    said = done.stdout.decode(errors="replace")
    return Outcome(status=done.returncode, output=said[-OUTPUT_LIMIT:])


def process_variables(
    added: Mapping[str, str], *, mode: Mode, tree: Path
) -> dict[str, str]:
    """Return every variable of a script that runs in an environment.

    The hermetic host has no C.UTF-8 locale, so there LOCPATH names the
    environment's, as a user of such a host would have to.
    """
    name = "root" if mode is Mode.ROOT else "me"
    variables = {
        "HOME": WORK,
        "LANG": "C.UTF-8",
        "LOGNAME": name,
        "TERM": "xterm",
        "USER": name,
        **added,
    }
    variables["PATH"] = f"{added['PATH']}:{HOST_PATH[mode]}"
    locales = tree / "usr/lib/locale"
    if mode is Mode.HERMETIC and locales.is_dir():
        variables.setdefault("LOCPATH", str(locales))
    return variables


def make_equipment(folder: Path, *, busybox: Path) -> None:
    """Write the account files and a link per applet of `busybox` to `folder`."""
    applets = folder / "applets"
    applets.mkdir(parents=True, exist_ok=True)
    listed = subprocess.run([busybox, "--list"], check=True, capture_output=True)
    for name in listed.stdout.decode().split():
        if not os.path.lexists(applets / name):
            (applets / name).symlink_to("/bin/busybox")
    for name, text in ACCOUNTS.items():
        (folder / name).write_text(text)


def missing_tools() -> tuple[str, ...]:
    """Return what this machine lacks to make a hermetic host."""
    missing = [tool for tool in ("bwrap", "busybox") if shutil.which(tool) is None]
    if missing:
        return tuple(missing)
    probe = ["bwrap", "--unshare-user", "--uid", str(USER_ID), "--unshare-net"]
    done = subprocess.run(
        [*probe, "--ro-bind", "/", "/", "/bin/true"], check=False, capture_output=True
    )
    return () if done.returncode == 0 else ("user namespaces",)


def listing(tree: Path) -> tuple[tuple[str, int, int, int], ...]:
    """Return path, mode, size and time of all below `tree`, to compare later."""
    found = []
    for folder, folders, files in os.walk(tree):
        for name in (*folders, *files):
            path = f"{folder}/{name}"
            status = os.lstat(path)
            found.append((path, status.st_mode, status.st_size, status.st_mtime_ns))
    return tuple(sorted(found))
