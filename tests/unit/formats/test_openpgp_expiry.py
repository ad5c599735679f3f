"""When a key expires, as gpg tells it."""

import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from devenv import data
from devenv.errors import FormatError
from devenv.formats.openpgp_expiry import key_expiries

KEYS = sorted((Path(data.__path__[0]) / "keys").glob("*.pgp"))
_EXPIRES = re.compile(r"^pub:[^:]*:\d+:\d+:[0-9A-F]+:\d+:(\d*):", re.MULTILINE)


@pytest.mark.parametrize("file", KEYS, ids=lambda file: file.stem)
def test_it_is_read_as_gpg_reads_it(file: Path, tmp_path: Path) -> None:
    if not shutil.which("gpg"):
        pytest.skip("gpg is not here")
    home = ["--homedir", str(tmp_path)]
    command = ["gpg", *home, "--with-colons", "--show-keys", str(file)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    (seconds,) = _EXPIRES.findall(told)

    (expires,) = key_expiries(file.read_bytes()).values()

    assert expires == datetime.fromtimestamp(int(seconds), UTC)


def test_the_keys_that_are_shipped_are_good_for_a_while() -> None:
    later = datetime.now(UTC) + timedelta(days=180)
    for file in KEYS:
        for expires in key_expiries(file.read_bytes()).values():
            assert expires is None or expires > later, file


@pytest.mark.parametrize("length", [1, 40, 700, 1500])
def test_a_keyring_cut_short_is_refused(length: int) -> None:
    with pytest.raises(FormatError):
        key_expiries(KEYS[0].read_bytes()[:length])
