import pytest
from hypothesis import given
from hypothesis import strategies as st

from devenv.errors import FormatError
from devenv.formats.openpgp import dearmored, primary_fingerprints
from tests.fixtures.archive import Signer


def test_armor_changes_nothing() -> None:
    signer = Signer()

    assert dearmored(signer.armored.encode()) == signer.certificate
    assert dearmored(signer.certificate) == signer.certificate


def test_text_around_armored_keys_does_not_matter() -> None:
    first, second = Signer(), Signer()
    text = f"pub ...\n{first.armored}\nuid ...\n{second.armored}".replace("\n", "\r\n")

    assert dearmored(text.encode()) == first.certificate + second.certificate


def test_every_primary_key_of_a_keyring_is_told() -> None:
    signers = [Signer() for _ in range(3)]
    keyring = b"".join(signer.certificate for signer in signers)

    assert primary_fingerprints(keyring) == {s.fingerprint for s in signers}


@pytest.mark.parametrize("cut", [2, 10, 60, 200])
def test_a_keyring_that_was_cut_short_is_refused(cut: int) -> None:
    signer = Signer()
    with pytest.raises(FormatError):
        primary_fingerprints(signer.certificate[:-1])
    with pytest.raises(FormatError):
        primary_fingerprints(signer.armored.encode()[:-cut])


@given(st.binary(max_size=200))
def test_no_bytes_are_too_odd_to_be_refused(data: bytes) -> None:
    try:
        found = primary_fingerprints(data)
    except FormatError:
        return
    assert all(len(fingerprint) in {40, 64} for fingerprint in found)
