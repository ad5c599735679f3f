"""Texts of variables in a spec that can be exchanged without reading the spec.

Such a text stands alone on its line, means nothing but itself, and no other value
refers to its variable.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from devenv.model.spec import EnvSetting, EnvValue, ListValue, TextValue, WholeListValue
from devenv.model.template import Template

MAX_TEXT_BYTES = 1024

_TEXT = rb'[^"\\$\x00-\x1f\x7f]*'
_IS_TEXT = re.compile(_TEXT)
_LINE = re.compile(rb'[ \t]*([A-Za-z0-9_]+)[ \t]*=[ \t]*"(' + _TEXT + rb')"[ \t]*')


def plain_texts(
    settings: Sequence[EnvSetting], file: str, content: bytes
) -> Mapping[str, tuple[int, int]]:
    """Return where in a spec's content the texts stand that can be exchanged.

    Args:
        settings: the variables of a project.
        file: the path of the spec.
        content: what the settings of that file were read from.

    Returns:
        Beginning and end, in bytes, by the variable's name.
    """
    return dict(_found(settings, file, content))


def exchanged_text(
    before: bytes, after: bytes, places: Mapping[str, tuple[int, int]]
) -> tuple[str, str] | None:
    """Return the one variable that has another text in `after`, with that.

    None if anything else differs, nothing does, or the text is none that could be
    exchanged.
    """
    further = len(after) - len(before)
    for name, (start, end) in places.items():
        text = after[start : max(end + further, start)]
        is_rest = (
            after[:start] == before[:start] and after[end + further :] == (before[end:])
        )
        if is_rest and text != before[start:end]:
            return _named(name, text)
    return None


def _named(name: str, text: bytes) -> tuple[str, str] | None:
    if len(text) > MAX_TEXT_BYTES or not _IS_TEXT.fullmatch(text):
        return None
    try:
        return name, text.decode()
    except UnicodeDecodeError:
        return None


def _found(
    settings: Sequence[EnvSetting], file: str, content: bytes
) -> Iterator[tuple[str, tuple[int, int]]]:
    lines = content.split(b"\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    for setting in settings:
        number, value = setting.place.line, setting.value
        if setting.place.file != file or not isinstance(value, TextValue):
            continue
        found = _LINE.fullmatch(lines[number - 1])
        if found is None or found[1].decode() != setting.name:
            continue
        is_all = value.template.text.encode("utf-8", "surrogateescape") == found[2]
        if is_all and not _is_referred_to(setting.name, settings):
            start = starts[number - 1]
            yield setting.name, (start + found.start(2), start + found.end(2))


def _is_referred_to(name: str, settings: Sequence[EnvSetting]) -> bool:
    texts = (each.text for one in settings for each in _templates(one.value))
    return any(f"${{{name}" in text for text in texts)


def _templates(value: EnvValue) -> tuple[Template, ...]:
    match value:
        case TextValue():
            return (value.template,)
        case ListValue():
            return value.prepend + value.append
        case WholeListValue():
            return value.entries
        case _:
            return ()
