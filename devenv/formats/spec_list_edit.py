"""One more, or one less, in a list of texts in TOML: the rest stays to the byte."""

import re

from devenv.formats.toml_scanner import Span, TomlPath, TomlScanner
from devenv.patterns import late_pattern

MAX_COLUMNS = 88
INDENTATION = "  "

_GAP = late_pattern(r"(?:[ \t\r\n]|#[^\n]*)*")
_REST_OF_LINE = late_pattern(r"[ \t]*(?:#[^\r\n]*)?(?=\r?\n)")
_BLANK = late_pattern(r"[ \t]*")
_BLANK_LINE = late_pattern(r"^[ \t]*\r?\n", re.MULTILINE)


def line_end(text: str) -> str:
    """Return how a text ends its lines."""
    return "\r\n" if "\r\n" in text else "\n"


def with_new_list(text: str, key: str, item: str) -> str:
    """Return a document with a new key at its top, a list of one item.

    It comes behind the comments that the file begins with.
    """
    ending = line_end(text)
    line = f"{key} = [{item}]{ending}"
    statements = TomlScanner(text).statements
    if not statements:
        head = text if not text or text.endswith("\n") else text + ending
        return head + line
    first = statements[0]
    blank_lines = list(_BLANK_LINE.finditer(text, 0, first.whole.start))
    at = blank_lines[-1].end() if blank_lines else 0
    gap = "" if first.value else ending
    return text[:at] + line + gap + text[at:]


def with_item(text: str, path: TomlPath, item: str) -> str:
    """Return a document with one more item at the end of the list at `path`."""
    scanner = TomlScanner(text)
    whole, items = _extents(scanner, path)
    if "\n" in whole.of(text):
        return _with_line(text, whole, items, item)
    written = [span.of(text) for span in items]
    at = items[-1].end if items else whole.start + 1
    found = text[:at] + (", " if items else "") + item + text[at:]
    begin = text.rfind("\n", 0, whole.start) + 1
    if len(found[begin:].partition("\n")[0].rstrip()) <= MAX_COLUMNS or not items:
        return found
    ending = line_end(text)
    lines = "".join(f"{INDENTATION}{each},{ending}" for each in (*written, item))
    return text[: whole.start] + f"[{ending}{lines}]" + text[whole.end :]


def without_item(text: str, path: TomlPath, index: int) -> str:
    """Return a document without one item of the list at `path`.

    An item that has its lines for itself goes with them, and with the comment
    behind it.
    """
    whole, items = _extents(TomlScanner(text), path)
    item = items[index]
    if "\n" in whole.of(text):
        return _without_line(text, whole, item)
    if len(items) == 1:
        cut = Span(start=whole.start + 1, end=whole.end - 1)
    elif index == len(items) - 1:
        cut = Span(start=items[-2].end, end=item.end)
    else:
        cut = Span(start=item.start, end=items[index + 1].start)
    return text[: cut.start] + text[cut.end :]


def _extents(scanner: TomlScanner, path: TomlPath) -> tuple[Span, list[Span]]:
    items: list[Span] = []
    while (span := scanner.spans.get((*path, len(items)))) is not None:
        items.append(span)
    return scanner.spans[path], items


def _with_line(text: str, whole: Span, items: list[Span], item: str) -> str:
    """Put an item on a line of its own, indented as the last one is."""
    ending = line_end(text)
    if not items:
        at = text.rfind("\n", 0, whole.end) + 1
        return text[:at] + f"{INDENTATION}{item},{ending}" + text[at:]
    last = items[-1]
    gap = _GAP.match(text, last.end)
    comma = gap.end() if gap else last.end
    has_comma = text.startswith(",", comma)
    if not has_comma:
        text = text[: last.end] + "," + text[last.end :]
        comma = last.end
    at = comma + 1
    if rest := _REST_OF_LINE.match(text, at):
        at = rest.end()
    line = f"{ending}{_indentation(text, whole, last)}{item}{',' if has_comma else ''}"
    return text[:at] + line + text[at:]


def _indentation(text: str, whole: Span, last: Span) -> str:
    begin = text.rfind("\n", 0, last.start) + 1
    if begin <= whole.start:
        return INDENTATION
    line = text[begin : last.start]
    return line[: len(line) - len(line.lstrip())]


def _without_line(text: str, whole: Span, item: Span) -> str:
    gap = _GAP.match(text, item.end)
    comma = gap.end() if gap else item.end
    has_comma = text.startswith(",", comma)
    after = comma + 1 if has_comma else comma
    is_beside = not has_comma or "\n" not in text[item.end : comma]
    begin = text.rfind("\n", 0, item.start) + 1
    rest = _REST_OF_LINE.match(text, after if has_comma else item.end)
    is_alone = begin > whole.start and not text[begin : item.start].strip()
    if is_alone and is_beside and rest:
        return text[:begin] + text[text.index("\n", rest.end()) + 1 :]
    # The comma may be lines below, behind comments, which stay.
    after = after if has_comma else item.end
    left = text[item.end : comma].lstrip(" \t") if has_comma else ""
    blank = _BLANK.match(text, after)
    return text[: item.start] + left + text[blank.end() if blank else after :]
