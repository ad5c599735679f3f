"""A JSON Schema (2020-12) of `template.toml`, by which editors complete it."""

from devenv.formats.spec_schema import Schema

_TEXT: Schema = {"type": "string"}
_QUESTION: Schema = {
    "type": "object",
    "properties": {
        "key": {
            "type": "string",
            "pattern": "^[a-z][a-z0-9_]{0,39}$",
            "description": "`{{key}}` in a file stands for the answer",
        },
        "text": {**_TEXT, "description": "what is asked"},
        "default": {**_TEXT, "description": "the answer if none is given"},
        "choices": {
            "description": "the answers there are: a list, or a table that has for"
            " each what stands in the files; without it any line will do",
            "anyOf": [
                {"type": "array", "items": _TEXT},
                {"type": "object", "additionalProperties": _TEXT},
            ],
        },
    },
    "required": ["key", "text", "default"],
    "additionalProperties": False,
}


def project_template_schema() -> Schema:
    """Return the schema of a `template.toml`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "template.toml",
        "description": "What a template is, and what it asks.",
        "type": "object",
        "properties": {
            "title": {
                "type": "string",
                "minLength": 1,
                "description": "what `devenv template list` shows",
            },
            "description": {**_TEXT, "description": "one sentence more"},
            "welcome": {**_TEXT, "description": "said when the project is made"},
            "build": {**_TEXT, "description": "the command that builds it, shown"},
            "run": {**_TEXT, "description": "the command that runs it, shown"},
            "question": {
                "type": "array",
                "description": "a question, asked on a terminal or answered with"
                " `--answer KEY=VALUE`",
                "items": _QUESTION,
            },
        },
        "required": ["title"],
        "additionalProperties": False,
    }
