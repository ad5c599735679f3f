"""Trust records as text, both ways."""

import json
from datetime import UTC, datetime

from devenv.errors import FormatError
from devenv.formats.effects_json import effects_as_json, effects_from_json
from devenv.model.canonical_json import canonical_json
from devenv.model.trust import TrustRecord

FORMAT = 1


def render_trust(record: TrustRecord) -> str:
    """Return the record of a decision; equal ones give equal texts."""
    return canonical_json(
        {
            "format": FORMAT,
            "path": record.path,
            "device": record.device,
            "inode": record.inode,
            "is_allowed": record.is_allowed,
            "decided_at": int(record.decided_at.timestamp()),
            "digest": record.digest,
            "files": dict(record.files),
            "effects": effects_as_json(record.effects),
            "outer": dict(record.outer),
            "history": list(record.history),
            "repository": record.repository,
            "inside": record.inside,
        }
    )


def parse_trust(text: str) -> TrustRecord:
    """Return the decision that a record is of.

    Raises:
        FormatError: it is damaged, or another devenv wrote it: nothing follows
            from it then.
    """
    try:
        found = json.loads(text)
        if found["format"] != FORMAT:
            raise FormatError("another devenv wrote this decision")
        return TrustRecord(
            path=_text(found["path"]),
            device=int(found["device"]),
            inode=int(found["inode"]),
            is_allowed=_truth(found["is_allowed"]),
            decided_at=datetime.fromtimestamp(int(found["decided_at"]), UTC),
            digest=_text(found["digest"]),
            files={_text(path): _text(sha) for path, sha in found["files"].items()},
            effects=effects_from_json(found["effects"]),
            outer={
                _text(name): None if value is None else _text(value)
                for name, value in found["outer"].items()
            },
            history=tuple(map(_text, _list(found["history"]))),
            repository=(
                None if found["repository"] is None else _text(found["repository"])
            ),
            inside=_text(found["inside"]),
        )
    except (
        AttributeError,
        KeyError,
        OSError,
        OverflowError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        raise FormatError("this is not the record of a decision") from error


def _truth(found: object) -> bool:
    if not isinstance(found, bool):
        raise TypeError(found)
    return found


def _list(found: object) -> list[object]:
    if not isinstance(found, list):
        raise TypeError(found)
    return found


def _text(found: object) -> str:
    if not isinstance(found, str):
        raise TypeError(found)
    return found
