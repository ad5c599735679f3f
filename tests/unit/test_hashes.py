"""SHA-256 is the same whoever computes it."""

import hashlib
import subprocess
import sys

import pytest

from devenv import hashes


@pytest.mark.parametrize("length", [0, 1, 1 << 18, (1 << 20) + 1])
def test_a_digest_is_that_of_hashlib(length: int) -> None:
    content = b"x" * length

    expected = hashlib.sha256(content).hexdigest()

    assert hashes.hex_sha256(content) == expected
    assert hashes.sha256(content).hexdigest() == expected
    old = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    assert hashes.hex_sha1(content) == old


@pytest.mark.parametrize(
    ("length", "is_loaded"), [(1_000, False), (1 << 20, True)], ids=["small", "large"]
)
def test_openssl_is_loaded_for_large_contents_alone(
    length: int, *, is_loaded: bool
) -> None:
    script = (
        "import sys; from devenv.hashes import hex_sha256;"
        f" hex_sha256(bytes({length})); print('_hashlib' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == str(is_loaded)
