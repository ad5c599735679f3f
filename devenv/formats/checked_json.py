"""JSON records that notice when a disk has changed them."""

from collections.abc import Mapping

from devenv import hashes, plain_json
from devenv.errors import FormatError
from devenv.model.canonical_json import canonical_json
from devenv.typed import Any

_CHECKSUM = "checksum"


def render_checked(fields: Mapping[str, object]) -> str:
    """Return the text of a record, with a checksum of the rest of it."""
    return canonical_json({**fields, _CHECKSUM: _checksum(fields)})


def parse_checked(text: str) -> dict[str, Any]:
    """Return the fields of a record; one without a checksum is believed.

    Raises:
        FormatError: it is no record, or has changed since it was written.
    """
    try:
        fields = plain_json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormatError("this is no JSON") from error
    if not isinstance(fields, dict):
        raise FormatError("this is no JSON object")
    checksum = fields.pop(_CHECKSUM, None)
    if checksum is not None and checksum != _checksum(fields):
        raise FormatError("it has changed since it was written")
    return fields


def _checksum(fields: Mapping[str, object]) -> str:
    text = canonical_json(fields)
    return hashes.sha256(text.encode("ascii")).hexdigest()
