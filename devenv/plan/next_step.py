"""What `devenv` alone says: where somebody is, and what they likely want next.

Imports nothing: it is to be said at once.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

FILES = (
    *("pyproject.toml", "requirements.txt", "package.json", "go.mod", "Cargo.toml"),
    *("Gemfile", "pom.xml", "build.gradle", "build.gradle.kts", "CMakeLists.txt"),
    *("composer.json", "environment.yml", "environment.yaml", "devbox.json"),
    *("mise.toml", ".mise.toml", ".tool-versions", "shell.nix", "Dockerfile"),
    *("Containerfile", "Brewfile", "apt.txt", "Aptfile", "rust-toolchain"),
    *("rust-toolchain.toml", ".python-version", ".nvmrc", ".node-version"),
    ".ruby-version",
)
"""What `devenv init` reads, the likeliest first."""

OTHER_TOOLS_FILES = ("devenv.nix", "devenv.yaml")
"""What belongs to another tool named devenv."""

_MOST_NAMED = 3
_WORDS = {
    "allowed": "allowed",
    "changed": "allowed before it changed: it asks for something new",
    "denied": "denied",
    "building": "allowed, and being built",
    "failed": "allowed, but the last build failed",
    "unknown": "not allowed yet: cd brings no environment",
    "foreign": "of another user: it takes no effect on cd",
}
_NEXT = {
    "allowed": ("devenv exec COMMAND", "runs something in the environment"),
    "changed": ("devenv allow", "shows what is new, and asks"),
    "denied": ("devenv allow", "if you changed your mind"),
    "building": ("devenv wait", "until it is there"),
    "failed": ("devenv log", "tells why"),
    "unknown": ("devenv allow", "shows what it does, and asks"),
    "foreign": ("devenv shell --project .", "after you have read devenv.toml"),
}


def outside_lines(
    *, folder: str, found: "list[str]", shell: str, is_hooked: bool
) -> "list[tuple[str, str]]":
    """Return what is said where there is no project.

    Args:
        folder: where we are.
        found: those of `FILES` and `OTHER_TOOLS_FILES` that are in it.
        shell: the shell that asks, "" for none with a hook.
        is_hooked: whether it has loaded the hook.
    """
    others = [name for name in found if name in OTHER_TOOLS_FILES]
    named = [name for name in found if name not in OTHER_TOOLS_FILES][:_MOST_NAMED]
    lines = [("here", f"{folder}: no devenv.toml here or above")]
    if named:
        lines.append(("found", f"{', '.join(named)}, but no devenv.toml"))
        step = ("devenv init", f"proposes one from {named[0]}")
    else:
        step = ("devenv init", "begins a project; `devenv template list` shows what")
    if others:
        lines.append(("found", f"{others[0]}, which another tool named devenv reads"))
    lines += _hook_line(shell, is_hooked=is_hooked)
    lines.append(_step(*step))
    if not named:
        lines.append(_step("devenv run PACKAGE", "runs a program without a project"))
    return lines


def project_lines(
    *,
    project: str,
    facts: "Mapping[str, str]",
    shell: str,
    is_hooked: bool,
) -> "list[tuple[str, str]]":
    """Return what is said in a project.

    Args:
        project: its folder.
        facts: `word` and `sentence` are what hooks were told last ("" for nothing);
            `wrong` is why the spec cannot be read; `lock` is "" if there is none;
            `newer` is a file that changed since hooks were told, "" for none.
        shell: the shell that asks, "" for none with a hook.
        is_hooked: whether it has loaded the hook.
    """
    word = facts["word"] if facts["word"] in _WORDS else "unknown"
    lines = [("project", project)]
    if facts["wrong"]:
        lines.append(("wrong", facts["wrong"]))
        step = ("devenv check", "tells every mistake")
    else:
        lines.append(("state", _WORDS[word]))
        if facts["sentence"] and word in {"failed", "changed", "foreign"}:
            lines.append(("", facts["sentence"]))
        if not facts["lock"]:
            lines.append(("lock", "none yet: the next command makes it"))
        step = _NEXT[word]
        if word in {"allowed", "failed"} and facts["newer"]:
            lines.append(("changed", f"{facts['newer']} is newer than what was built"))
            step = ("devenv reload", "brings it into your shells")
        elif word == "allowed" and shell and not is_hooked:
            step = ("devenv shell", "opens your shell in the environment")
    lines += _hook_line(shell, is_hooked=is_hooked)
    lines.append(_step(*step))
    return lines


def advice(word: str) -> str:
    """Return the likely next command where a project stands so, and what it is for."""
    command, why = _NEXT[word]
    return f"{command}: {why}"


def hook_advice(shell: str, *, is_hooked: bool) -> str:
    """Return what to say of the hook in the shell that asks, "" for nothing."""
    if not shell or is_hooked:
        return ""
    return f"not loaded in this {shell}; `devenv hook --help` has the line for it"


def _hook_line(shell: str, *, is_hooked: bool) -> "list[tuple[str, str]]":
    text = hook_advice(shell, is_hooked=is_hooked)
    return [("hook", text)] if text else []


def _step(command: str, why: str) -> "tuple[str, str]":
    return ("next", f"{command:<20}  {why}")
