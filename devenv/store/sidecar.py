"""The record of a path: one line of canonical JSON, enough for its row."""

from datetime import UTC, datetime

from devenv import hashes, plain_json
from devenv.errors import FormatError
from devenv.model.store_path import PathInfo, PathKind, StorePath, canonical_json
from devenv.values import dataclass

FORMAT = 1
MAX_RECORD_BYTES = 16 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is known of a path, and when it was made here."""

    info: PathInfo
    made_at: datetime


def record_text(record: Record) -> str:
    """Return the canonical text of `record`: the sidecar, and the row's content."""
    info = record.info
    return canonical_json(
        {
            "format": FORMAT,
            "path": info.path.base,
            "kind": info.kind.value,
            "content_hash": info.content_hash,
            "size_bytes": info.size_bytes,
            "file_count": info.file_count,
            "references": sorted(info.references),
            "origin": info.origin,
            "made_at": int(record.made_at.timestamp()),
        }
    )


def read_record(text: str) -> Record:
    """Return the record that `text` is.

    Raises:
        FormatError: it is not one, or one of a newer format.
    """
    try:
        fields = plain_json.loads(text)
        if fields["format"] != FORMAT:
            raise FormatError(f"a record of unknown format {fields['format']!r}")
        record = Record(info=_info(fields), made_at=_time(fields["made_at"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FormatError("this is not the record of a store path") from error
    if record_text(record) != text:
        raise FormatError("this record is not in canonical form")
    return record


def checksum(text: str) -> str:
    """Return what tells whether a row still holds the text it was given."""
    return hashes.sha256(text.encode("ascii", "surrogateescape")).hexdigest()


def _info(fields: dict[str, object]) -> PathInfo:
    references = fields["references"]
    if not isinstance(references, list):
        raise TypeError
    return PathInfo(
        path=StorePath(_text(fields["path"])),
        kind=PathKind(_text(fields["kind"])),
        content_hash=_text(fields["content_hash"]),
        size_bytes=_integer(fields["size_bytes"]),
        file_count=_integer(fields["file_count"]),
        references=tuple(_text(reference) for reference in references),
        origin=_text(fields["origin"]),
    )


def _integer(value: object) -> int:
    # Python takes true for 1; JSON does not.
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _time(value: object) -> datetime:
    try:
        return datetime.fromtimestamp(_integer(value), UTC)
    except (OverflowError, OSError) as error:
        raise ValueError from error
