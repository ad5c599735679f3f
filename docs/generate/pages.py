"""The generated pages, and how they come to be files."""

from collections.abc import Mapping
from pathlib import Path

from docs.generate.command_facts import all_facts
from docs.generate.command_pages import command_pages
from docs.generate.key_facts import all_keys
from docs.generate.key_pages import key_pages


def markdown_pages() -> dict[str, str]:
    """Return the text of each generated page by its path below `docs`."""
    commands, keys = command_pages(all_facts()), key_pages(all_keys())
    return {
        **{f"commands/{name}": text for name, text in commands.items()},
        **{f"files/{name}": text for name, text in keys.items()},
    }


def write_pages(folder: Path, pages: Mapping[str, str]) -> None:
    """Make the folders of `pages` have these files, and no other ones.

    What is there already stays untouched, so that what is built of it does, too.
    """
    for name in sorted({Path(page).parts[0] for page in pages}):
        place = folder / name
        place.mkdir(parents=True, exist_ok=True)
        for path in place.iterdir():
            if f"{name}/{path.name}" not in pages:
                path.unlink()
    for name, text in pages.items():
        path = folder / name
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
