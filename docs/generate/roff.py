"""Man pages, in the few macros of man(7) that every reader knows."""

from collections.abc import Iterable, Iterator, Mapping

from docs.generate.command_facts import CommandFacts, OptionFacts
from docs.generate.key_facts import KeyFacts
from docs.generate.places import (
    FILES,
    SET_VARIABLES,
    STATUSES,
    VARIABLES,
)


def man_pages(
    whole: CommandFacts, files: Mapping[str, tuple[KeyFacts, ...]]
) -> dict[str, str]:
    """Return the text of each page by its path below a `man` folder."""
    commands = {
        f"man1/{command.page}.1": _command_page(command, whole)
        for command in whole.all_commands()
    }
    return {
        **commands,
        "man5/devenv.toml.5": _text_of(_file_page(files["devenv.toml"])),
    }


def escaped(text: str) -> str:
    """Return text so that roff prints it as it is, and takes none for a request."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga")
    text = text.replace("'", "\\(aq").replace("~", "\\(ti").replace("^", "\\(ha")
    text = "".join(
        character if character.isascii() else f"\\[u{ord(character):04X}]"
        for character in text
    )
    return f"\\&{text}" if text[:1] in {".", "'"} else text


def _text_of(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"


def _prose(text: str) -> str:
    """Return a sentence: what is between backticks is printed bold."""
    parts = [escaped(part) for part in text.split("`")]
    parts[1::2] = [f"\\fB{part}\\fR" for part in parts[1::2]]
    return "".join(parts)


def _head(name: str, section: int, summary: str) -> Iterator[str]:
    yield f'.TH {escaped(name.upper())} {section} "" "devenv" "devenv"'
    # Programs that list all pages read this line, and know no fonts.
    plain = summary.rstrip(".").replace("`", "")
    yield from (".SH NAME", f"{escaped(name)} \\- {escaped(plain)}")


def _command_page(command: CommandFacts, whole: CommandFacts) -> str:
    lines = [
        *_head(command.page, 1, command.summary),
        *(".SH SYNOPSIS", ".nf", f"\\fB{escaped(command.usage)}\\fR", ".fi"),
        *_description(command),
        *_commands(command),
        *_named(
            "ARGUMENTS",
            {item.written: item.text for item in command.arguments if item.text},
        ),
        *_options(command.options),
        *_examples(command),
        *_statuses(command),
    ]
    if command is whole:
        lines += _named("ENVIRONMENT", {**VARIABLES, **SET_VARIABLES})
        lines += _named("FILES", FILES)
    return _text_of([*lines, *_see_also(command, whole)])


def _description(command: CommandFacts) -> Iterator[str]:
    yield from (".SH DESCRIPTION", _prose(command.summary))
    for paragraph in command.more:
        yield from (".PP", _prose(paragraph))


def _commands(command: CommandFacts) -> Iterator[str]:
    leaves = [part for part in command.all_commands() if not part.parts]
    if command.parts:
        yield from _named("COMMANDS", {part.name: part.summary for part in leaves})


def _options(options: Iterable[OptionFacts]) -> Iterator[str]:
    rows = {}
    for option in sorted(options, key=lambda option: option.is_shared):
        written = ", ".join(f"{name} {option.value}".strip() for name in option.names)
        default = f" Default: `{option.default}`." if option.default else ""
        rows[written] = option.text + default
    yield from _named("OPTIONS", rows)


def _examples(command: CommandFacts) -> Iterator[str]:
    if command.examples:
        lines = (escaped(line) for line in command.examples)
        yield from (".SH EXAMPLES", ".nf", *lines, ".fi")


def _statuses(command: CommandFacts) -> Iterator[str]:
    yield from _named("EXIT STATUS", STATUSES)
    if command.has_own_status:
        yield from (".PP", "But for a program that was started: its own.")


def _see_also(command: CommandFacts, whole: CommandFacts) -> Iterator[str]:
    near = [
        part.page
        for part in (whole, *whole.parts)
        if part is not command
        and (command is whole or part is whole or part.words[1] == command.words[1])
    ]
    own = [part.page for part in command.parts] if command is not whole else []
    names = [*dict.fromkeys([*near, *own])]
    yield ".SH SEE ALSO"
    yield from (f".BR {escaped(name)} (1)," for name in names)
    yield ".BR devenv.toml (5)"


def _file_page(keys: Iterable[KeyFacts]) -> Iterator[str]:
    yield from _head("devenv.toml", 5, "what a project asks of devenv")
    yield from (".SH DESCRIPTION", _prose("A TOML file in the folder of a project."))
    yield _prose("Every key may be left out, but where it says that it is needed.")
    yield _prose("A word in capitals stands for a name of your choice.")
    rows = {}
    for key in keys:
        needed = " Needed." if key.is_required else ""
        text = key.text.rstrip(".")
        rows[key.name] = f"{text[:1].upper()}{text[1:]} ({key.kind}).{needed}"
    yield from _named("KEYS", rows)
    yield from (".SH SEE ALSO", ".BR devenv (1),", ".BR devenv\\-check (1),")
    yield ".BR devenv\\-schema (1)"


def _named(title: str, rows: Mapping[str, str]) -> Iterator[str]:
    if not rows:
        return
    yield f".SH {title}"
    for name, text in rows.items():
        yield from (".TP", f"\\fB{escaped(name)}\\fR", _prose(text))
