"""The command under test, with a store and caches of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PASSED_ON = frozenset(
    (
        "HOME",
        "LANG",
        "LOGNAME",
        "PATH",
        "SSL_CERT_DIR",
        "SSL_CERT_FILE",
        "TMPDIR",
        "USER",
        "XDG_CONFIG_HOME",
    )
)
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class CommandError(AssertionError):
    """The command under test did not do what was asked."""


def passed_on(outer: Mapping[str, str]) -> dict[str, str]:
    """Return the variables a command under test may see of the tester's own.

    No search path but PATH is among them: what devenv puts in front of one
    would be hard to tell from what stood there.
    """
    return {
        name: value
        for name, value in outer.items()
        if name in PASSED_ON
        or name.lower().endswith("_proxy")
        or name.startswith("DEVENV_")
    }


def parse_environment(output: bytes) -> dict[str, str]:
    """Return the variables that `env -0` printed."""
    text = output.decode("utf-8", "surrogateescape")
    pairs = (line.partition("=") for line in text.split("\0") if line)
    return {name: value for name, _, value in pairs}


def added_variables(
    found: Mapping[str, str], *, ambient: Mapping[str, str]
) -> dict[str, str]:
    """Return what an environment adds: PATH without the ambient tail."""
    added = {
        name: value
        for name, value in found.items()
        if ambient.get(name) != value and name not in {"_", "PWD", "SHLVL", "OLDPWD"}
    }
    added["PATH"] = found["PATH"].removesuffix(ambient["PATH"]).removesuffix(":")
    return added


def package_flags(packages: Iterable[str]) -> tuple[str, ...]:
    """Return `-p A -p B`."""
    return tuple(word for package in packages for word in ("-p", package))


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """`command` with everything it writes below `folder`."""

    command: Path
    folder: Path

    @property
    def store(self) -> Path:
        return self.folder / "store"

    @property
    def variables(self) -> dict[str, str]:
        """The variables the command runs with."""
        folders = {
            f"XDG_{kind.upper()}_HOME": str(self.folder / kind)
            for kind in ("data", "state", "cache")
        }
        own = {"DEVENV_STORE_DIR": str(self.store), **folders}
        return {"PATH": SYSTEM_PATH, **passed_on(os.environ), **own}

    def run(
        self,
        arguments: Sequence[str],
        *,
        directory: Path | None = None,
        timeout_seconds: float = 900,
        expected_status: int = 0,
    ) -> bytes:
        """Run `devenv ARGUMENTS` and return its standard output.

        Raises:
            CommandError: it exited with another status than expected.
        """
        command = [str(self.command), *arguments]
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            cwd=directory,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            timeout=timeout_seconds,
        )
        if done.returncode != expected_status:
            said = (done.stdout[-2000:] + done.stderr[-4000:]).decode(errors="replace")
            words = " ".join(command[1:])
            raise CommandError(f"devenv {words}: exit {done.returncode}\n{said}")
        return done.stdout

    def environment(self, packages: Iterable[str]) -> dict[str, str]:
        """Return the variables that an environment of `packages` adds."""
        flags = package_flags(packages)
        output = self.run(["run", *flags, "--", "/usr/bin/env", "-0"])
        return added_variables(parse_environment(output), ambient=self.variables)


def tree_of(variables: Mapping[str, str], *, store: Path) -> Path:
    """Return the environment tree that comes first on PATH."""
    first = Path(variables["PATH"].partition(":")[0])
    return store / first.relative_to(store).parts[0]


def find_command() -> Path | None:
    """Return the installed command, or the checkout's, or None."""
    installed = shutil.which("devenv", path=str(Path(sys.executable).parent))
    checkout = Path(__file__).parents[2] / "shell-hooks" / "devenv"
    found = (Path(installed) if installed else None, checkout)
    return next((path for path in found if path and path.is_file()), None)
