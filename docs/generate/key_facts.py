"""Every key of devenv's files, from their schemas."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from devenv.formats.file_schemas import SCHEMAS

_Schema = Mapping[str, object]
_KINDS = {
    "string": "text",
    "boolean": "true or false",
    "integer": "number",
    "object": "table",
}
_SAME_KEYS = "system"
"""The table that has the keys of the whole file once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFacts:
    """One key. A name in capitals stands for one that the writer chooses."""

    name: str
    kind: str
    text: str
    default: str
    is_required: bool


def all_keys() -> dict[str, tuple[KeyFacts, ...]]:
    """Return the keys of each file, in the order of its schema."""
    return {name: tuple(keys_of(make())) for name, make in SCHEMAS.items()}


def keys_of(schema: _Schema, at: str = "") -> Iterator[KeyFacts]:
    """Yield what a schema has keys for, each before what is below it."""
    properties = _properties(schema)
    free = _part(schema, "additionalProperties")
    required = cast("list[str]", schema.get("required", []))
    for name, part in properties.items():
        yield _key(f"{at}{name}", part, is_required=name in required)
        # What has a name among free ones has the keys of those.
        if not free and not at.startswith(f"{_SAME_KEYS}."):
            yield from keys_of(part, f"{at}{name}.")
    for part in _mappings(_part(schema, "patternProperties")):
        yield _key(f"{at}SYSTEM", part, is_required=False)
        yield from keys_of(part, f"{at}SYSTEM.")
    if free:
        if "description" in free:
            yield _key(f"{at}NAME", free, is_required=False)
        yield from keys_of(free, f"{at}NAME.")
    yield from _below(schema, at)


def _below(schema: _Schema, at: str) -> Iterator[KeyFacts]:
    """Yield the keys of what a list holds, and of each form that a value may have."""
    if items := _part(schema, "items"):
        yield from keys_of(items, at)
    for form in cast("list[_Schema]", schema.get("anyOf", [])):
        if form.get("type") != "object" or _properties(form):
            yield from keys_of(form, at)


def _properties(schema: _Schema) -> Mapping[str, _Schema]:
    return cast("Mapping[str, _Schema]", _part(schema, "properties"))


def _part(schema: _Schema, word: str) -> _Schema:
    found = schema.get(word)
    return found if isinstance(found, dict) else {}


def _mappings(schema: _Schema) -> Iterator[_Schema]:
    for part in schema.values():
        yield cast("_Schema", part)


def _key(name: str, schema: _Schema, *, is_required: bool) -> KeyFacts:
    default = schema.get("default")
    return KeyFacts(
        name=name,
        kind=_kind(schema),
        # A page of its own explains variables, wherever that is.
        text=str(schema.get("description", "")).replace("; see below", ""),
        default="" if default is None else str(default).lower(),
        is_required=is_required,
    )


def _kind(schema: _Schema) -> str:
    forms = schema.get("anyOf")
    if isinstance(forms, list):
        return " or ".join(dict.fromkeys(_kind(form) for form in forms))
    if "enum" in schema or "const" in schema:
        values = cast("list[object]", schema.get("enum", [schema.get("const")]))
        return " or ".join(f"`{_written(value)}`" for value in values)
    if schema.get("type") == "array":
        item = _kind(_part(schema, "items"))
        return "tables" if item == "table" else "list of texts"
    kind = str(schema.get("type", ""))
    return _KINDS.get(kind, "date" if "$comment" in schema else "table")


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
