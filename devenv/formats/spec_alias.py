"""The `[alias]` of a spec: short names for commands, in the user's own shell."""

from collections.abc import Mapping

from devenv.formats.spec_reading import SpecReading
from devenv.formats.toml_places import TomlPath
from devenv.model.spec import AliasSetting
from devenv.patterns import late_pattern
from devenv.typed import Any

MAX_ALIAS_BYTES = 4096

# What bash, zsh and fish all take as the name of an alias.
_NAME = late_pattern(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}")

# Of bash, zsh and fish together: an alias of these names breaks whatever is read
# afterwards, in a hook or a function.
_RESERVED_NAMES = """
    if then else elif fi case esac for select while until do done in function time
    coproc repeat foreach end begin switch and or not return break continue
    builtin command eval exec source set unset export local declare typeset trap
    alias unalias test true false exit emulate setopt status string cd
"""
_RESERVED = frozenset(_RESERVED_NAMES.split())


def read_aliases(
    table: Mapping[str, Any], at: TomlPath, reading: SpecReading
) -> tuple[AliasSetting, ...]:
    """Return the aliases of a table; `reading` is told of every mistake in it."""
    found = []
    for name, text in table.items():
        path = (*at, name)
        if _is_name(name, path, reading) and _is_text(text, path, reading):
            place = reading.place(path)
            found.append(AliasSetting(name=name, text=text, place=place))
    return tuple(found)


def _is_name(name: str, path: TomlPath, reading: SpecReading) -> bool:
    hint = "choose a name of letters, digits, _ . + and -"
    if not _NAME.fullmatch(name):
        reading.complain(path, f"{name[:80]!r} is no name for an alias", hint)
        return False
    if name in _RESERVED or name.startswith("_devenv"):
        what = f"{name} has a meaning of its own in shells"
        reading.complain(path, what, "choose another name for the alias")
        return False
    return True


def _is_text(text: object, path: TomlPath, reading: SpecReading) -> bool:
    hint = f'write {path[-1]} = "command arguments"'
    if not isinstance(text, str):
        reading.expected(path, "text", text, hint)
        return False
    if not text.strip() or len(text.encode()) > MAX_ALIAS_BYTES:
        reading.complain(path, "this is empty, or too long for an alias", hint)
        return False
    if any(ord(letter) < ord(" ") and letter != "\t" for letter in text):
        what = "an alias is one line, without control codes"
        reading.complain(path, what, "put it in a script, or in [shell] enter")
        return False
    return True
