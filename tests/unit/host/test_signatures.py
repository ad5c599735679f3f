"""Both verifiers, on the same files: what counts as signed, and by whom."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from devenv.errors import SignatureError
from devenv.formats.clearsign import split_clearsigned
from devenv.formats.openpgp import primary_fingerprints
from devenv.host import gpgv, sequoia
from devenv.host.signatures import verify_clearsigned
from tests.fixtures.archive import Signer, clearsign, joined

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FOLDER = Path(__file__).parents[2] / "fixtures" / "signatures"
KEYRING = (FOLDER / "keys.asc").read_bytes()
GOOD_KEY = "99CECE30A680C744B9DD1D768FD721257B22F8EA"

Verify = Callable[[bytes, bytes], tuple[bytes, frozenset[str]]]


def by_sequoia(message: bytes, keyring: bytes) -> tuple[bytes, frozenset[str]]:
    signature = split_clearsigned(message).signature
    return sequoia.verify(message, signature, keyring, now=NOW)


def by_gpgv(message: bytes, keyring: bytes) -> tuple[bytes, frozenset[str]]:
    if not gpgv.is_available():
        pytest.skip("gpgv is not installed")
    return gpgv.verify(message, keyring)


@pytest.fixture(params=[by_sequoia, by_gpgv], ids=["sequoia", "gpgv"])
def verify(request: pytest.FixtureRequest) -> Verify:
    chosen: Verify = request.param
    return chosen


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_a_signature_over_a_strong_digest_counts(digest: str, verify: Verify) -> None:
    text, signers = verify((FOLDER / f"{digest}.asc").read_bytes(), KEYRING)

    assert text.rstrip(b"\n") == b"Origin: Example\nSuite: stable"
    assert signers == {GOOD_KEY}


@pytest.mark.parametrize("flaw", ["sha1", "sha224", "expired", "revoked"])
def test_a_signature_with_a_flaw_does_not_count(flaw: str, verify: Verify) -> None:
    with pytest.raises(SignatureError, match="no known key"):
        verify((FOLDER / f"{flaw}.asc").read_bytes(), KEYRING)


def test_each_known_signer_is_named_and_unknown_ones_do_not_matter(
    verify: Verify,
) -> None:
    known, other, unknown = Signer(), Signer(), Signer()
    message = clearsign("Suite: stable\n", [unknown, known, other])
    _, signers = verify(message, known.certificate + other.certificate)

    assert signers == {known.fingerprint, other.fingerprint}


def test_a_bad_signature_beside_a_good_one_does_not_count(verify: Verify) -> None:
    good, bad = Signer(), Signer()
    text = "Suite: stable\n"
    message = joined([good.clearsign(text), bad.clearsign("Suite: sid\n")])
    _, signers = verify(message, good.certificate + bad.certificate)

    assert signers == {good.fingerprint}


def test_a_changed_text_is_signed_by_nobody(verify: Verify) -> None:
    signer = Signer()
    message = signer.clearsign("Suite: stable\n").replace(b"stable", b"stabel")
    with pytest.raises(SignatureError):
        verify(message, signer.certificate)


def test_lines_that_start_with_a_dash_come_back_as_they_were(verify: Verify) -> None:
    signer = Signer()
    text, _ = verify(signer.clearsign("-----BEGIN\n- x\n"), signer.certificate)

    assert text.rstrip(b"\n") == b"-----BEGIN\n- x"


def test_a_keyring_may_be_armored(verify: Verify) -> None:
    first, second = Signer(), Signer()
    keyring = (first.armored + second.armored).encode()
    if verify is by_sequoia:
        keyring = first.certificate + second.certificate
    _, signers = verify(second.clearsign("x\n"), keyring)

    assert signers == {second.fingerprint}


def test_only_accepted_keys_open_the_door() -> None:
    signer, stranger = Signer(), Signer()
    keyring = signer.certificate + stranger.certificate
    message = stranger.clearsign("Suite: stable\n")
    with pytest.raises(SignatureError, match="no key that is trusted"):
        verify_clearsigned(
            message, keyring=keyring, accepted={signer.fingerprint}, now=NOW
        )
    verified = verify_clearsigned(
        message, keyring=keyring, accepted={stranger.fingerprint}, now=NOW
    )

    assert verified.signers == {stranger.fingerprint}


def test_fingerprints_are_those_that_openpgp_tools_print() -> None:
    signer = Signer()

    assert GOOD_KEY in primary_fingerprints(KEYRING)
    assert primary_fingerprints(signer.certificate) == {signer.fingerprint}
    assert primary_fingerprints(signer.armored.encode()) == {signer.fingerprint}
