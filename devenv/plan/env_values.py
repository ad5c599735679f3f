"""The values of a spec's `[env]`, each found when it is first asked for."""

from collections.abc import Mapping, Sequence

from devenv.errors import Complaint
from devenv.model.spec import (
    EnvSetting,
    FileValue,
    ListValue,
    Place,
    TextValue,
    UnsetValue,
    WholeListValue,
)
from devenv.model.template import Reference, Template
from devenv.plan.dotenv_variables import MAX_VALUE_BYTES, DotenvVariables
from devenv.typed import NoReturn
from devenv.values import dataclass, field

PROJECT = "PROJECT"
"""What stands for the project's folder in a template, whatever variables are set."""

MAX_CHAIN = 50

TOO_LONG = "this is longer than Linux allows (128 KiB)"
READ_BY_PROGRAM = "let the program read it from a file"


def size_in_bytes(text: str) -> int:
    """Return how long a value is for Linux."""
    return len(text.encode("utf-8", "surrogateescape"))


class NoValueError(Exception):
    """There is no value, which was complained of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """What stands in front of and behind what a list variable has."""

    front: tuple[str, ...]
    back: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class EnvValues:
    """What is known, and what was found so far.

    `below` is what `[env]` lies over; its `outer_used` grows with every outer
    variable that is looked at.
    """

    settings: Mapping[str, EnvSetting]
    project: str
    below: DotenvVariables
    files: Mapping[str, bytes]
    outer: Mapping[str, str]
    complaints: list[Complaint] = field(default_factory=list)
    _found: dict[str, str | None] = field(default_factory=dict)
    _failed: set[str] = field(default_factory=set)
    _sought: list[str] = field(default_factory=list)

    def complain(self, what: str, place: Place, hint: str) -> None:
        """Note that something is wrong."""
        complaint = Complaint(what=what, where=str(place), hint=hint)
        if complaint not in self.complaints:
            self.complaints.append(complaint)

    def place(self, name: str) -> Place:
        """Return where a variable is set."""
        setting = self.settings.get(name)
        return setting.place if setting else self.below.places[name]

    def of(self, name: str) -> str | None:
        """Return the value of an entry of `[env]`; None where it is taken away.

        A list that is added to has what it is added to in the middle.

        Raises:
            NoValueError: it has none, which was complained of.
        """
        if name in self._failed:
            raise NoValueError
        if name not in self._found:
            self._sought.append(name)
            try:
                self._found[name] = self._fitting(self.settings[name])
            except NoValueError:
                self._failed.add(name)
                raise
            finally:
                self._sought.pop()
        return self._found[name]

    def ends(self, setting: EnvSetting) -> Ends:
        """Return the entries of a list that is added to.

        Raises:
            NoValueError: one of them has none, which was complained of.
        """
        if not isinstance(setting.value, ListValue):
            raise TypeError(setting.name)
        value = setting.value
        self._sought.append(setting.name)
        try:
            return Ends(
                front=self._entries(value.prepend, setting),
                back=self._entries(value.append, setting),
            )
        finally:
            self._sought.pop()

    def _fitting(self, setting: EnvSetting) -> str | None:
        value = self._value(setting)
        if value is not None and "\0" in value:
            self._refuse("this has a NUL", setting, "take it out of the file")
        if value is not None and size_in_bytes(value) >= MAX_VALUE_BYTES:
            self._refuse(TOO_LONG, setting, READ_BY_PROGRAM)
        return value

    def _value(self, setting: EnvSetting) -> str | None:
        match setting.value:
            case TextValue(template=template):
                return self._expanded(template, setting)
            case UnsetValue():
                return None
            case FileValue(path=path):
                return self._content(path, setting)
            case WholeListValue(entries=entries):
                return ":".join(self._entries(entries, setting))
            case ListValue():
                ends = self.ends(setting)
                middle = self._value_below(setting.name)
                return ":".join((*ends.front, *filter(None, [middle]), *ends.back))

    def _content(self, path: str, setting: EnvSetting) -> str:
        content = self.files.get(path)
        if content is None:
            hint = f"write the file, or take {setting.name} away"
            self._refuse(f"{path} is not there", setting, hint)
        try:
            text = content.decode()
        except UnicodeDecodeError:
            self._refuse(f"{path} is not UTF-8", setting, "save it as UTF-8")
        return text.removesuffix("\n").removesuffix("\r")

    def _entries(
        self, entries: Sequence[Template], setting: EnvSetting
    ) -> tuple[str, ...]:
        """Return the entries of a list, each once; what is empty is left out."""
        found = dict.fromkeys(self._expanded(entry, setting) for entry in entries)
        found.pop("", None)
        for entry in found:
            self._check_entry(entry, setting)
        return tuple(found)

    def _check_entry(self, entry: str, setting: EnvSetting) -> None:
        value = setting.value
        if ":" in entry or "\n" in entry:
            what = f"{entry[:200]!r} cannot be in a list: it has a colon or a line end"
            hint = "write each entry by itself; a folder needs another name"
            self._refuse(what, setting, hint)
        is_path = isinstance(value, ListValue) and value.is_search_path
        if is_path and not entry.startswith("/"):
            what = f"{setting.name} holds absolute paths, not {entry[:200]!r}"
            self._refuse(what, setting, "begin the entry with / or ./")

    def _expanded(self, template: Template, setting: EnvSetting) -> str:
        texts: list[str] = []
        length = 0
        for part in template.parts:
            text = part if isinstance(part, str) else self._referred(part, setting)
            texts.append(text)
            length += len(text)
            if length >= MAX_VALUE_BYTES:
                self._refuse(TOO_LONG, setting, READ_BY_PROGRAM)
        return "".join(texts)

    def _referred(self, reference: Reference, setting: EnvSetting) -> str:
        value = self._looked_up(reference.name, setting)
        if value is not None and (value or not reference.is_for_empty):
            return value
        if reference.default is None:
            name = reference.name
            hint = f"set {name}, or write ${{{name}:-}} if it may be missing"
            self._refuse(f"{name} has no value", setting, hint)
        return self._expanded(reference.default, setting)

    def _looked_up(self, name: str, setting: EnvSetting) -> str | None:
        if name == PROJECT:
            return self.project
        if name not in self.settings or name == self._sought[-1]:
            return self._value_below(name)
        if name in self._sought:
            circle = [*self._sought[self._sought.index(name) :], name]
            what = f"these need each other: {' -> '.join(circle)}"
            self._refuse(what, setting, "write out one of the values")
        if len(self._sought) >= MAX_CHAIN:
            what = f"this needs more than {MAX_CHAIN} others"
            self._refuse(what, setting, "write out one of the values")
        return self.of(name)

    def _value_below(self, name: str) -> str | None:
        if name in self.below.values:
            return self.below.values[name]
        value = self.outer.get(name)
        self.below.outer_used[name] = value
        return value

    def _refuse(self, what: str, setting: EnvSetting, hint: str) -> NoReturn:
        self.complain(what, setting.place, hint)
        raise NoValueError
