"""Debian version numbers: their order and their parts (Debian Policy 5.6.12).

The order is exactly that of `dpkg --compare-versions`, which the tests ask.
"""

from functools import lru_cache

from devenv.errors import FormatError
from devenv.patterns import late_pattern

SortKey = tuple[int, tuple[object, ...], tuple[object, ...]]
"""Opaque: compare two of them, and nothing else."""

_EPOCH = late_pattern(r"[0-9]{1,9}")
_UPSTREAM = late_pattern(r"[A-Za-z0-9.+~:-]+")
_REVISION = late_pattern(r"[A-Za-z0-9.+~]+")
_PART = late_pattern(r"([^0-9]*)([0-9]*)")

# Where a run of characters ends, something sorts below every character but
# `~`; letters sort below everything else (Policy 5.6.12, third rule).
_END = "\x02"
_RANKS = {
    ord(" ") + i: chr(0x100 + i) for i in range(95) if not chr(ord(" ") + i).isalpha()
} | {ord("~"): "\x01"}

_OPERATORS = frozenset({"<<", "<=", "=", ">=", ">>", "<", ">"})


def is_valid(version: str) -> bool:
    """Tell whether `version` is written as Policy 5.6.12 allows.

    That the upstream version *should* start with a digit is not asked: dpkg
    only warns about it.
    """
    try:
        _split(version)
    except FormatError:
        return False
    return True


@lru_cache(maxsize=50_000)
def sort_key(version: str) -> SortKey:
    """Return a key that orders versions as dpkg does.

    Versions that dpkg calls equal (`1.0` and `0:1.0-0`) have equal keys.

    Raises:
        FormatError: `version` is not a Debian version.
    """
    epoch, upstream_version, revision = _split(version)
    return int(epoch), _ranked(upstream_version), _ranked(revision)


def satisfies(version: str, operator: str, wanted: str) -> bool:
    """Tell whether `version` stands in this relation to `wanted` (Policy 7.1).

    `operator` is one of `<< <= = >= >>`. The old `<` and `>` mean `<=` and
    `>=`, as dpkg still reads them.

    Raises:
        FormatError: a version or the operator is malformed.
    """
    if operator not in _OPERATORS:
        raise FormatError(f"{operator!r} is not a relation between versions")
    if version == wanted:
        return operator not in {"<<", ">>"}
    ours, theirs = sort_key(version), sort_key(wanted)
    if ours == theirs:
        return operator not in {"<<", ">>"}
    return operator.startswith("<") if ours < theirs else operator.startswith(">")


def upstream(version: str) -> str:
    """Return the upstream part: `2.47.3` of `1:2.47.3-0+deb13u1`.

    Raises:
        FormatError: `version` is not a Debian version.
    """
    return _split(version)[1]


def _split(version: str) -> tuple[str, str, str]:
    """Return epoch, upstream version and revision; what is absent is `0`."""
    epoch, colon, rest = version.partition(":")
    if not colon:
        epoch, rest = "0", version
    upstream_version, hyphen, revision = rest.rpartition("-")
    if not hyphen:
        upstream_version, revision = rest, "0"
    if not (
        _EPOCH.fullmatch(epoch)
        and _UPSTREAM.fullmatch(upstream_version)
        and _REVISION.fullmatch(revision)
    ):
        raise FormatError(f"{version!r} is not a Debian version number")
    return epoch, upstream_version, revision


def _ranked(text: str) -> tuple[object, ...]:
    """Return alternately a run of characters and a number, ready to compare."""
    parts: list[object] = []
    for characters, digits in _PART.findall(text)[:-1]:
        # A number is its length and its digits: int() refuses very long ones.
        number = digits.lstrip("0")
        parts += (characters.translate(_RANKS) + _END, (len(number), number))
    return (*parts, _END)
