"""Text of foreign origin, made safe to show on a terminal.

Package descriptions, file names, server messages and program output may hold
escape sequences that move the cursor, set the title or reorder what is read.
All of it goes through `printable` once, at the one place that prints. Quick ways
into devenv use it, so it imports `re` for unusual texts only.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

MAX_LINE_CHARACTERS = 4096

# Control characters but newline and tab; the C1 block; bidirectional controls
# and marks; zero-width and invisible characters; line and paragraph separators;
# the tags block; lone surrogates (bytes that are not UTF-8).
_UNSAFE = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069"
    "\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
_FIRST_BEYOND_LATIN_1 = 0x100
_FIRST_BEYOND_BMP = 0x10000
_SURROGATE_ESCAPES = range(0xDC80, 0xDD00)


def printable(text: str) -> str:
    r"""Return `text` with everything a terminal would act on spelt out.

    Newline and tab stay; an escape becomes the four characters `\x1b`, and a
    byte that was not UTF-8 its value in the same form. Overlong lines are cut.
    """
    if text.isprintable() and len(text) <= MAX_LINE_CHARACTERS:
        return text
    import re  # noqa: PLC0415 - 5 ms

    safe = re.sub(_UNSAFE, _spelt_out, text.replace("\r\n", "\n"))
    return "\n".join(_cut(line) for line in safe.split("\n"))


def fields(values: "Mapping[str, object]") -> str:
    """Return `name: value` lines, aligned, each value made printable."""
    width = max((len(name) for name in values), default=0) + 1
    return "\n".join(
        f"{name + ':':<{width}} {printable(str(value))}"
        for name, value in values.items()
    )


def _spelt_out(match: "re.Match[str]") -> str:
    code = ord(match.group())
    if code in _SURROGATE_ESCAPES:
        return f"\\x{code - 0xDC00:02x}"
    if code < _FIRST_BEYOND_LATIN_1:
        return f"\\x{code:02x}"
    if code < _FIRST_BEYOND_BMP:
        return f"\\u{code:04x}"
    return f"\\U{code:08x}"


def _cut(line: str) -> str:
    if len(line) <= MAX_LINE_CHARACTERS:
        return line
    return line[: MAX_LINE_CHARACTERS - 1] + "…"
