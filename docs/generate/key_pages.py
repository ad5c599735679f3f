"""The page of each file's keys, in Markdown."""

from collections.abc import Iterator, Sequence

from docs.generate.command_pages import capital, table
from docs.generate.key_facts import KeyFacts

_INTRODUCTIONS = {
    "devenv.toml": "What a project asks for. [What the keys mean together](../spec.md)",
    "config.toml": "What a user has set for all of their projects:"
    " `~/.config/devenv/config.toml`",
    "template.toml": "What a template is. [A template of one's own](../init.md)",
    "devenv.lock.toml": "What a project's environment is made of. [What moves it, and"
    " when](../lock.md)",
}
_END = (
    "A key in capitals stands for a name of your choice: of an input, a variable, an",
    "alias, a package, or for a system (`x86_64-linux`, `aarch64-linux`).",
)


def key_pages(files: dict[str, tuple[KeyFacts, ...]]) -> dict[str, str]:
    """Return the text of each page by its file's name."""
    return {
        f"{name}.md": "\n".join(_page(name, keys)) + "\n"
        for name, keys in files.items()
    }


def _page(name: str, keys: Sequence[KeyFacts]) -> Iterator[str]:
    yield from (f"# {name}", "", f"{_INTRODUCTIONS[name]}.", "")
    rows = [(f"`{key.name}`", key.kind, _text(key)) for key in keys]
    yield from table(("key", "kind", "what it says"), rows)
    yield from (*_END, "")
    yield f"`devenv schema {name}` prints this as a JSON Schema, for editors."


def _text(key: KeyFacts) -> str:
    default = f" Default: `{key.default}`." if key.default else ""
    needed = " Needed." if key.is_required else ""
    return f"{capital(key.text.rstrip('.'))}.{default}{needed}"
