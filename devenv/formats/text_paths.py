"""Absolute paths that a text names: finding them, and replacing whole ones.

A text is rewritten only where it names a path as a path. What precedes it
decides: after a letter, a dot, a slash, a closing bracket or a `}` it is the tail
of something longer (`$prefix/usr/lib`, `../lib`, `https://example.org/lib`).
`file:` addresses are the one kind of address that names a path of this machine.
"""

from collections.abc import Mapping

from devenv.patterns import late_pattern

_ROOTS = rb"usr|etc|bin|sbin|lib64|lib|opt|var/lib|var/cache"
"""Where packages put files. /dev, /proc, /run, /tmp, /home and the rest of /var
belong to the machine or its users."""

_TAIL_OF_SOMETHING = rb"A-Za-z0-9_.\-/$})\]@%~+*?\\"
_NAME = rb"A-Za-z0-9_+@~\-"

# The slash comes first and is then looked back over: a pattern that begins with
# a literal is found by memchr, one that begins with a look-behind is tried at
# every byte (measured: 9 times slower).
_CANDIDATE = late_pattern(
    rb"/(?:(?<![" + _TAIL_OF_SOMETHING + rb"]/)|(?<=file:///))"
    rb"(?:" + _ROOTS + rb")(?![" + _NAME + rb"])"
    rb"(?:/(?:[" + _NAME + rb"][" + _NAME + rb".]*|\.[" + _NAME + rb"]+))*"
)

_SHELL = b"/bin/sh"
_ENCODING = ("utf-8", "surrogateescape")


def find_candidates(content: bytes) -> tuple[str, ...]:
    """Return the absolute paths that a text names, each once, sorted.

    They are ASCII. A path at the end of a sentence keeps its full stop, and one
    that a program completes (`/usr/share/aclocal-`) its dash: what they mean is
    for the caller to find out.
    """
    found = set(_CANDIDATE.findall(content))
    return tuple(sorted(path.decode("ascii") for path in found))


def rewrite(
    content: bytes, substitutions: Mapping[str, str], *, only_first_line: bool
) -> bytes:
    """Return a text with whole paths replaced, everything else byte for byte.

    Args:
        content: the text.
        substitutions: what stands in for a path that `find_candidates` returned.
            `/bin/sh` is replaced in a `#!` line alone: elsewhere it is data that
            a program passes on, to run with libraries that are not ours.
        only_first_line: leave all but the first line alone.
    """
    if not substitutions:
        return content
    table = {
        old.encode(*_ENCODING): new.encode(*_ENCODING)
        for old, new in substitutions.items()
    }
    head, line_end, rest = content.partition(b"\n")
    in_body = {old: new for old, new in table.items() if old != _SHELL}
    in_head = table if head.startswith(b"#!") else in_body
    first_line = _replaced(head, in_head) + line_end
    return first_line + (rest if only_first_line else _replaced(rest, in_body))


def _replaced(text: bytes, table: Mapping[bytes, bytes]) -> bytes:
    return _CANDIDATE.sub(lambda found: table.get(found[0], found[0]), text)
