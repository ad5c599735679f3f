"""What has a session start the daemon, as it is written.

`DEVENV_WRITE_GOLDEN=1 pytest tests/unit/formats/test_session_files.py` writes it anew.
"""

import os
import plistlib
import shutil
import subprocess
from pathlib import Path

import pytest

from devenv.formats.session_files import launchd_agent, systemd_unit

GOLDEN = Path(__file__).parents[2] / "golden/daemon"
COMMAND = ("/bin/true", "-c", 'say "50% <&> $HOME \\n"', "/a b/ü")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("devenv.service", systemd_unit(COMMAND), id="systemd"),
        pytest.param("devenv.daemon.plist", launchd_agent(COMMAND), id="launchd"),
    ],
)
def test_what_is_written_for_a_session_is_as_it_was(name: str, text: str) -> None:
    file = GOLDEN / name
    if os.environ.get("DEVENV_WRITE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    assert file.read_text() == text


def test_launchd_reads_the_command_line_as_it_is() -> None:
    found = plistlib.loads(launchd_agent(COMMAND).encode())
    assert tuple(found["ProgramArguments"]) == COMMAND
    assert found["RunAtLoad"]
    assert found["KeepAlive"]


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("there is no systemd here")
    unit = tmp_path / "devenv.service"
    unit.write_text(systemd_unit(COMMAND))
    env = {"XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run(
        [verify, "--user", "verify", str(unit)],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
