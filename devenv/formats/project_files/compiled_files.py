"""go.mod, rust-toolchain, Cargo.toml, CMakeLists.txt and composer.json."""

import json
import re
import tomllib
from typing import Any

from devenv.formats.project_files.text import meaningful_lines, no_json, no_toml
from devenv.model.proposal import Findings, NameKind, Need, ProposedFolder

_FIND_PACKAGE = re.compile(r"find_package\s*\(\s*([A-Za-z0-9_+.-]+)", re.IGNORECASE)
_PKG_CHECK = re.compile(
    r"pkg_(?:check|search)_modules?\s*\(\s*\w+\s+([^)]*)\)", re.IGNORECASE
)
_PROJECT = re.compile(r"\bproject\s*\(([^)]*)\)", re.IGNORECASE)
_MINIMUM = re.compile(
    r"cmake_minimum_required\s*\(\s*VERSION\s+([0-9.]+)", re.IGNORECASE
)
_PKG_WORDS = frozenset(
    {"REQUIRED", "QUIET", "IMPORTED_TARGET", "GLOBAL", "NO_CMAKE_PATH"}
)
_LANGUAGES = {"C": "gcc", "CXX": "g++", "Fortran": "gfortran", "ASM": "gcc"}


def read_go_mod(text: str) -> Findings:
    """Return the Go that a go.mod asks for: that one or a newer one."""
    found = {}
    for number, line in enumerate(text.splitlines(), start=1):
        match = re.match(r"\s*(go|toolchain)\s+(?:go)?(\d[\d.]*)", line)
        if match:
            found[match[1]] = (match[2], number)
    version, line_number = found.get("go", ("", 0))
    why = f"go {version}" if version else "a Go module"
    need = Need(
        kind=NameKind.TOOL,
        name="go",
        why=why,
        version=f">={version}" if version else "",
        line=line_number,
    )
    return Findings(needs=(need,))


def read_rust_toolchain(text: str) -> Findings:
    """Return the toolchain that rustup's file names, in either of its forms."""
    channel = text.strip()
    components: list[Any] = []
    if "[" in text:
        try:
            table = tomllib.loads(text).get("toolchain", {})
        except tomllib.TOMLDecodeError as error:
            return no_toml(error)
        channel = str(table.get("channel", "stable"))
        components = list(table.get("components", []))
    unmapped: tuple[str, ...] = ()
    version = channel if re.match(r"\d", channel) else ""
    if not version and channel != "stable":
        unmapped = (f"the archive has no {channel} of Rust, but releases of it",)
    needs = [Need(kind=NameKind.TOOL, name="rust", why=channel, version=version)]
    needs += [
        Need(kind=NameKind.TOOL, name=str(name), why=f"the component {name}")
        for name in components
    ]
    return Findings(needs=tuple(needs), unmapped=unmapped)


def read_cargo(text: str) -> Findings:
    """Return the Rust that a Cargo.toml asks for, and libraries of its crates."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return no_toml(error)
    package = document.get("package", {})
    asked = package.get("rust-version", "") if isinstance(package, dict) else ""
    version = asked if isinstance(asked, str) else ""
    why = f"rust-version {version}" if version else "a Rust project"
    rust = Need(
        kind=NameKind.TOOL,
        name="rust",
        why=why,
        version=f">={version}" if version else "",
    )
    return Findings(needs=(rust,))


def read_cmake_lists(text: str) -> Findings:
    """Return the compilers, build tools and libraries of a CMakeLists.txt."""
    plain = re.sub(r"#[^\n]*", "", text)
    minimum = _MINIMUM.search(plain)
    needs = [
        Need(
            kind=NameKind.TOOL,
            name="cmake",
            why=f"version {minimum[1]} or newer" if minimum else "a CMake project",
            version=f">={minimum[1]}" if minimum else "",
        ),
        Need(kind=NameKind.APT, name="ninja-build", why="CMake builds with it"),
    ]
    for language in _languages(plain):
        why = f"the language {language}"
        needs.append(Need(kind=NameKind.APT, name=_LANGUAGES[language], why=why))
    for match in _FIND_PACKAGE.finditer(plain):
        line = plain.count("\n", 0, match.start()) + 1
        why = f"find_package({match[1]})"
        needs.append(Need(kind=NameKind.CMAKE, name=match[1], why=why, line=line))
    needs += _pkg_config(plain)
    return Findings(needs=tuple(needs))


def read_composer(text: str) -> Findings:
    """Return the PHP and the extensions that a composer.json asks for."""
    try:
        document = json.loads(text)
    except ValueError as error:
        return no_json(error)
    listed = document.get("require", {}) if isinstance(document, dict) else {}
    listed = listed if isinstance(listed, dict) else {}
    asked = str(listed.get("php", ""))
    why = f"php {asked}" if asked else "a PHP project"
    # ~8.1 is what Ruby writes ~> 8.1.
    version = re.sub(r"~(?!>)", "~>", asked)
    extensions = sorted(name[4:] for name in listed if name.startswith("ext-"))
    programs = ProposedFolder(
        path="vendor/bin",
        reason="the programs of its libraries run by their names",
    )
    needs = (
        Need(kind=NameKind.TOOL, name="php", why=why, version=version),
        Need(kind=NameKind.TOOL, name="composer", why="libraries come with it"),
        *(Need(kind=NameKind.PHP, name=name, why=f"ext-{name}") for name in extensions),
    )
    return Findings(needs=needs, folders=(programs,))


def _languages(plain: str) -> list[str]:
    match = _PROJECT.search(plain)
    words = match[1].split() if match else []
    named = [language for language in _LANGUAGES if language in words[1:]]
    # CMake enables these two where nothing is said.
    return named or ["C", "CXX"]


def _pkg_config(plain: str) -> list[Need]:
    needs: list[Need] = []
    for match in _PKG_CHECK.finditer(plain):
        line = plain.count("\n", 0, match.start()) + 1
        if not needs:
            needs.append(
                Need(kind=NameKind.APT, name="pkg-config", why="it looks for modules")
            )
        for word in match[1].split():
            name = re.split(r"[<>=]", word)[0]
            if name and name not in _PKG_WORDS and "$" not in name:
                why = f"the module {name}"
                needs.append(
                    Need(kind=NameKind.PKG_CONFIG, name=name, why=why, line=line)
                )
    return needs


def read_apt_list(text: str) -> Findings:
    """Return the packages of an apt.txt, one or more a line."""
    needs = []
    for line, content in meaningful_lines(text):
        for word in content.split():
            name = re.split(r"[=/:]", word)[0]
            why = "listed there"
            needs.append(Need(kind=NameKind.APT, name=name, why=why, line=line))
    return Findings(needs=tuple(needs))
