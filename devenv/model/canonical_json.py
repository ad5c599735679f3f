"""JSON of which there is one text for one meaning."""

from devenv import plain_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def canonical_json(value: "Mapping[str, object]") -> str:
    """Return `value` as the one JSON text that means it: sorted, ASCII, no space."""
    return plain_json.dumps(value, sort_keys=True, separators=(",", ":"))
