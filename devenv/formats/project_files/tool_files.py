""".tool-versions, mise.toml, devbox.json and Brewfile."""

import json
import re
import tomllib

from devenv.formats.project_files.text import meaningful_lines, no_json, no_toml
from devenv.model.proposal import Findings, NameKind, Need

_BREW = re.compile(r"""(\w+)\s+["']([^"']+)["']""")


def read_tool_versions(text: str) -> Findings:
    """Return the tools of asdf's file; the first version of each counts."""
    needs = []
    for line, content in meaningful_lines(text):
        name, *versions = content.split()
        version = versions[0] if versions else ""
        needs.append(_tool(name, version, line=line))
    return Findings(needs=tuple(needs))


def read_mise(text: str) -> Findings:
    """Return the tools of a mise.toml; its tasks and variables stay its own."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return no_toml(error)
    tools = document.get("tools", {})
    needs = []
    for name, value in (tools if isinstance(tools, dict) else {}).items():
        first = value[0] if isinstance(value, list) and value else value
        if isinstance(first, dict):
            first = first.get("version", "")
        needs.append(_tool(name, str(first)))
    others = sorted(set(document) - {"tools", "min_version"})
    unmapped = tuple(f"[{key}]: it is mise's own" for key in others)
    return Findings(needs=tuple(needs), unmapped=unmapped)


def read_devbox(text: str) -> Findings:
    """Return the packages of a devbox.json, which may have // comments."""
    try:
        document = json.loads(re.sub(r"^\s*//[^\n]*$", "", text, flags=re.MULTILINE))
    except ValueError as error:
        return no_json(error)
    if not isinstance(document, dict):
        return Findings(unmapped=("this is not an object",))
    listed = document.get("packages", [])
    if isinstance(listed, dict):
        listed = [f"{name}@{_version(value)}" for name, value in listed.items()]
    needs = []
    for item in listed if isinstance(listed, list) else []:
        name, _, version = str(item).partition("@")
        needs.append(
            Need(
                kind=NameKind.NIX,
                name=name,
                why=str(item).removesuffix("@"),
                version="" if version == "latest" else version,
            )
        )
    unmapped = [f"{key}: write it into [env]" for key in ("env",) if document.get(key)]
    shell = document.get("shell")
    if isinstance(shell, dict):
        unmapped += [
            f"shell.{key}: commands are not taken over" for key in sorted(shell)
        ]
    return Findings(needs=tuple(needs), unmapped=tuple(unmapped))


def read_brewfile(text: str) -> Findings:
    """Return the formulae of a Brewfile; casks and taps are none of the archive."""
    needs = []
    unmapped = []
    for line, content in meaningful_lines(text):
        match = _BREW.match(content)
        if match is None:
            unmapped.append(f"line {line}: {content} is not understood")
        elif match[1] == "brew":
            name, _, version = match[2].rpartition("/")[2].partition("@")
            needs.append(
                Need(
                    kind=NameKind.BREW,
                    name=name,
                    why=f'brew "{match[2]}"',
                    version=version,
                    line=line,
                )
            )
        else:
            unmapped.append(f'line {line}: {match[1]} "{match[2]}"')
    return Findings(needs=tuple(needs), unmapped=tuple(unmapped))


def _tool(name: str, version: str, *, line: int = 0) -> Need:
    plain = name.rpartition(":")[2]
    # Java's versions come with whose build it is: temurin-21.0.2+13.
    found = re.search(r"\d[\d.]*", version)
    number = found[0].rstrip(".") if found and plain == "java" else version
    if version.startswith(("ref:", "path:", "prefix:")):
        number = version.partition(":")[2] if version.startswith("prefix:") else ""
    return Need(
        kind=NameKind.TOOL,
        name=plain,
        why=f"{name} {version}".strip(),
        version="" if number in {"latest", "lts", "system"} else number,
        line=line,
    )


def _version(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("version", "")
    return str(value)
