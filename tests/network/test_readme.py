"""The README's console blocks, typed one after the other into a bash."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from tests.fixtures.ad_hoc import LAUNCHER
from tests.fixtures.documents import README, blocks_of
from tests.network.installation import passed_on
from tests.shells.terminal import required

pytestmark = [pytest.mark.network, pytest.mark.timeout(1800)]

PROMPT = re.compile(r"\[(\d+)\]@_@ ")
SECONDS_A_COMMAND = 600
PROGRAM = """
#include <openssl/crypto.h>
#include <stdio.h>
int main(void) { puts(OpenSSL_version(OPENSSL_VERSION)); return 0; }
"""
GIT = "[user]\nname = reader\nemail = reader@example.org\n"
MAKEFILE = "test:\n\tpython3 --version\n"


def commands() -> Iterator[str]:
    """Yield what stands behind the README's dollar signs, without the remarks."""
    for block in blocks_of(README):
        if block.language == "console":
            for line in re.findall(r"^\$ (.*)$", block.text, re.MULTILINE):
                yield re.sub(r"\s+# .*", "", line)


@pytest.fixture
def shell(tmp_path: Path) -> Iterator["pexpect.spawn[str]"]:
    """Yield a bash in a folder with a small program and a Makefile."""
    home = tmp_path / "home"
    work = home / "work"
    work.mkdir(parents=True)
    (work / "hello.c").write_text(PROGRAM)
    (work / "Makefile").write_text(MAKEFILE)
    (home / ".gitconfig").write_text(GIT)
    subprocess.run(["git", "init", "--quiet", str(work)], check=True)
    (home / ".bashrc").write_text("PS1='[$?]@_''@ '\n")
    env = passed_on(os.environ) | {"HOME": str(home), "SHELL": required("bash")}
    env["PATH"] = f"{LAUNCHER.parent}:/usr/local/bin:/usr/bin:/bin"
    bash = pexpect.spawn(
        env["SHELL"],
        ["--rcfile", str(home / ".bashrc"), "-i"],
        env=env | {"TERM": "dumb", "XDG_CONFIG_HOME": str(home / ".config")},
        cwd=str(work),
        encoding="utf-8",
        timeout=SECONDS_A_COMMAND,
    )
    bash.expect(PROMPT)
    yield bash
    bash.close(force=True)


def test_every_command_that_the_readme_shows_does_what_it_says(
    shell: "pexpect.spawn[str]",
) -> None:
    shown = list(commands())
    assert len(shown) > 8
    for command in shown:
        shell.sendline(command)
        shell.expect(PROMPT)
        assert isinstance(shell.match, re.Match)
        assert shell.match[1] == "0", f"$ {command}\n{shell.before}"
