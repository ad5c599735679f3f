import pytest

from devenv.errors import SignatureError
from devenv.formats.clearsign import split_clearsigned
from tests.fixtures.archive import Signer

SIGNATURE = (
    b"-----BEGIN PGP SIGNATURE-----\n\nabcd\n=1234\n-----END PGP SIGNATURE-----\n"
)
HEAD = b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n"


def test_a_message_has_a_text_and_a_signature() -> None:
    parts = split_clearsigned(HEAD + b"Origin: x\n- -dash\n" + SIGNATURE)

    assert parts.text == b"Origin: x\n-dash\n"
    assert parts.signature == SIGNATURE


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(
            b"-----BEGIN PGP SIGNED MESSAGE-----\n\nx\n" + SIGNATURE, id="no Hash"
        ),
        pytest.param(
            HEAD.replace(b"\n\n", b"\nHash: SHA256\n\n") + b"x\n" + SIGNATURE,
            id="two Hash headers",
        ),
        pytest.param((HEAD + b"x\n" + SIGNATURE).replace(b"\n", b"\r\n"), id="CR LF"),
        pytest.param(HEAD + b"x\n" + SIGNATURE + b"\n \t\n", id="white space after"),
        pytest.param(HEAD + b"x\n" + SIGNATURE.rstrip(), id="no newline at the end"),
    ],
)
def test_harmless_variations_are_read(message: bytes) -> None:
    assert split_clearsigned(message).text == b"x\n"


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (b"", "does not begin"),
        (b"x\n" + HEAD + b"x\n" + SIGNATURE, "does not begin"),
        (b" " + HEAD + b"x\n" + SIGNATURE, "does not begin"),
        (HEAD.replace(b"Hash", b"Comment") + b"x\n" + SIGNATURE, "armor header"),
        (HEAD.rstrip(), "within its armor headers"),
        (HEAD + b"x\n", "no signature"),
        (HEAD + b"x\n" + SIGNATURE[:40], "cut short"),
        (HEAD + b"-x\n" + SIGNATURE, "not escaped"),
        (HEAD + HEAD + b"x\n" + SIGNATURE, "not escaped"),
        (HEAD + b"x\n" + SIGNATURE + b"y\n", "something follows"),
        (HEAD + b"x\n" + SIGNATURE + SIGNATURE, "something follows"),
        (HEAD + b"x\n" + SIGNATURE.replace(b"abcd", b"-abcd"), "dash"),
        (HEAD + b"x\0\n" + SIGNATURE, "NUL"),
    ],
)
def test_anything_else_is_refused(message: bytes, words: str) -> None:
    with pytest.raises(SignatureError, match=words):
        split_clearsigned(message)


@pytest.mark.parametrize("cut", range(0, 400, 7))
def test_no_beginning_of_a_message_is_a_message(cut: int) -> None:
    message = Signer().clearsign("Origin: x\nSuite: y\n")
    assert split_clearsigned(message).text

    with pytest.raises(SignatureError):
        split_clearsigned(message[: min(cut, len(message) - 40)])
