"""A Packages file: what an archive says of each of its binary packages.

Debian repository format, "Packages" indices. Such a file has some 70,000
paragraphs in 57 MB, so it is read by one regular expression a paragraph, and
fields that nothing here needs are never looked at. Reading line by line in
Python took twice as long.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from devenv.errors import FormatError
from devenv.formats import debian_version
from devenv.patterns import late_pattern
from devenv.typed import NamedTuple

_FIELDS = (
    "Package",
    "Version",
    "Architecture",
    "Filename",
    "SHA256",
    "Size",
    "Installed-Size",
    "Source",
    "Section",
    "Priority",
    "Multi-Arch",
    "Description",
    "Essential",
    "Depends",
    "Pre-Depends",
    "Provides",
)
_FIELD = late_pattern(
    rf"^({'|'.join(map(re.escape, _FIELDS))}):[ \t]*(.*(?:\n[ \t].*)*)", re.MULTILINE
)
_BLANK_LINE = b"\n\n"

# Policy 5.6.7 for the name; architectures and whole file names by what the
# archives hold: printable ASCII, because they become paths and addresses.
_NAME = late_pattern(r"[a-z0-9][a-z0-9+.-]+")
_ARCHITECTURE = late_pattern(r"[a-z0-9][a-z0-9-]*")
_FILENAME = late_pattern(r"(?!/)(?!(?:.*/)?\.\.(?:/|$))[!-~]*[!-.0-~]")
_SHA256 = late_pattern(r"[0-9a-f]{64}")
_NUMBER = late_pattern(r"[0-9]{1,15}")


class PackageStanza(NamedTuple):
    """One paragraph, checked. Relations are text still, folded to one line.

    `sha256` is lowercase hex, `size` bytes, `installed_size_kib` KiB;
    `source` lacks the version that may follow it; `description` is the
    synopsis only. Optional fields that are absent are empty.
    """

    name: str
    version: str
    architecture: str
    filename: str
    sha256: str
    size: int
    installed_size_kib: int
    source: str
    section: str
    priority: str
    multi_arch: str
    description: str
    is_essential: bool
    depends: str
    pre_depends: str
    provides: str


def parse_packages(chunks: Iterable[bytes]) -> Iterator[PackageStanza]:
    """Yield every paragraph of a Packages file that arrives in pieces.

    Pieces may end anywhere; some hundred KiB each are quick. That no
    (name, version, architecture) stands twice is for the receiver to see.

    Raises:
        FormatError: a paragraph lacks a field, gives one twice, or has a value
            that could not be trusted in a path, an address or a comparison.
    """
    for text in _whole_paragraphs(chunks):
        for paragraph in text.split("\n\n"):
            if paragraph.strip("\n"):
                yield _stanza(paragraph)


def _whole_paragraphs(chunks: Iterable[bytes]) -> Iterator[str]:
    """Yield the same text, cut between paragraphs only."""
    pending: list[bytes] = []
    for chunk in chunks:
        # A blank line that is itself cut in two is not seen here; the text is
        # then merely handed on later.
        cut = chunk.rfind(_BLANK_LINE)
        if cut >= 0:
            yield b"".join((*pending, chunk[:cut])).decode("utf-8", "replace")
            pending = [chunk[cut:]]
        else:
            pending.append(chunk)
    yield b"".join(pending).decode("utf-8", "replace")


def _stanza(paragraph: str) -> PackageStanza:
    pairs: list[tuple[str, str]] = _FIELD.findall(paragraph)
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _error("a field stands twice", fields, paragraph)
    try:
        _check(fields)
    except KeyError as missing:
        raise _error(f"no field {missing.args[0]}", fields, paragraph) from None
    except FormatError as error:
        raise _error(error.what, fields, paragraph) from error
    return PackageStanza(
        fields["Package"],
        fields["Version"],
        fields["Architecture"],
        fields["Filename"],
        fields["SHA256"],
        int(fields["Size"]),
        int(fields.get("Installed-Size", 0)),
        fields.get("Source", fields["Package"]).partition(" ")[0],
        fields.get("Section", ""),
        fields.get("Priority", ""),
        fields.get("Multi-Arch", ""),
        fields.get("Description", "").partition("\n")[0],
        fields.get("Essential") == "yes",
        _unfolded(fields.get("Depends", "")),
        _unfolded(fields.get("Pre-Depends", "")),
        _unfolded(fields.get("Provides", "")),
    )


def _check(fields: Mapping[str, str]) -> None:
    """Refuse a stanza whose fields are absent or malformed.

    Raises:
        KeyError: a field is absent.
        FormatError: a field is malformed.
    """
    for field, pattern in (
        ("Package", _NAME),
        ("Architecture", _ARCHITECTURE),
        ("Filename", _FILENAME),
        ("SHA256", _SHA256),
        ("Size", _NUMBER),
    ):
        if not pattern.fullmatch(fields[field]):
            raise FormatError(f"{field} is {fields[field][:200]!r}")
    if not _NUMBER.fullmatch(fields.get("Installed-Size", "0")):
        raise FormatError(f"Installed-Size is {fields['Installed-Size'][:200]!r}")
    if not debian_version.is_valid(fields["Version"]):
        raise FormatError(f"Version is {fields['Version'][:200]!r}")


def _unfolded(value: str) -> str:
    return " ".join(value.split()) if "\n" in value else value


def _error(what: str, fields: Mapping[str, str], paragraph: str) -> FormatError:
    first_line = paragraph.lstrip("\n").partition("\n")[0][:80]
    subject = " ".join(
        fields[field]
        for field in ("Package", "Version", "Architecture")
        if field in fields
    )
    return FormatError(
        f"the package index is malformed: {what}", where=subject or first_line
    )
