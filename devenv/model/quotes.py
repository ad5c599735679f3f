r"""How shells write a word that they read back byte by byte; imports nothing.

For whoever must start quickly: `devenv.shells` has the shells, which check first.
"""


def posix_quoted(text: str) -> str:
    """Wrap in single quotes, in which a POSIX shell knows no escape at all.

    Also safe in GBK and SJIS, where 0x27 is never the second byte of a
    character; `$'...'` with raw high bytes is not.
    """
    return "'" + text.replace("'", "'\\''") + "'"


def fish_quoted(text: str) -> str:
    r"""Wrap in single quotes, in which fish knows only the escapes \\ and \'."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
