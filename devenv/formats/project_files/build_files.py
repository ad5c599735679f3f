"""Dockerfile and shell.nix: what they install, by pattern; nothing is run."""

import re
from collections.abc import Iterator

from devenv.model.proposal import Findings, NameKind, Need

_IMAGE = re.compile(
    r"(?:--platform=\S+\s+)?(?P<image>[^\s:@]+)(?::(?P<tag>[^\s@]+))?", re.IGNORECASE
)
_INSTALL = re.compile(r"\bapt(?:-get)?\s+(?:-\S+\s+)*install\b(?P<words>[^&|;]*)")
_PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]+")
_NIX_LIST = re.compile(
    r"\b(buildInputs|nativeBuildInputs|packages)\s*=\s*"
    r"(?:with\s+pkgs\s*;\s*)?\[(?P<items>[^\[\]]*)\]\s*;"
)
_NIX_ITEM = re.compile(r"\([^()]*\)|[^\s()]+")
_NIX_NAME = re.compile(r"(?:pkgs\.)?([A-Za-z_][\w'-]*(?:\.[A-Za-z_][\w'-]*)*)")
_OTHER_SOURCES = ("apk add", "dnf install", "yum install", "curl", "wget")
_BASES = frozenset({"debian", "ubuntu", "scratch", "alpine", "busybox"})


def read_dockerfile(text: str) -> Findings:
    """Return the images that a Dockerfile builds on, and what apt installs there."""
    needs: list[Need] = []
    unmapped: list[str] = []
    stages: set[str] = set()
    for line, word, rest in _instructions(text):
        if word == "FROM":
            _image(rest, line, stages, needs, unmapped)
        elif word == "RUN":
            needs += _installed(rest, line)
            unmapped += [
                f"line {line}: what {tool} brings is not known"
                for tool in _OTHER_SOURCES
                if re.search(rf"\b{tool}\s", rest)
            ]
    return Findings(needs=tuple(needs), unmapped=tuple(unmapped))


def read_shell_nix(text: str) -> Findings:
    """Return the packages of a shell.nix with a plain list in mkShell."""
    plain = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    plain = re.sub(r"#[^\n]*", "", plain)
    needs = []
    unmapped = []
    for match in _NIX_LIST.finditer(plain):
        for word in _NIX_ITEM.findall(match["items"]):
            name = _NIX_NAME.fullmatch(word)
            line = plain.count("\n", 0, match.start("items")) + 1
            if name is None:
                unmapped.append(f"{word} is an expression")
            else:
                needs.append(
                    Need(kind=NameKind.NIX, name=name[1], why=name[1], line=line)
                )
    if not needs:
        unmapped.append("there is no plain list of packages: Nix would have to run it")
    if re.search(r"\bshellHook\s*=", plain):
        unmapped.append("shellHook: commands are not taken over")
    return Findings(needs=tuple(needs), unmapped=tuple(unmapped))


def _instructions(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield each instruction with its line, continued lines joined."""
    whole = ""
    first = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("#"):
            continue
        first = first or number
        whole += line.rstrip().removesuffix("\\") + " "
        if line.rstrip().endswith("\\"):
            continue
        word, _, rest = whole.strip().partition(" ")
        if word:
            yield first, word.upper(), rest.strip()
        whole, first = "", 0


def _image(
    rest: str, line: int, stages: set[str], needs: list[Need], unmapped: list[str]
) -> None:
    match = _IMAGE.match(rest)
    if match is None:
        return
    stage = re.search(r"\s+AS\s+(\S+)", rest, re.IGNORECASE)
    if stage:
        stages.add(stage[1])
    image = match["image"].removeprefix("docker.io/").removeprefix("library/")
    if image in stages or image in _BASES:
        return
    if "/" in image or "$" in match[0].rpartition(" ")[2]:
        unmapped.append(f"line {line}: the image {match['image']}")
        return
    version = re.match(r"\d[\d.]*", match["tag"] or "")
    needs.append(
        Need(
            kind=NameKind.TOOL,
            name=image,
            why=f"FROM {match[0].rpartition(' ')[2]}",
            version=version[0].rstrip(".") if version else "",
            line=line,
        )
    )


def _installed(rest: str, line: int) -> list[Need]:
    found = []
    for match in _INSTALL.finditer(rest):
        for word in match["words"].split():
            name = word.partition("=")[0]
            if _PACKAGE.fullmatch(name):
                found.append(
                    Need(kind=NameKind.APT, name=name, why="apt installs it", line=line)
                )
    return found
