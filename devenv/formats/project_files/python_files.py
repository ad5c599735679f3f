"""pyproject.toml, requirements.txt and .python-version."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from devenv.formats.project_files.text import meaningful_lines, no_toml
from devenv.model.proposal import Findings, NameKind, Need

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


def read_pyproject(text: str) -> Findings:
    """Return the interpreter that a pyproject.toml asks for, and libraries."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return no_toml(error)
    project = _table(document, "project")
    poetry = _table(_table(document, "tool"), "poetry")
    poetry_needs = _table(poetry, "dependencies")
    asked = project.get("requires-python", poetry_needs.get("python", ""))
    version = asked if isinstance(asked, str) else ""
    why = f"requires-python {version}" if version else "a Python project"
    needs = [*_interpreter(version, why)]
    listed = project.get("dependencies", [])
    names = [*_names(listed), *poetry_needs]
    return Findings(needs=(*needs, *_modules(names)))


def read_requirements(text: str) -> Findings:
    """Return the interpreter that installs a requirements.txt, and libraries."""
    names = _names(line for _, line in meaningful_lines(text) if line[0] != "-")
    needs = _interpreter("", "requirements are installed by Python")
    return Findings(needs=(*needs, *_modules(names)))


def read_python_version(text: str) -> Findings:
    """Return the interpreter that pyenv's file names; the first counts."""
    for line, word in meaningful_lines(text):
        if re.match(r"\d", word):
            need = Need(
                kind=NameKind.TOOL, name="python", why=word, version=word, line=line
            )
            return Findings(needs=(need,))
        return Findings(unmapped=(f"{word!r} is not an interpreter of the archive",))
    return Findings()


def _interpreter(version: str, why: str) -> tuple[Need, ...]:
    venv = "virtual environments are made with it"
    return (
        Need(kind=NameKind.TOOL, name="python", why=why, version=version),
        Need(kind=NameKind.APT, name="python3-venv", why=venv),
    )


def _modules(names: Iterable[str]) -> tuple[Need, ...]:
    return tuple(
        Need(
            kind=NameKind.PIP,
            name=re.sub(r"[-_.]+", "-", name).lower(),
            why=f"needed to build {name}",
            is_hint=True,
        )
        for name in names
    )


def _names(requirements: Iterable[object]) -> list[str]:
    matches = (
        _REQUIREMENT.match(item) for item in requirements if isinstance(item, str)
    )
    return [match[1] for match in matches if match]


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = table.get(key)
    return found if isinstance(found, dict) else {}
