"""The layout of one list in TOML."""

from devenv.formats.toml_scanner import Span, TomlPath, TomlScanner

MAX_COLUMNS = 88
INDENTATION = "  "


def formatted_list(
    text: str, scanner: TomlScanner, path: TomlPath, *, beside: str
) -> str:
    """Return the list at a path: on one line, or with a line for each item.

    Comments and single blank lines stay; items that are themselves lists or
    tables are left as they are.

    Args:
        text: the document, without carriage returns.
        scanner: what knows where all of it stands.
        path: that of the list.
        beside: what stands before it on its line.
    """
    whole = scanner.spans[path]
    spans: list[Span] = []
    while span := scanner.spans.get((*path, len(spans))):
        spans.append(span)
    items = [span.of(text) for span in spans]
    if "\n" not in whole.of(text):
        line = f"[{', '.join(items)}]"
        if not items or len(beside) + len(line) <= MAX_COLUMNS:
            return line
    starts = [whole.start + 1, *(span.end for span in spans)]
    ends = [*(span.start for span in spans), whole.end - 1]
    gaps = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    rows = _rows(items, gaps)
    return "\n".join(["[", *rows, "]"]) if rows else "[]"


def _rows(items: list[str], gaps: list[str]) -> list[str]:
    """Return a row for each item, and for each comment on its own.

    The first gap is before the first item, the others each behind one.
    """
    first, *others = gaps
    beside, *above = _comments(first)
    rows = [beside, *above] if beside else above
    for item, gap in zip(items, others, strict=True):
        beside, *below = _comments(gap)
        rows.append(f"{item},  {beside}" if beside else f"{item},")
        rows += below
    found: list[str] = []
    for row in rows:
        if row or (found and found[-1]):
            found.append(row)
    while found and not found[-1]:
        found.pop()
    return [INDENTATION + row if row else "" for row in found]


def _comments(gap: str) -> list[str]:
    """Return the comment beside an item ("" for none), then the lines below it.

    A gap holds nothing but blanks, a comma and comments. Its last line is where
    the next item begins.
    """
    beside, *below = gap.split("\n")
    lines = [_comment(line) for line in below[:-1] if line.strip() != ","]
    return [_comment(beside), *lines]


def _comment(line: str) -> str:
    mark = line.find("#")
    return line[mark:].rstrip() if mark >= 0 else ""
