"""What a user asks for."""

from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One package: `[input:]name[@version]`.

    `input` is None for the default one; `version` is a dotted prefix of the
    upstream version, or None for the newest. `written` is the name as the user
    spelt it, for programs (Rscript): packages have no capitals.
    """

    name: str
    written: str = ""
    input: str | None = None
    version: str | None = None

    @property
    def pinned_name(self) -> str:
        """The name, with the version it is pinned to."""
        return f"{self.name}@{self.version}" if self.version else self.name

    @property
    def text(self) -> str:
        """The requirement as it is written."""
        head = f"{self.input}:" if self.input else ""
        tail = f"@{self.version}" if self.version else ""
        return f"{head}{self.written or self.name}{tail}"
