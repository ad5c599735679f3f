"""A JSON Schema (2020-12) of `devenv.lock.toml`, for programs that read one."""

from devenv.formats.lock_tables import LOCK_VERSION
from devenv.formats.spec_schema import Schema

_TEXT: Schema = {"type": "string", "minLength": 1}
_NUMBER: Schema = {"type": "integer", "minimum": 0}
_SHA256: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
# A date is one of TOML's own values, which JSON has not.
_DATE: Schema = {"$comment": "a TOML date-time"}
_RULES = {
    "unpack": "how archives become files",
    "relocation": "how programs are made to run from the store",
    "bytecode": "how Python modules are compiled",
    "tree": "how trees are composed",
}


def _closed(keys: dict[str, Schema], *, optional: tuple[str, ...] = ()) -> Schema:
    return {
        "type": "object",
        "properties": keys,
        "required": [key for key in keys if key not in optional],
        "additionalProperties": False,
    }


_POCKET = _closed(
    {
        "name": {**_TEXT, "description": "the suite"},
        "date": {**_DATE, "description": "the date of its Release file"},
        "sha256": {**_SHA256, "description": "the hash of its Release file"},
    }
)
_INPUT = _closed(
    {
        "definition": {
            **_SHA256,
            "description": "the hash of what the spec says of this input; not for"
            " built-in ones",
        },
        "pockets": {
            "type": "array",
            "items": _POCKET,
            "minItems": 1,
            "description": "the suites that it was last resolved against",
        },
    },
    optional=("definition",),
)
_PACKAGE = _closed(
    {
        "version": {**_TEXT, "description": "its version"},
        "architecture": {**_TEXT, "description": "`amd64`, `arm64` or `all`"},
        "pocket": {**_TEXT, "description": "the suite that it was found in"},
        "location": {**_TEXT, "description": "its path in the archive, without a host"},
        "sha256": {**_SHA256, "description": "the hash of its archive"},
        "size": {**_NUMBER, "description": "the size of its archive in bytes"},
        "unpacked_kib": {**_NUMBER, "description": "its size when unpacked, in KiB"},
        "needs": {
            "type": "array",
            "items": _TEXT,
            "description": "what it needs of this input, and which versions will do",
        },
        "base": {
            "type": "boolean",
            "description": "true: it joins only where there are shell or Perl scripts",
        },
        "seen": {
            **_DATE,
            "description": "when it was last listed, if its input has moved on since",
        },
    },
    optional=("needs", "base", "seen"),
)
_PACKAGES: Schema = {
    "type": "object",
    "description": "a table for each package, by input and name",
    "additionalProperties": {"type": "object", "additionalProperties": _PACKAGE},
}


def _answered(key: str, schema: Schema) -> Schema:
    written = {**_TEXT, "description": "the entry of the spec"}
    return {
        "type": "array",
        "description": "what the spec asks for, in its order, and what answers it",
        "items": _closed({"written": written, key: schema}),
    }


_LIBRARIES = {
    **_closed(
        {
            "input": {**_TEXT, "description": "the release that they are all from"},
            "c_library": {
                **_TEXT,
                "description": "the oldest version of the C library that they need",
            },
            "requirements": _answered(
                "package", {**_TEXT, "description": "the package that answers it"}
            ),
            "packages": _PACKAGES,
        },
        optional=("requirements", "packages"),
    ),
    "description": "what `libraries` of the spec was answered with",
}
_SYSTEM = _closed(
    {
        "default_input": {
            **_TEXT,
            "description": "where a package without an input was looked for",
        },
        "requirements": _answered(
            "packages",
            {
                "type": "array",
                "items": _TEXT,
                "minItems": 1,
                "description": "the packages that answer it, `input:name`",
            },
        ),
        "libraries": _LIBRARIES,
        "packages": _PACKAGES,
    },
    optional=("requirements", "libraries", "packages"),
)


def lock_schema() -> Schema:
    """Return the schema of a `devenv.lock.toml`."""
    rules = {name: {**_NUMBER, "description": text} for name, text in _RULES.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "devenv.lock.toml",
        "description": "What a project's environment is made of, to the byte.",
        "type": "object",
        "properties": {
            "version": {
                "const": LOCK_VERSION,
                "description": "the version of this format",
            },
            "rules": {
                **_closed(rules),
                "description": "the versions of devenv's rules, which store paths"
                " depend on",
            },
            "inputs": {
                "type": "object",
                "description": "the inputs, by their names",
                "additionalProperties": _INPUT,
            },
        },
        "patternProperties": {
            "^[a-z0-9_]+-[a-z]+$": {
                **_SYSTEM,
                "description": "everything for one system",
            }
        },
        "required": ["version", "rules"],
        "additionalProperties": False,
    }
