"""A JSON Schema (2020-12) of `devenv.toml`, by which editors complete it.

It says less than `devenv check`: what a schema cannot say, it lets pass.
"""

from devenv.formats.requirement import INPUT_NAME
from devenv.formats.spec_keys import FILE_KEYS, PART_KEYS
from devenv.model.env_names import MANAGED
from devenv.model.systems import SYSTEMS

Schema = dict[str, object]

DESCRIPTIONS = {
    "packages": "what is on PATH, in this order: `name`, `name@version`, `input:name`."
    " A version means every one that begins with it.",
    "libraries": "libraries for programs that are not from here (LD_LIBRARY_PATH)",
    "dotenv": "files of variables; a missing one is fine",
    "imports": "other specs, merged before this one: relative to this file, absolute,"
    " or `~/...`",
    "systems": "which systems the lock is made for; both, if nobody says",
    "default_input": "where a package without an input is from",
    "oldest_c_library": "the oldest version of the C library that `libraries` must work"
    " with",
    "inputs": "apt archives besides the built-in ones, whose names are taken",
    "env": "variables; see below",
    "alias": "short names for commands, in the shell that a hook has brought into the"
    " project; they go when it is left",
    "shell": "text that the user's shell runs after entering and before leaving;"
    " `bash`, `zsh` and `fish` are for one shell only",
    "system": "the same keys, but for `imports` and `systems`, on one system only",
}
"""What each key says, as docs/spec.md has it."""

_TEXT: Schema = {"type": "string", "minLength": 1}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_REQUIREMENT: Schema = {
    "type": "string",
    "pattern": rf"^({INPUT_NAME}:)?[A-Za-z0-9][A-Za-z0-9+._-]*(@[A-Za-z0-9.+~_-]+)?$",
}
INPUT: Schema = {
    "type": "object",
    "properties": {
        "apt": {**_TEXT, "description": "the address of an apt archive"},
        "suite": {**_TEXT, "description": "its suite, or its folder, with a / behind"},
        "components": {**_TEXTS, "description": "which parts of it; main, if not said"},
        "key": {**_TEXT, "description": "the file of its key, or the key itself"},
        "fingerprint": {
            "anyOf": [_TEXT, _TEXTS],
            "description": "the full fingerprint of the key; several are fine",
        },
        "base": {
            "anyOf": [_TEXT, {"const": False}],
            "description": "the release that it builds on; false for none",
        },
    },
    "required": ["apt", "suite", "key"],
    "additionalProperties": False,
}
_LISTS: Schema = {
    "type": "object",
    "properties": {
        "prepend": {**_TEXTS, "description": "put in front of what it has"},
        "append": {**_TEXTS, "description": "put behind what it has"},
    },
    "minProperties": 1,
    "additionalProperties": False,
}
_SEARCH_PATH: Schema = {
    **_LISTS,
    "description": "a search path, which is only added to",
}
_FILE: Schema = {
    "type": "object",
    "properties": {"file": {**_TEXT, "description": "whose content is the value"}},
    "required": ["file"],
    "additionalProperties": False,
}
_VALUE: Schema = {
    "description": "the value of that variable, in one of five forms",
    "anyOf": [
        {"type": "string", "description": "the whole value; ${NAME} is another's"},
        {"type": "array", "items": {"type": "string"}, "description": "joined with :"},
        _LISTS,
        _FILE,
        {"const": False, "description": "the variable is taken away"},
    ],
}
_MOMENTS: Schema = {
    "enter": {"type": "string", "description": "run after entering"},
    "leave": {"type": "string", "description": "run before leaving"},
}
_SHELLS = ("bash", "zsh", "fish")


def described_texts(description: str) -> Schema:
    """Return the schema of a list of texts, for other files that people write."""
    return {**_TEXTS, "description": description}


def spec_schema() -> Schema:
    """Return the schema of a `devenv.toml`."""
    described = {
        key: {**schema, "description": DESCRIPTIONS[key]}
        for key, schema in _keys().items()
    }
    part = {key: described[key] for key in PART_KEYS}
    described["system"] = {
        "type": "object",
        "description": DESCRIPTIONS["system"],
        "properties": {
            system.name: {
                "type": "object",
                "description": f"on {system.name} only",
                "properties": part,
                "additionalProperties": False,
            }
            for system in SYSTEMS.values()
        },
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "devenv.toml",
        "description": "What a project asks for.",
        "type": "object",
        "properties": {key: described[key] for key in FILE_KEYS},
        "additionalProperties": False,
    }


def _keys() -> dict[str, Schema]:
    systems = [system.name for system in SYSTEMS.values()]
    requirements: Schema = {"type": "array", "items": _REQUIREMENT}
    shell: Schema = {"properties": _MOMENTS, "additionalProperties": False}
    return {
        "packages": requirements,
        "libraries": requirements,
        "dotenv": _TEXTS,
        "imports": _TEXTS,
        "systems": {"type": "array", "items": {"enum": systems}, "minItems": 1},
        "default_input": {"type": "string", "pattern": f"^{INPUT_NAME}$"},
        "oldest_c_library": {"type": "string", "pattern": r"^\d{1,3}\.\d{1,3}$"},
        "inputs": {
            "type": "object",
            "propertyNames": {"pattern": f"^{INPUT_NAME}$"},
            "additionalProperties": INPUT,
        },
        "env": {
            "type": "object",
            "propertyNames": {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$"},
            "properties": dict.fromkeys(sorted(MANAGED), _SEARCH_PATH),
            "additionalProperties": _VALUE,
        },
        "alias": {"type": "object", "additionalProperties": _TEXT},
        "shell": {
            "type": "object",
            "properties": {
                **_MOMENTS,
                **{
                    name: {
                        "type": "object",
                        "description": f"for {name} only",
                        **shell,
                    }
                    for name in _SHELLS
                },
            },
            "additionalProperties": False,
        },
        "system": {},
    }
