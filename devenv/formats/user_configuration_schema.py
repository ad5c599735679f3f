"""A JSON Schema (2020-12) of the user's `config.toml`, by which editors complete it.

Like that of a spec it says less than the reader does.
"""

from devenv.formats.requirement import INPUT_NAME
from devenv.formats.spec_schema import INPUT, Schema, described_texts
from devenv.model.user_configuration import ProgressStyle

_COUNT: Schema = {"type": "integer", "minimum": 1}
_TABLES: Schema = {
    "apt": {
        "mirrors": described_texts(
            "mirrors of Debian's archive, asked in this order before the host's own;"
            " signatures are the same whichever answers"
        ),
        "accept_expired_days": {
            "type": "integer",
            "minimum": 0,
            "default": 0,
            "description": "how many days after its Valid-Until an index may still be"
            " used, with a warning",
        },
    },
    "cache": {
        "from": described_texts(
            "caches of archives, asked in this order before any mirror: absolute paths"
            " of folders or of exported projects, and addresses; what is taken from"
            " there is checked like any download"
        ),
    },
    "trust": {
        "mode": {
            "enum": ["effects", "exact"],
            "default": "effects",
            "description": "when a change of an allowed project asks again: `effects`"
            " asks for what it newly does, `exact` for every changed byte",
        },
        "free_values": described_texts(
            "variables that may get another value without a question"
        ),
        "worktrees": {
            "type": "boolean",
            "default": False,
            "description": "the same bytes in another worktree of the same repository"
            " are allowed, too",
        },
    },
    "daemon": {
        "on_demand": {
            "type": "boolean",
            "default": False,
            "description": "hooks start the daemon",
        },
        "notify": {
            "type": "boolean",
            "default": False,
            "description": "the desktop is told of builds that failed",
        },
        "fetch_ahead": {
            "type": "boolean",
            "default": False,
            "description": "packages of a change that waits for your nod are fetched"
            " and unpacked meanwhile, if an index vouches for them that you agreed to",
        },
        "max_builds": {
            **_COUNT,
            "default": 2,
            "description": "how many builds run at a time",
        },
        "limit_seconds": {
            **_COUNT,
            "default": 3600,
            "description": "how long one build may take",
        },
    },
}
_TABLE_DESCRIPTIONS = {
    "apt": "where Debian's archive is fetched from",
    "cache": "where others keep archives",
    "trust": 'when to ask; `trust = "exact"` is short for its `mode`',
    "daemon": "the process that rebuilds on save",
}


def user_configuration_schema() -> Schema:
    """Return the schema of a `config.toml`."""
    tables = {
        name: {
            "type": "object",
            "description": _TABLE_DESCRIPTIONS[name],
            "properties": keys,
            "additionalProperties": False,
        }
        for name, keys in _TABLES.items()
    }
    description = _TABLE_DESCRIPTIONS["trust"]
    trust = {
        "description": description,
        "anyOf": [{"enum": ["effects", "exact"]}, tables.pop("trust")],
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "config.toml",
        "description": "What a user has set for all of their projects.",
        "type": "object",
        "properties": {
            "default_input": {
                "type": "string",
                "default": "debian",
                "description": "where a package without an input is from",
            },
            "progress": {
                "enum": [style.value for style in ProgressStyle],
                "default": ProgressStyle.AUTO.value,
                "description": "how long work is shown: bars that are drawn over, lines"
                " (for screen readers), or not at all; `auto` is bars on a terminal",
            },
            "inputs": {
                "type": "object",
                "description": "apt archives besides the built-in ones, by their names",
                "propertyNames": {"pattern": f"^{INPUT_NAME}$"},
                "additionalProperties": INPUT,
            },
            **tables,
            "trust": trust,
        },
        "additionalProperties": False,
    }
