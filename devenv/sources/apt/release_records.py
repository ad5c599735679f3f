"""What is kept of a suite between runs: its last good Release, and its newest Date.

The Release is a copy that may be thrown away. The newest Date is not: without
it nobody could tell that a server replays old data.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from devenv import plain_json
from devenv.errors import FormatError
from devenv.formats.http_fields import Validators
from devenv.hashes import hex_sha256
from devenv.host.files import read_limited, write_whole
from devenv.model.apt import Pocket
from devenv.patterns import late_pattern
from devenv.plan.release_rules import Remembered
from devenv.values import dataclass

MAX_RELEASE_BYTES = 4 << 20
"""Of an InRelease. Debian's have up to 200 kB, others are larger."""

_MAX_RECORD_BYTES = 1 << 16
_UNFIT = late_pattern(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRelease:
    """An InRelease file as it came, where from, and when it was last asked for.

    `message` is None if the archive had no such suite.
    """

    message: bytes | None
    mirror: str
    checked_at: datetime
    validators: Validators


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRecords:
    """The records of all suites, below two folders."""

    cache_directory: Path
    state_directory: Path

    def kept(self, pocket: Pocket) -> KeptRelease | None:
        """Return the last good Release of a suite, if it is still there.

        It was verified when it came. Verify it again: keys expire.
        """
        try:
            record = _read(self.record_place(pocket))
            digest = record["sha256"]
            kept = KeptRelease(
                message=None,
                mirror=str(record["mirror"]),
                checked_at=_moment(record["checked_at"]),
                validators=Validators(
                    etag=_text_or_none(record.get("etag")),
                    last_modified=_text_or_none(record.get("last_modified")),
                ),
            )
            if digest is None:
                return kept
            message = read_limited(self._message(pocket), max_bytes=MAX_RELEASE_BYTES)
        except (OSError, ValueError, KeyError, FormatError):
            return None
        if hex_sha256(message) != digest:
            return None
        return KeptRelease(
            message=message,
            mirror=kept.mirror,
            checked_at=kept.checked_at,
            validators=kept.validators,
        )

    def keep(self, pocket: Pocket, release: KeptRelease) -> None:
        """Keep a good Release, in place of an older one.

        Raises:
            OSError: it cannot be written.
        """
        digest = None
        self._message(pocket).parent.mkdir(parents=True, exist_ok=True)
        if release.message is not None:
            digest = hex_sha256(release.message)
            write_whole(self._message(pocket), release.message, is_durable=False)
        # After the message: a record without it says nothing.
        record = {
            "checked_at": release.checked_at.isoformat(),
            "etag": release.validators.etag,
            "last_modified": release.validators.last_modified,
            "mirror": release.mirror,
            "sha256": digest,
        }
        write_whole(self.record_place(pocket), _json(record), is_durable=False)

    def remembered(self, pocket: Pocket) -> Remembered | None:
        """Return the newest Release of a suite that was ever accepted."""
        try:
            record = _read(self._memory(pocket))
            return Remembered(
                date=_moment(record["date"]), sha256=str(record["sha256"])
            )
        except (OSError, ValueError, KeyError, FormatError):
            return None

    def remember(self, pocket: Pocket, newest: Remembered) -> None:
        """Remember the newest accepted Release of a suite.

        Raises:
            OSError: it cannot be written.
        """
        record = {"date": newest.date.isoformat(), "sha256": newest.sha256}
        self._memory(pocket).parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._memory(pocket), _json(record))

    def record_place(self, pocket: Pocket) -> Path:
        """Return the file that every look at a suite's archive writes anew."""
        # Cache and state may be one folder.
        return self.cache_directory / "releases" / f"{_place(pocket)}.look"

    def _message(self, pocket: Pocket) -> Path:
        return self.cache_directory / "releases" / f"{_place(pocket)}.InRelease"

    def _memory(self, pocket: Pocket) -> Path:
        return self.state_directory / "releases" / f"{_place(pocket)}.json"


def _place(pocket: Pocket) -> str:
    """Return a file name for a suite of an archive: readable, and no other's."""
    digest = hex_sha256(f"{pocket.archive} {pocket.suite}".encode())
    readable = _UNFIT.sub("_", f"{pocket.archive}_{pocket.suite}").strip("_.")
    return f"{readable[-80:]}-{digest[:16]}"


def _read(path: Path) -> dict[str, object]:
    record = plain_json.loads(read_limited(path, max_bytes=_MAX_RECORD_BYTES))
    if not isinstance(record, dict):
        raise FormatError("not a record", where=str(path))
    return record


def _json(record: Mapping[str, str | None]) -> bytes:
    import json  # noqa: PLC0415 - once a day

    return (json.dumps(record, indent=1, sort_keys=True) + "\n").encode()


def _moment(text: object) -> datetime:
    moment = datetime.fromisoformat(str(text))
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None
