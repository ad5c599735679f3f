"""What a project's `devenv.toml` says, with where each thing was written."""

from collections.abc import Mapping

from devenv.model.requirement import Requirement
from devenv.model.template import Template
from devenv.values import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something stands: a file's absolute path, a line from 1, a dotted key.

    Line 0 stands for a file as a whole, or for what is no file.
    """

    file: str
    line: int
    key: str

    def __str__(self) -> str:
        line = f":{self.line}" if self.line else ""
        return f"{self.file}{line}" + (f", {self.key}" if self.key else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecRequirement:
    """One entry of `packages` or `libraries`, as it was written."""

    requirement: Requirement
    text: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class TextValue:
    """A whole value, in which `${NAME}` stands for another."""

    template: Template


@dataclass(frozen=True, slots=True, kw_only=True)
class ListValue:
    """Entries put in front of and behind what a list variable has.

    Relative paths are already joined to the folder of the file that wrote them.
    Every entry of a search path (PATH, MANPATH ...) is an absolute path.
    """

    prepend: tuple[Template, ...] = ()
    append: tuple[Template, ...] = ()
    is_search_path: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeListValue:
    """A whole value: entries like those of `ListValue`, joined with `:`."""

    entries: tuple[Template, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileValue:
    """The content of a file, without its last newline; an absolute path."""

    path: str


@dataclass(frozen=True, slots=True)
class UnsetValue:
    """The variable is taken away."""


EnvValue = TextValue | ListValue | WholeListValue | FileValue | UnsetValue


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvSetting:
    """One entry of `[env]`. `folder` is the absolute one of the file it is from."""

    name: str
    value: EnvValue
    folder: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class DotenvFile:
    """A dotenv file that may be missing; an absolute path."""

    path: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecInput:
    """One table of `[inputs]`, unparsed; its key file is relative to `folder`."""

    name: str
    table: Mapping[str, object]
    folder: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellText:
    """Text for the user's shell, after entering and before leaving."""

    enter: str = ""
    leave: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecImport:
    """A spec that another one imports; an absolute path."""

    path: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellSetting:
    """One text of `[shell]`. `shell` is "" for every shell, `moment` enter or leave."""

    shell: str
    moment: str
    text: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasSetting:
    """One entry of `[alias]`: a name, and the text that stands for it."""

    name: str
    text: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class NameSetting:
    """A name (or a version) that a key chooses, such as that of `default_input`."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecPart:
    """What one file says for every system, or for one; None is not said."""

    requirements: tuple[SpecRequirement, ...] = ()
    libraries: tuple[SpecRequirement, ...] = ()
    dotenv: tuple[DotenvFile, ...] = ()
    inputs: tuple[SpecInput, ...] = ()
    env: tuple[EnvSetting, ...] = ()
    shell: tuple[ShellSetting, ...] = ()
    alias: tuple[AliasSetting, ...] = ()
    default_input: NameSetting | None = None
    oldest_c_library: NameSetting | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecFile:
    """One file, as it is: nothing is merged. `path` is absolute.

    `systems` is None where the file does not say which ones it is for.
    """

    path: str
    common: SpecPart
    by_system: Mapping[str, SpecPart] = field(default_factory=dict)
    imports: tuple[SpecImport, ...] = ()
    systems: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """Everything a project asks for on one system: all files merged.

    What one file says is a `SpecFile`. `shell` maps a shell's name to its text,
    "" to that of every shell; `aliases` maps a name to its text, sorted.
    `default_input_place` is None where none is said.
    `systems` are the names that a lock is made for. `oldest_c_library` is the
    version of the C library that `libraries` must still work with.
    """

    system: str
    requirements: tuple[SpecRequirement, ...] = ()
    libraries: tuple[SpecRequirement, ...] = ()
    dotenv: tuple[DotenvFile, ...] = ()
    inputs: Mapping[str, SpecInput] = field(default_factory=dict)
    env: tuple[EnvSetting, ...] = ()
    shell: Mapping[str, ShellText] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    default_input: str = "debian"
    default_input_place: Place | None = None
    systems: tuple[str, ...] = ()
    oldest_c_library: str = "2.31"
