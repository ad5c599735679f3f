"""What the README shows, typed as the README shows it."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.network.installation import Installation, tree_of

pytestmark = [pytest.mark.network, pytest.mark.timeout(900)]

OPENSSL_PROGRAM = """
#include <openssl/crypto.h>
#include <stdio.h>
int main(void) { puts(OpenSSL_version(OPENSSL_VERSION)); return 0; }
"""
COMPILE_AND_RUN = (
    "gcc version.c -o version $(pkg-config --cflags --libs libcrypto) && ./version"
)
SCRIPT = """#!/usr/bin/env -S devenv run -p python3 -- python3
import sys

print(sys.executable, *sys.argv[1:], sep="|")
"""


def test_a_package_runs_by_its_name(installation: Installation) -> None:
    assert b"< hello >" in installation.run(["run", "cowsay", "hello"])


def test_a_shell_line_compiles_against_a_library_and_runs_the_result(
    installation: Installation, tmp_path: Path
) -> None:
    (tmp_path / "version.c").write_text(OPENSSL_PROGRAM)
    packages = ["-p", "gcc", "-p", "libssl-dev", "-p", "pkg-config"]
    asked = ["run", *packages, "--", "sh", "-c", COMPILE_AND_RUN]

    assert installation.run(asked, directory=tmp_path).startswith(b"OpenSSL 3.")


def test_a_script_asks_for_its_interpreter_in_its_first_line(
    installation: Installation, tmp_path: Path
) -> None:
    script = tmp_path / "version.py"
    script.write_text(SCRIPT)
    script.chmod(0o755)
    path = f"{installation.command.parent}:{installation.variables['PATH']}"
    said = subprocess.run(
        [script, "a b", "*"],
        check=True,
        capture_output=True,
        env={**installation.variables, "PATH": path},
    ).stdout.decode()

    program, *arguments = said.rstrip("\n").split("|")
    assert Path(program).is_relative_to(installation.store)
    assert arguments == ["a b", "*"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param(("rg", "--version"), b"ripgrep", id="rg is of ripgrep"),
        pytest.param(("convert", "-version"), b"ImageMagick", id="convert"),
        pytest.param(("fdfind", "--version"), b"fd", id="fdfind is of fd-find"),
        pytest.param(("ripgrep", "--version"), b"ripgrep", id="ripgrep starts rg"),
        pytest.param(("imagemagick", "-version"), b"ImageMagick", id="imagemagick"),
    ],
)
def test_a_program_or_a_package_is_enough_to_run_it(
    asked: tuple[str, ...], expected: bytes, installation: Installation
) -> None:
    assert expected in installation.run(["run", *asked])


def test_a_package_nobody_has_is_told_in_one_sentence(
    installation: Installation,
) -> None:
    asked = [str(installation.command), "run", "no-such-program-at-all"]
    done = subprocess.run(
        asked, check=False, capture_output=True, env=installation.variables
    )

    assert done.returncode == 1
    assert b"no-such-program-at-all" in done.stderr
    assert b"Traceback" not in done.stderr
    assert done.stdout == b""


def test_the_status_of_the_command_is_passed_on(installation: Installation) -> None:
    asked = ["run", "-p", "jq", "--", "sh", "-c", "exit 7"]

    installation.run(asked, expected_status=7)


def test_standard_input_and_awkward_arguments_reach_the_program(
    installation: Installation,
) -> None:
    awkward = "a  'b' \"c\" $HOME *\n\\d"
    filter_ = "[., $ARGS.positional[0]]"
    asked = ["run", "jq", "-c", filter_, "--args", awkward]
    done = subprocess.run(
        [str(installation.command), *asked],
        check=True,
        input=b'"in"',
        capture_output=True,
        env=installation.variables,
    )

    assert done.stdout == b'["in","a  \'b\' \\"c\\" $HOME *\\n\\\\d"]\n'


def test_a_shell_runs_a_line_with_the_packages_programs_first(
    installation: Installation,
) -> None:
    said = installation.run(["shell", "-p", "jq", "-c", "command -v jq"])

    assert Path(said.decode().strip()).is_relative_to(installation.store)


def test_nothing_of_an_environment_reaches_the_loader_of_the_hosts_programs(
    installation: Installation,
) -> None:
    added = installation.environment(["gcc", "perl", "python3", "libstdc++6"])

    assert [name for name in added if name.startswith("LD_")] == []
    assert [name for name in added if name in {"PERL5LIB", "PYTHONPATH"}] == []


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("/bin/ls", "/"), id="ls"),
        pytest.param(("/usr/bin/perl", "-MPOSIX", "-e", "1"), id="perl"),
        pytest.param(("/bin/bash", "-c", ":"), id="bash"),
        pytest.param(("/usr/bin/git", "--version"), id="git"),
    ],
)
def test_a_program_of_the_host_runs_in_an_environment_as_outside(
    command: tuple[str, ...], installation: Installation
) -> None:
    if not os.access(command[0], os.X_OK):
        pytest.skip(f"this host has no {command[0]}")
    packages = ["-p", "gcc", "-p", "perl", "-p", "git", "-p", "libstdc++6"]
    installation.run(["run", *packages, "--", "/bin/true"])
    done = subprocess.run(
        [str(installation.command), "run", *packages, "--", *command],
        check=False,
        capture_output=True,
        env=installation.variables,
    )

    assert (done.returncode, done.stderr) == (0, b"")


def test_an_environment_of_the_same_packages_is_the_same_tree_in_any_order(
    installation: Installation,
) -> None:
    trees = {
        tree_of(installation.environment(packages), store=installation.store)
        for packages in (["jq", "tree"], ["tree", "jq"], ["jq", "tree", "jq"])
    }

    assert len(trees) == 1
