"""package.json, .nvmrc and .node-version."""

import json
import re
from typing import Any

from devenv.formats.project_files.text import meaningful_lines, no_json
from devenv.model.proposal import Findings, NameKind, Need, ProposedFolder

_PROGRAMS = ProposedFolder(
    path="node_modules/.bin",
    reason="the programs of its modules run by their names",
)


def read_package_json(text: str) -> Findings:
    """Return the Node.js and the package manager that a package.json asks for."""
    try:
        document = json.loads(text)
    except ValueError as error:
        return no_json(error)
    if not isinstance(document, dict):
        return Findings(unmapped=("this is not an object",))
    engines = document.get("engines")
    engines = engines if isinstance(engines, dict) else {}
    version = _text(engines, "node")
    why = f"engines.node {version}" if version else "a Node.js project"
    needs = [Need(kind=NameKind.TOOL, name="node", why=why, version=version)]
    needs.append(_manager(_text(document, "packageManager"), engines))
    if isinstance(document.get("devDependencies"), dict) and (
        "node-gyp" in document["devDependencies"]
    ):
        why = "node-gyp compiles"
        needs += [
            Need(kind=NameKind.APT, name=name, why=why) for name in ("g++", "make")
        ]
    return Findings(needs=tuple(needs), folders=(_PROGRAMS,))


def read_node_version(text: str) -> Findings:
    """Return the Node.js that nvm's or nodenv's file names."""
    for line, word in meaningful_lines(text):
        version = "" if word.startswith("lts/") else word
        need = Need(
            kind=NameKind.TOOL, name="node", why=word, version=version, line=line
        )
        return Findings(needs=(need,))
    return Findings()


def _manager(written: str, engines: dict[str, Any]) -> Need:
    """Return the package manager, which corepack pins as `pnpm@9.1.0+sha512...`."""
    match = re.match(r"([a-z]+)@(\d+)", written)
    if match:
        why = f"packageManager {written.partition('+')[0]}"
        return Need(kind=NameKind.TOOL, name=match[1], why=why)
    for name in ("pnpm", "yarn"):
        if name in engines:
            return Need(kind=NameKind.TOOL, name=name, why=f"engines.{name}")
    return Need(kind=NameKind.TOOL, name="npm", why="modules are installed with it")


def _text(table: dict[str, Any], key: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else ""
