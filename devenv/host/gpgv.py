"""Signatures checked by GnuPG's gpgv, where the library is not to be had."""

import shutil
import tempfile
from pathlib import Path

from devenv.errors import SignatureError
from devenv.formats.gpg_status import good_signers
from devenv.formats.openpgp import dearmored
from devenv.host import process

_PATH = "/usr/local/bin:/usr/bin:/bin"
_TIMEOUT_SECONDS = 60.0


def is_available() -> bool:
    """Tell whether this machine has gpgv."""
    return shutil.which("gpgv", path=_PATH) is not None


def verify(message: bytes, keyring: bytes) -> tuple[bytes, frozenset[str]]:
    """Return what a clear-signed message says, and who signed it well.

    Raises:
        SignatureError: nobody in the keyring did.
        FormatError: the keyring cannot be read.
        ProgramError: gpgv cannot be run.
    """
    with tempfile.TemporaryDirectory(prefix="devenv-gpgv-") as name:
        folder = Path(name)
        (folder / "keyring.gpg").write_bytes(dearmored(keyring))
        (folder / "message").write_bytes(message)
        done = process.run(
            [
                "gpgv",
                "--status-fd=1",
                f"--keyring={folder / 'keyring.gpg'}",
                f"--output={folder / 'text'}",
                str(folder / "message"),
            ],
            env={"PATH": _PATH, "LC_ALL": "C", "HOME": name, "GNUPGHOME": name},
            timeout_seconds=_TIMEOUT_SECONDS,
        )
        # Its exit status is 2 if one of several keys is unknown, and its output
        # is there for a bad signature too: only the verdicts count.
        signers = good_signers(done.stdout.decode("utf-8", "replace"))
        if not signers:
            raise SignatureError("no known key has signed this file")
        return (folder / "text").read_bytes(), signers
