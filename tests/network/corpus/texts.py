"""What a rewritten text may differ in, and whether it is still what it was."""

import ast
import json
import re
import subprocess
import warnings
from collections.abc import Callable, Iterator

LOOK_UP = Callable[[str], str | None]
"""A tree's own answer to where an absolute path lies in it, or None."""

MAX_INTERPRETER_LINE_BYTES = 255
"""What Linux reads of a script before it knows what runs it, less the NUL."""

_RUN = re.compile(rb"[A-Za-z0-9_+@~./-]*")
_PART_OF_MORE = re.compile(rb"[A-Za-z0-9_.)}\]$-]")
_SHELLS = re.compile(r"/(?:sh|dash|bash)\b")
_PYTHON = re.compile(r"/(?:env +)?python3[0-9.]*\b")


def text_complaints(
    before: bytes, after: bytes, *, tree: str, find: LOOK_UP, find_prefix: LOOK_UP
) -> Iterator[str]:
    """Yield where anything but whole paths was replaced by those of `tree`."""
    if b"\0" in before and before.partition(b"\n")[2] != after.partition(b"\n")[2]:
        yield "a file with a NUL was changed behind its first line"
        return
    place = 0
    first, *others = after.split(tree.encode())
    if not before.startswith(first):
        yield "it differs before the first path of the tree"
        return
    place = len(first)
    for number, part in enumerate(others):
        was = _run_at(before, place)
        now = _run_at(part, 0)
        ending = _same_path(was, now, find, find_prefix)
        preceding = before[place - 1 : place]
        if ending is None:
            yield f"{was!r} became the tree's {now!r}"
            return
        is_address = before[:place].endswith(b"file://")
        if preceding and _PART_OF_MORE.match(preceding) and not is_address:
            yield f"{was!r} is the tail of something longer"
        rest = part[len(now) :]
        place += len(was)
        if before[place : place + len(rest)] != rest:
            yield f"it differs behind path {number}, {was!r}"
            return
        place += len(rest)
    if place != len(before):
        yield "something was cut off its end"


def _run_at(text: bytes, place: int) -> bytes:
    found = _RUN.match(text, place)
    return found[0] if found else b""


def _same_path(
    was: bytes, now: bytes, find: LOOK_UP, find_prefix: LOOK_UP
) -> str | None:
    """Return what followed the path in both, or None if they are not one."""
    for length in range(len(was), 0, -1):
        head, tail = was[:length].decode("ascii"), was[length:]
        if tail and (tail[:1].isalnum() or tail[:1] in b"_+@~-"):
            continue
        for look_up in (find, find_prefix):
            place = look_up(head)
            if place is not None and f"/{place}".encode() + tail == now:
                return tail.decode("ascii")
    return None


def line_complaint(after: bytes, *, tree: str, find: LOOK_UP) -> str | None:
    """Return what is wrong with a script's interpreter line, or None."""
    if not after.startswith(b"#!"):
        return None
    line = after.partition(b"\n")[0]
    words = line[2:].split()
    if len(line) > MAX_INTERPRETER_LINE_BYTES:
        return f"its interpreter line has {len(line)} bytes"
    program = words[0].decode("utf-8", "surrogateescape") if words else ""
    if not program.startswith(tree):
        return None
    found = find(program.removeprefix(tree))
    return None if found is not None else f"its interpreter {program} is not there"


def parses(path: str, content: bytes) -> bool | None:
    """Tell whether a shell or Python script or JSON parses; None if it is neither.

    Nothing of it is run: perl -c would run BEGIN blocks, so Perl is left out.
    """
    line = content.partition(b"\n")[0].decode("utf-8", "replace")
    if line.startswith("#!") and _SHELLS.search(line):
        shell = "bash" if "bash" in line else "sh"
        done = subprocess.run(
            [shell, "-n"], input=content, check=False, capture_output=True, timeout=60
        )
        return done.returncode == 0
    if path.endswith(".py") or (line.startswith("#!") and _PYTHON.search(line)):
        return _is_accepted(ast.parse, content)
    if path.endswith(".json"):
        return _is_accepted(json.loads, content)
    return None


def _is_accepted(read: Callable[[bytes], object], content: bytes) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read(content)
    except (ValueError, SyntaxError, RecursionError):
        return False
    return True
