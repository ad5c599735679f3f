"""What a project does, in lines for the person who is asked to allow it."""

from collections.abc import Iterable, Iterator, Sequence

from devenv.model.env_names import wants_own_line
from devenv.model.spec import ShellText
from devenv.model.trust import Effects, InputEffect
from devenv.plan.shown_values import shown_text, shown_variable

MAX_SHOWN_PACKAGES = 40


def effects_lines(effects: Effects, requested: Sequence[str]) -> tuple[str, ...]:
    """Return all that a project does, in the order of how much it is.

    Args:
        effects: what it does.
        requested: the packages that it asks for by name; others come along.
    """
    return (
        *_texts(effects),
        *_section(
            "variables that make other programs run something", _telling(effects)
        ),
        *_section("variables", _plain(effects)),
        *_section("taken away", effects.unset),
        *_section("search paths", _entries(effects)),
        *_section("aliases", _aliases(effects)),
        *_section("libraries for all programs", effects.libraries),
        *_packages(effects, requested),
    )


def _section(title: str, lines: Iterable[str]) -> list[str]:
    found = [f"  {line}" for line in lines]
    return [f"{title}:", *found] if found else []


def _texts(effects: Effects) -> Iterator[str]:
    for shell, text in sorted(effects.texts.items()):
        for moment, content in _moments(text):
            where = shell or "every shell"
            yield f"text that {where} runs on {moment}:"
            # All of it: this is what is agreed to.
            yield from (f"  | {line}" for line in content.splitlines())


def _moments(text: ShellText) -> list[tuple[str, str]]:
    parts = (("entering", text.enter), ("leaving", text.leave))
    return [(moment, content) for moment, content in parts if content]


def _telling(effects: Effects) -> Iterator[str]:
    return (line for name, line in _variables(effects) if wants_own_line(name))


def _plain(effects: Effects) -> Iterator[str]:
    return (line for name, line in _variables(effects) if not wants_own_line(name))


def _variables(effects: Effects) -> Iterator[tuple[str, str]]:
    for name, effect in effects.values.items():
        source = f"  ({effect.source})" if effect.source else ""
        yield name, shown_variable(name, effect.value) + source


def _entries(effects: Effects) -> Iterator[str]:
    for side, lists in (("in front of", effects.prepend), ("behind", effects.append)):
        for name, entries in lists.items():
            yield from (f"{shown_text(entry)}  {side} {name}" for entry in entries)


def _aliases(effects: Effects) -> Iterator[str]:
    return (f"{name}={shown_text(text)}" for name, text in effects.aliases.items())


def _packages(effects: Effects, requested: Sequence[str]) -> Iterator[str]:
    for name, effect in effects.inputs.items():
        rows = [row for row in effects.packages if row.input == name]
        libraries = [row for row in effects.library_packages if row.input == name]
        if not rows and not libraries:
            if effect.definition:
                yield f"an input that nothing is taken from, {_input(name, effect)}"
            continue
        yield f"packages from {_input(name, effect)}:"
        asked = [row for row in rows if row.name in requested]
        shown = [f"{row.name} {row.version}" for row in asked[:MAX_SHOWN_PACKAGES]]
        yield from (f"  {text}" for text in shown)
        others = len(rows) - len(shown)
        if others:
            yield f"  and {others} more, which may be needed"
        yield from (f"  {row.name} {row.version} (library)" for row in libraries)


def _input(name: str, effect: InputEffect) -> str:
    if not effect.address:
        return name
    keys = ", ".join(effect.keys) or "no key that can be read"
    return f"{name} ({effect.address}, signed by {keys})"
