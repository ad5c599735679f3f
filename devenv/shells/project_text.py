"""What a project wants to be run in its shells: `[shell]` of its spec."""

from collections.abc import Callable, Mapping

from devenv.model.spec import ShellText
from devenv.shells.base import Shell

TEXT_SHELLS = ("bash", "fish", "zsh")
"""The shells that have start files, and so a place for text."""

FOLDER = "project"
"""Where the files are, beside the start files."""

NO_TEXT = ShellText()


def text_of(texts: Mapping[str, ShellText], shell: str) -> ShellText:
    """Return the text for one shell: that for every shell, then its own."""
    common, own = texts.get("", NO_TEXT), texts.get(shell, NO_TEXT)
    return ShellText(
        enter="\n".join(text for text in (common.enter, own.enter) if text),
        leave="\n".join(text for text in (own.leave, common.leave) if text),
    )


def render_text_files(
    texts: Mapping[str, ShellText], *, read_template: Callable[[str], str]
) -> dict[str, str]:
    """Return the files that run a project's text, by their path beside start files.

    The text stands in files of its own: a mistake in it spoils nothing else.
    """
    files = {}
    for shell in TEXT_SHELLS:
        text = text_of(texts, shell)
        parts = {"enter": text.enter, "leave": text.leave}
        for name, content in parts.items():
            if content:
                files[f"{FOLDER}/{name}.{shell}"] = f"{content}\n"
        if any(parts.values()):
            files[f"{FOLDER}/text.{shell}"] = read_template(f"text.{shell}")
    if f"{FOLDER}/text.zsh" in files:
        files[f"{FOLDER}/pure/.zshrc"] = read_template("pure.zshrc")
    return files


def with_text(shell: Shell, name: str, text: ShellText, command: str) -> str:
    """Return a command that runs after a project's text, in a shell of its own."""
    lines = [text.enter] if text.enter else []
    if text.leave and name == "fish":
        body = f"eval {shell.quote(text.leave)}"
        lines.append(f"function _devenv_leave --on-event fish_exit; {body}; end")
    elif text.leave:
        lines.append(f"trap {shell.quote(text.leave)} EXIT")
    return "\n".join((*lines, command))
