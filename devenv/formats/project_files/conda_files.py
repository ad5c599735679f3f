"""environment.yml: the plain form that conda writes, read strictly."""

import re

from devenv.model.proposal import Findings, NameKind, Need

_KEY = re.compile(r"([A-Za-z_]+):\s*(.*)")
_PACKAGE = re.compile(
    r"(?:[\w./-]+::)?(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)"
    r"\s*(?P<version>(?:[<>=!~]=?|=)?.*)"
)
_LISTS = frozenset({"dependencies"})
_KNOWN = frozenset({"name", "channels", "prefix", "dependencies"})


def read_conda_environment(text: str) -> Findings:
    """Return the packages of an environment.yml.

    Of YAML only what conda itself writes is understood: keys at the margin,
    lists of one text a line, and the list of `pip:`. All else is told.
    """
    needs: list[Need] = []
    unmapped: list[str] = []
    key = ""
    is_pip = False
    for number, line in enumerate(text.splitlines(), start=1):
        content = re.sub(r"(^|\s)#.*$", "", line).rstrip()
        if not content or content == "---":
            continue
        if not content.startswith((" ", "-")):
            match = _KEY.fullmatch(content)
            key, is_pip = match[1] if match else "", False
            if match is None or key not in _KNOWN or (key in _LISTS and match[2]):
                unmapped.append(f"line {number}: {content} is not understood")
            continue
        item = content.strip()
        if key != "dependencies":
            continue
        if item in {"- pip:", '- "pip":'}:
            is_pip = True
        elif not item.startswith("- ") or "{" in item or "&" in item:
            unmapped.append(f"line {number}: {item} is not understood")
        else:
            word = item[2:].strip().strip("\"'")
            needs.append(_pip(word, number) if is_pip else _conda(word, number))
    return Findings(needs=tuple(needs), unmapped=tuple(unmapped))


def _conda(word: str, line: int) -> Need:
    match = _PACKAGE.fullmatch(word)
    name = match["name"].lower() if match else word
    version = match["version"].strip() if match else ""
    # A third part is the build; one = means every version that begins so.
    version = (
        re.sub(r"^=+", "", version).partition("=")[0] if version[:1] == "=" else version
    )
    return Need(kind=NameKind.CONDA, name=name, why=word, version=version, line=line)


def _pip(word: str, line: int) -> Need:
    name = re.split(r"[^A-Za-z0-9._-]", word)[0]
    return Need(
        kind=NameKind.PIP,
        name=re.sub(r"[-_.]+", "-", name).lower(),
        why=f"needed to build {name}",
        line=line,
        is_hint=True,
    )
