"""Write the man pages: `python -m docs.generate`."""

from pathlib import Path

from docs.generate.command_facts import all_facts
from docs.generate.key_facts import all_keys
from docs.generate.pages import write_pages
from docs.generate.roff import man_pages

MAN = Path(__file__).parents[1] / "man"


def main() -> None:
    """Write what is new, and take away the pages of commands that are gone."""
    write_pages(MAN, man_pages(all_facts(), all_keys()))


if __name__ == "__main__":
    main()
