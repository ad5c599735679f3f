import pytest

from devenv.formats.gpg_status import good_signers

PRIMARY = "B8B80B5B623EAB6AD8775C45B7C5D7D6350947F8"
SUBKEY = "4CB50190207B4758A3F73A796ED0E7B82643E131"
VALID = f"[GNUPG:] VALIDSIG {SUBKEY} 2026-09-12 1789199778 0 4 0 1 8 01 {PRIMARY}\n"
GOOD = "[GNUPG:] GOODSIG 6ED0E7B82643E131 Debian Archive\n"
NEW = "[GNUPG:] NEWSIG\n"
UNKNOWN = (
    f"{NEW}[GNUPG:] ERRSIG 0E98404D386FA1D9 1 8 01 1789199778 9\n"
    "[GNUPG:] NO_PUBKEY 0E98404D386FA1D9\n"
)


@pytest.mark.parametrize(
    "status",
    [
        pytest.param(NEW + GOOD + VALID, id="one"),
        pytest.param(UNKNOWN + NEW + GOOD + VALID, id="after an unknown key"),
        pytest.param(NEW + GOOD + VALID + UNKNOWN, id="before an unknown key"),
        pytest.param(
            NEW + GOOD + VALID + NEW + "[GNUPG:] BADSIG AA Somebody else\n",
            id="before somebody's bad one",
        ),
        pytest.param(
            "gpgv: talk\n" + NEW + "[GNUPG:] KEY_CONSIDERED X 0\n" + GOOD + VALID,
            id="with other talk",
        ),
    ],
)
def test_a_good_signature_names_its_primary_key(status: str) -> None:
    assert good_signers(status) == {PRIMARY}


@pytest.mark.parametrize(
    "status",
    [
        pytest.param("", id="nothing"),
        pytest.param(UNKNOWN, id="unknown key"),
        pytest.param(NEW + VALID, id="no verdict"),
        pytest.param(NEW + GOOD, id="no details"),
        pytest.param(NEW + GOOD.replace("GOOD", "EXPKEY") + VALID, id="key expired"),
        pytest.param(NEW + GOOD.replace("GOOD", "REVKEY") + VALID, id="key revoked"),
        pytest.param(NEW + GOOD.replace("GOOD", "EXP") + VALID, id="expired"),
        pytest.param(NEW + GOOD.replace("GOOD", "BAD"), id="bad"),
        pytest.param(NEW + GOOD + NEW + VALID, id="halves of two"),
        pytest.param(
            NEW + GOOD + GOOD.replace("GOOD", "BAD") + VALID, id="two verdicts"
        ),
        pytest.param(NEW + GOOD + VALID.replace(" 8 01", " 2 01"), id="SHA-1"),
        pytest.param(NEW + GOOD + VALID.replace(" 8 01", " 11 01"), id="SHA-224"),
        pytest.param((NEW + GOOD + VALID).replace("[GNUPG:] ", "gpgv: "), id="talk"),
        pytest.param(NEW + GOOD + VALID[:60] + "\n", id="cut short"),
    ],
)
def test_anything_less_names_nobody(status: str) -> None:
    assert good_signers(status) == frozenset()
