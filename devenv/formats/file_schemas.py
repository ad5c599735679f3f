"""The schemas of all files that people write or read, by the names of the files."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

from devenv.errors import UsageError
from devenv.formats.lock_schema import lock_schema
from devenv.formats.project_template_schema import project_template_schema
from devenv.formats.spec_schema import Schema, spec_schema
from devenv.formats.user_configuration_schema import user_configuration_schema

SCHEMAS: Mapping[str, Callable[[], Schema]] = MappingProxyType(
    {
        "devenv.toml": spec_schema,
        "config.toml": user_configuration_schema,
        "template.toml": project_template_schema,
        "devenv.lock.toml": lock_schema,
    }
)


def file_schema_text(name: str) -> str:
    """Return the schema of the files of that name, as JSON for people.

    Raises:
        UsageError: devenv has no such file.
    """
    if name not in SCHEMAS:
        raise UsageError(
            f"there is no schema of {name!r}", hint=f"there is {', '.join(SCHEMAS)}"
        )
    return json.dumps(SCHEMAS[name](), indent=2, ensure_ascii=False)
