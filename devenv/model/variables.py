"""What a project's spec makes of the variables of a process."""

from collections.abc import Mapping

from devenv.errors import Complaint
from devenv.model.template import Template
from devenv.values import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class DotenvEntry:
    """One variable of a dotenv file, and the line (from 1) it begins in.

    `refusal` is why a project may not set it, None if it may; it continues a
    sentence that begins with the name.
    """

    name: str
    template: Template
    line: int
    refusal: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectVariables:
    """Variables to set whole, lists to extend, and variables to take away.

    `prepend` and `append` map a list variable to entries, the first of which is
    in front. `outer_used` has every variable of the outer environment that any
    of it depends on, with the value it had, None for none: what was made with
    another value is stale. `sources` has the file that each variable is set in.
    `warnings` tell what was left out.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    prepend: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    append: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unset: tuple[str, ...] = ()
    outer_used: Mapping[str, str | None] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[Complaint, ...] = ()
