"""A real shell on a real terminal."""

import os
import secrets
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import pexpect
import pytest

TIMEOUT_SECONDS = 20


def required(program: str) -> str:
    """Return the path of a program; skip without it, but not in CI.

    Tools that come from the package index lie beside the Python that runs the tests.
    """
    beside = str(Path(sys.executable).parent)
    found = shutil.which(program) or shutil.which(program, path=beside)
    if found is None:
        message = f"{program} is not on this machine"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return found


@dataclass
class Terminal:
    """What a user types, and sees."""

    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    said_before: str = ""
    """What came between the last two commands: echoes, prompts and their hooks."""

    def __enter__(self) -> Self:
        self.child = pexpect.spawn(
            self.argv[0],
            list(self.argv[1:]),
            env={**self.env},
            cwd=str(self.cwd),
            timeout=TIMEOUT_SECONDS,
            encoding="utf-8",
            codec_errors="surrogateescape",
            dimensions=(50, 500),
        )
        # It waits 50 ms before each line, for programs that ask for passwords.
        self.child.delaybeforesend = None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.child.close(force=True)

    def ask(self, command: str) -> str:
        """Type a command; return all that it prints."""
        mark = secrets.token_hex(4)
        # In two halves, so that the echo of what is typed is not the mark.
        self.child.sendline(
            f"printf '%s%s\\n' '<{mark[:4]}' '{mark[4:]}'; {command}"
            f"; printf '%s%s\\n' '{mark[:4]}' '{mark[4:]}>'"
        )
        self.child.expect_exact(f"<{mark}")
        self.said_before = (self.child.before or "").replace("\r", "\n")
        self.child.expect_exact(f"{mark}>")
        return (self.child.before or "").replace("\r", "").removeprefix("\n")

    def value(self, name: str) -> str:
        """Return a variable, as a child of the shell sees it."""
        return self.ask(f"/usr/bin/printenv '{name}'").removesuffix("\n")

    def leave(self, status: int) -> int | None:
        """Exit from the shell; return the status that the process ends with."""
        self.child.sendline(f"exit {status}")
        self.child.expect(pexpect.EOF)
        self.child.close()
        return self.child.exitstatus
