"""Templates as text: `${NAME}`, `${NAME:-default}`, `${NAME-default}`."""

from devenv.errors import FormatError
from devenv.model.template import Reference, Template
from devenv.patterns import late_pattern

_NAME = late_pattern(r"[A-Za-z_][A-Za-z0-9_]*")
_LITERAL = late_pattern(r"[^$}\\]+")
_MAX_DEPTH = 20


def parse_template(text: str) -> Template:
    """Return the template that a text of a spec means.

    `$$` writes a `$`. A `$` that is followed by neither a name nor `{` is
    itself.

    Raises:
        FormatError: a `${` without its end, without a name, or a `$NAME`, which
            people who mean `${NAME}` write.
    """
    return Template(text=text, parts=_SpecScanner(text).parts())


class TemplateScanner:
    """Reads parts from a position on; the dialects differ in `dollar`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._depth = 0

    def parts(self, end: str = "") -> tuple[str | Reference, ...]:
        """Return all parts up to `end` (one character), or to the text's end."""
        found: list[str | Reference] = []
        literal: list[str] = []
        while self.at < len(self.text) and self.text[self.at] != end:
            part = self.part()
            if isinstance(part, str):
                literal.append(part)
                continue
            found += ["".join(literal)] if literal else []
            found.append(part)
            literal = []
        return (*found, *(["".join(literal)] if literal else []))

    def part(self) -> str | Reference:
        """Read one part."""
        if self.text[self.at] == "$":
            return self.dollar()
        match = _LITERAL.match(self.text, self.at)
        start, self.at = self.at, match.end() if match else self.at + 1
        return self.text[start : self.at]

    def dollar(self) -> str | Reference:
        """Read what a `$` begins."""
        raise NotImplementedError

    def name(self) -> str:
        """Read a name, which may be empty."""
        match = _NAME.match(self.text, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match.group()

    def braced(self, *, may_be_nameless: bool = False) -> Reference:
        """Read what stands behind `${`, up to and with its `}`."""
        start = self.at
        self.at += 2
        self._depth += 1
        name = self.name()
        is_for_empty = self.text.startswith(":-", self.at)
        default = None
        if is_for_empty or self.text.startswith("-", self.at):
            self.at += 2 if is_for_empty else 1
            begin = self.at
            parts = self.parts("}") if self._depth < _MAX_DEPTH else ()
            default = Template(text=self.text[begin : self.at], parts=parts)
        self._depth -= 1
        if not self.text.startswith("}", self.at):
            raise FormatError(
                f"{self.text[start : start + 80]!r} is not ${{NAME}} or"
                " ${NAME:-default}",
                hint="close it with }, or write $$ for a $",
            )
        self.at += 1
        if not name and not may_be_nameless:
            raise FormatError("there is no name in ${}", hint="write $$ for a $")
        return Reference(name=name, default=default, is_for_empty=is_for_empty)


class _SpecScanner(TemplateScanner):
    def dollar(self) -> str | Reference:
        if self.text.startswith("$$", self.at):
            self.at += 2
            return "$"
        if self.text.startswith("${", self.at):
            return self.braced()
        self.at += 1
        name = self.name()
        if name:
            raise FormatError(
                f"${name} is not the value of {name}",
                hint=f"write ${{{name}}} for its value, or $${name} for the text",
            )
        return "$"
