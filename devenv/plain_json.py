"""JSON, by the parts of the standard library's that are written in C.

Its `json` compiles six patterns when it is imported, which the C code needs none of: a
third of what a command imports that only looks at a record. Results and errors are the
same; what is not asked for here is not offered.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Never  # noqa: TID251 - the kind of what is read is not known

    _scan: Any
    encode_basestring_ascii: Any
    make_encoder: Any
else:

    class _Reading:
        """What the scanner asks for: everything as `json.loads` has it."""

        strict = True
        object_hook = object_pairs_hook = array_hook = None
        parse_float = float
        parse_int = int
        parse_constant = {
            "NaN": float("nan"),
            "Infinity": float("inf"),
            "-Infinity": float("-inf"),
        }.__getitem__

    try:
        from _json import encode_basestring_ascii, make_encoder, make_scanner

        _scan = make_scanner(_Reading)
    except (ImportError, AttributeError):
        # A Python that was built without, or one that asks for more.
        _scan = None

_SPACE = " \t\n\r"


def loads(text: str | bytes) -> "Any":  # noqa: ANN401 - as the standard library's
    """Return what `json.loads` does.

    Raises:
        ValueError: it is no JSON.
        RecursionError: it is nested too deeply.
    """
    plain = text if isinstance(text, str) else _ascii(text)
    if _scan and plain:
        begin = len(plain) - len(plain.lstrip(_SPACE))
        try:
            found, end = _scan(plain, begin)
        except StopIteration:
            found, end = None, 0
        if end and not plain[end:].strip(_SPACE):
            return found
    # It knows all encodings, and what to say.
    import json  # noqa: PLC0415

    return json.loads(text)


def dumps(
    value: object,
    *,
    sort_keys: bool = False,
    separators: tuple[str, str] = (", ", ": "),
) -> str:
    """Return what `json.dumps` does; the text is ASCII.

    Raises:
        TypeError: there is no JSON for it.
        ValueError: it holds itself.
    """
    if not _scan:
        import json  # noqa: PLC0415 - as above

        return json.dumps(value, sort_keys=sort_keys, separators=separators)
    between, behind_key = separators
    encode = make_encoder(
        *({}, _refuse, encode_basestring_ascii, None),
        *(behind_key, between, sort_keys, False, True),
    )
    return "".join(encode(value, 0))


def _ascii(text: bytes) -> str:
    """Return the text that bytes are in any encoding of JSON, "" if they differ."""
    # Two or four bytes a letter have zeros among them.
    return text.decode() if text.isascii() and b"\0" not in text else ""


def _refuse(value: object) -> "Never":
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
