"""One spec file while it is read: where things stand, and what is wrong so far."""

import posixpath
from collections.abc import Iterator, Mapping, Sequence

from devenv.errors import Complaint
from devenv.formats.spec_keys import MEANT, OF_THE_USER
from devenv.formats.toml_places import TomlPath, TomlPlaces, dotted
from devenv.model.spec import Place
from devenv.typed import Any
from devenv.values import dataclass, field

_KINDS = (
    (bool, "true or false"),
    (int | float, "a number"),
    (str, "text"),
    (list, "a list"),
    (dict, "a table"),
)


@dataclass(slots=True, kw_only=True)
class SpecReading:
    """A file being read; `file` and `home` are absolute, or `home` is ""."""

    file: str
    home: str
    places: TomlPlaces
    _complaints: list[tuple[int, Complaint]] = field(default_factory=list)

    @property
    def folder(self) -> str:
        """The folder that relative paths start from."""
        return posixpath.dirname(self.file)

    def place(self, path: TomlPath) -> Place:
        """Return where something of this file stands."""
        return Place(file=self.file, line=self.places.line(path), key=dotted(path))

    def complain(self, path: TomlPath, what: str, hint: str) -> None:
        """Note that something is wrong at `path`, and what to do about it."""
        place = self.place(path)
        complaint = Complaint(what=what, where=str(place), hint=hint)
        self._complaints.append((place.line, complaint))

    @property
    def complaints(self) -> tuple[Complaint, ...]:
        """All complaints so far, in the order of their lines."""
        ordered = sorted(self._complaints, key=lambda found: found[0])
        return tuple(complaint for _, complaint in ordered)

    def expected(self, path: TomlPath, what: str, value: object, hint: str) -> None:
        """Note that a value is of the wrong kind."""
        self.complain(path, f"expected {what}, found {kind_of(value)}", hint)

    def known_keys(
        self, table: Mapping[str, Any], known: Sequence[str], at: TomlPath
    ) -> None:
        """Complain of every key that is not a known one."""
        for key in table:
            if key not in known:
                where = f"in {dotted(at)}" if at else "here"
                hint = nearest(key, known)
                self.complain((*at, key), f"there is no key {key!r} {where}", hint)

    def table(self, table: Mapping[str, Any], path: TomlPath) -> Mapping[str, Any]:
        """Return the table at the end of `path`; an empty one if it is something else.

        `table` is the one that its last key is in.
        """
        value = table.get(str(path[-1]), {})
        if isinstance(value, dict):
            return value
        self.expected(path, "a table", value, f"write [{dotted(path)}] above its keys")
        return {}

    def texts(
        self, value: object, path: TomlPath, example: str
    ) -> Iterator[tuple[str, TomlPath]]:
        """Yield the texts of a list, with their paths; complain of everything else."""
        if not isinstance(value, list):
            meant = ", ".join(_as_texts(value)) or example
            hint = f"write {path[-1]} = [{meant}]"
            self.expected(path, "a list of texts", value, hint)
            return
        for index, item in enumerate(value):
            if not isinstance(item, str):
                at = (*path, index)
                meant = ", ".join(_as_texts(item)) or example
                self.expected(at, "text", item, f"write it in quotes: {meant}")
            elif self.is_plain(item, (*path, index)):
                yield item, (*path, index)

    def is_plain(self, text: str, path: TomlPath) -> bool:
        """Tell whether a text can be a name or a path; complain if not."""
        if text and not any(ord(letter) < ord(" ") for letter in text):
            return True
        self.complain(
            path,
            "this is empty" if not text else "this has a line end or a control code",
            "write a name on one line, or take the entry away",
        )
        return False

    def path_of(self, text: str, path: TomlPath) -> str | None:
        """Return the absolute path that a file's text means; complain if none."""
        if text == "~" or text.startswith("~/"):
            if not self.home:
                self.complain(
                    path, "there is no home folder for ~", "set HOME, or write a path"
                )
                return None
            text = self.home + text[1:]
        return posixpath.normpath(posixpath.join(self.folder, text))


def _as_texts(value: object) -> list[str]:
    """Return what a value of the wrong kind may mean, as items of a list."""
    match value:
        case bool():
            return []
        case str():
            words = value.replace(",", " ").split()
        case int() | float():
            words = [str(value)]
        case dict():
            words = [
                key if version == "*" else f"{key}@{version}"
                for key, version in value.items()
                if isinstance(version, str)
            ]
        case _:
            return []
    return [f'"{word}"' for word in words if word.isprintable() and '"' not in word]


def kind_of(value: object) -> str:
    """Return what a person calls the kind of a TOML value."""
    for kind, name in _KINDS:
        if isinstance(value, kind):
            return name
    return "a date or time"


def nearest(name: str, known: Sequence[str]) -> str:
    """Return a hint: the known name that was meant, or else all of them."""
    if MEANT.get(name) in known:
        return f"write {MEANT[name]}, which is what it is called here"
    if name in OF_THE_USER:
        return OF_THE_USER[name]
    from difflib import get_close_matches  # noqa: PLC0415 - only to fail

    found = get_close_matches(name, known, n=1)
    return f"did you mean {found[0]}?" if found else f"known are {', '.join(known)}"
