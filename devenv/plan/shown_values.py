"""Values of variables as they are shown: one line, and no secret."""

import re

SHOWN_CHARACTERS = 200
_SECRET = re.compile(r"TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|PRIVATE|_KEY$|APIKEY")


def shown_variable(name: str, value: str) -> str:
    """Return `NAME=value`; the value of what is called like a secret is not shown."""
    if value and _SECRET.search(name.upper()):
        return f"{name}=({len(value)} characters, not shown)"
    return f"{name}={shown_text(value)}"


def shown_text(text: str) -> str:
    """Return the first line of a text, cut where it is too long."""
    first, newline, _ = text.partition("\n")
    if newline or len(first) > SHOWN_CHARACTERS:
        return f"{first[:SHOWN_CHARACTERS]} ..."
    return first
