"""What gpgv says of signatures on its status descriptor (GnuPG's doc/DETAILS)."""

from collections.abc import Iterator

_PREFIX = "[GNUPG:] "
_DIGEST_ALGORITHMS = frozenset({"8", "9", "10"})
"""SHA-256, SHA-384 and SHA-512 (RFC 9580, 9.5)."""

_VERDICTS = frozenset(
    {"GOODSIG", "BADSIG", "ERRSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG"}
)
_DIGEST_WORD, _PRIMARY_WORD = 8, 10


def good_signers(status: str) -> frozenset[str]:
    """Return the primary fingerprints (uppercase) whose signatures are good.

    VALIDSIG alone says only that the arithmetic is right: it stands after
    EXPKEYSIG and REVKEYSIG, too. So each signature needs GOODSIG and no other
    verdict, and a digest that is not weak. What it says of other signatures,
    and gpgv's exit status, do not matter.
    """
    return frozenset(
        signer for lines in _signatures(status) if (signer := _signer(lines))
    )


def _signatures(status: str) -> Iterator[list[list[str]]]:
    lines: list[list[str]] = []
    for line in status.splitlines():
        if not line.startswith(_PREFIX):
            continue
        words = line.removeprefix(_PREFIX).split()
        if words[:1] == ["NEWSIG"]:
            yield lines
            lines = []
        elif words:
            lines.append(words)
    yield lines


def _signer(lines: list[list[str]]) -> str | None:
    verdicts = [words[0] for words in lines if words[0] in _VERDICTS]
    valid = [words for words in lines if words[0] == "VALIDSIG"]
    if verdicts != ["GOODSIG"] or len(valid) != 1 or len(valid[0]) <= _PRIMARY_WORD:
        return None
    if valid[0][_DIGEST_WORD] not in _DIGEST_ALGORITHMS:
        return None
    return valid[0][_PRIMARY_WORD].upper()
