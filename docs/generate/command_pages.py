"""The page of each command, in Markdown."""

from collections.abc import Iterable, Iterator, Mapping

from docs.generate.command_facts import CommandFacts, OptionFacts, groups
from docs.generate.places import (
    FILES,
    PROGRAM_STATUS,
    SET_VARIABLES,
    STATUSES,
    VARIABLES,
)


def command_pages(whole: CommandFacts) -> dict[str, str]:
    """Return the text of each page by its file's name; `index.md` lists them."""
    pages = {
        f"{command.page}.md": "\n".join(_page(command)) + "\n"
        for command in whole.all_commands()
        if command is not whole
    }
    return {
        "index.md": "\n".join(_index(whole)) + "\n",
        "environment.md": "\n".join(_environment()) + "\n",
        **pages,
    }


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield the lines of a table, with an empty one after it."""
    yield _row(head)
    yield _row(("---",) * len(head))
    yield from (_row(row) for row in rows)
    yield ""


def capital(text: str) -> str:
    """Return a sentence with a capital letter, if it begins with a letter."""
    return f"{text[:1].upper()}{text[1:]}"


def plain(text: str) -> str:
    """Return text of help so that Markdown takes none of it for markup."""
    parts = text.split("`")
    outside = [_escaped(part) for part in parts[::2]]
    parts[::2] = outside
    return "`".join(parts)


def _escaped(text: str) -> str:
    for character in "\\<>*_[]":
        text = text.replace(character, f"\\{character}")
    return text


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _page(command: CommandFacts) -> Iterator[str]:
    yield from (f"# {command.name}", "", plain(command.summary), "")
    yield from ("```text", command.usage, "```", "")
    for paragraph in command.more:
        yield from (plain(paragraph), "")
    if command.parts:
        yield from _listed(command.parts)
        yield from ("```{toctree}", ":hidden:", "")
        yield from (part.page for part in command.parts)
        yield from ("```", "")
        return
    rows = [
        (f"`{item.written}`", plain(item.text))
        for item in command.arguments
        if item.text
    ]
    if rows:
        yield from ("## Arguments", "", *table(("argument", "what it is"), rows))
    yield from ("## Options", "")
    yield from table(("option", "what it does"), _options(command.options))
    if command.examples:
        yield from ("## Examples", "", "```sh", *command.examples, "```", "")
    yield from _statuses(command)
    if command.has_json:
        name = "-".join(command.words[1:])
        schema = f"../json/{name}.schema.json"
        yield f"What `--json` prints: [{name}.schema.json]({schema})."


def _options(options: Iterable[OptionFacts]) -> Iterator[tuple[str, str]]:
    ordered = sorted(options, key=lambda option: option.is_shared)
    for option in ordered:
        names = ", ".join(f"`{f'{n} {option.value}'.strip()}`" for n in option.names)
        default = f" Default: `{option.default}`." if option.default else ""
        yield names, plain(option.text) + default


def _statuses(command: CommandFacts) -> Iterator[str]:
    yield from ("## Exit status", "")
    if command.has_own_status:
        yield from (PROGRAM_STATUS, "")
    yield from table(("status", "meaning"), STATUSES.items())


def _listed(commands: Iterable[CommandFacts]) -> Iterator[str]:
    rows = [
        (f"[`{item.name}`]({item.page}.md)", plain(item.summary)) for item in commands
    ]
    yield from table(("command", "what it does"), rows)


def _index(whole: CommandFacts) -> Iterator[str]:
    yield from ("# Commands", "", plain(whole.summary), "")
    yield "Every command explains itself with `--help`, and has a man page"
    yield from ("(`man devenv-shell`). What belongs together:", "")
    yield from _listed(
        leaf
        for group in groups(whole)
        for part in group
        for leaf in part.all_commands()
        if not leaf.parts
    )
    yield from ("```{toctree}", ":hidden:", "")
    yield from (part.page for part in whole.parts)
    yield "```"


def _environment() -> Iterator[str]:
    yield from ("# Variables, files, exit statuses", "", "## Variables it reads", "")
    yield from _named(VARIABLES)
    yield from ("## Variables it sets", "")
    yield from _named(SET_VARIABLES)
    yield from ("## Files", "", "Those of the user are where no `XDG_` variable says")
    yield from ("otherwise; `devenv config` shows where.", "", *_named(FILES))
    yield from ("## Exit statuses", "")
    yield from table(("status", "meaning"), STATUSES.items())
    yield from ("`devenv run`, `exec` and `shell` end with the status of the program",)
    yield "that they start."


def _named(rows: Mapping[str, str]) -> Iterator[str]:
    found = [(f"`{name}`", plain(capital(text))) for name, text in rows.items()]
    yield from table(("name", "what it is"), found)
