"""Which variables of a project go into an image, and which stay out, and why.

An image goes to others. What it must not take along unasked is a secret (the content
of a file, a line of a dotenv file), and what only means something here: another
variable of this machine, the folder that the project lies in.
"""

from collections.abc import Iterable, Mapping, Sequence

from devenv.model.spec import (
    EnvSetting,
    FileValue,
    ListValue,
    Spec,
    TextValue,
    UnsetValue,
    WholeListValue,
)
from devenv.model.template import Reference, Template
from devenv.model.variables import DotenvEntry
from devenv.plan.env_values import PROJECT
from devenv.values import dataclass, field, replace

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""What PATH is in a container that nobody says anything else of."""

OUTER = {"HOME": "/root", "LOGNAME": "root", "PATH": SYSTEM_PATH, "USER": "root"}
"""The variables that stand for the outer ones of a shell in an image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A variable, or an entry of it, that stays out of an image.

    `reason` continues a sentence that begins with the name. `is_secret` tells that it
    can be asked for.
    """

    name: str
    reason: str
    is_secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSpec:
    """What of a spec its variables in an image are made from."""

    spec: Spec
    withheld: tuple[Withheld, ...]


def image_spec(
    spec: Spec,
    dotenv: Mapping[str, Sequence[DotenvEntry]],
    *,
    has_project: bool,
    with_secrets: bool,
) -> ImageSpec:
    """Return a spec without the variables that an image must not have.

    Args:
        spec: the project's, for one system.
        dotenv: the entries of each dotenv file that is there, by its path.
        has_project: whether the project's folder is in the image.
        with_secrets: whether values of files and dotenv files may go along.
    """
    files = {entry.name: path for path, found in dotenv.items() for entry in found}
    reasons = _Reasons(
        settings={setting.name: setting for setting in spec.env},
        dotenv={} if with_secrets else files,
        known=frozenset({*OUTER, *(files if with_secrets else ())}),
        has_project=has_project,
        with_secrets=with_secrets,
    )
    withheld = {name: reasons.of(name) for name in reasons.settings}
    if not with_secrets:
        withheld |= {
            name: _of_dotenv(name, path)
            for name, path in files.items()
            if name not in reasons.settings
        }
    kept = tuple(setting for setting in spec.env if withheld[setting.name] is None)
    return ImageSpec(
        spec=replace(spec, env=kept, dotenv=spec.dotenv if with_secrets else ()),
        withheld=tuple(found for _, found in sorted(withheld.items()) if found),
    )


def placed(
    lists: Mapping[str, Sequence[str]],
    places: Mapping[str, str],
    project: str,
) -> tuple[dict[str, tuple[str, ...]], tuple[Withheld, ...]]:
    """Return search paths as they are in an image, and the entries that stay out.

    A folder below one that is added moves with it; one of the project that is not
    added stays out. `places` has the place of each added folder.
    """
    found: dict[str, tuple[str, ...]] = {}
    withheld = []
    for name, entries in lists.items():
        moved = [(entry, place_of(entry, places)) for entry in entries]
        outside = [
            entry for entry, place in moved if place is None and below(entry, project)
        ]
        withheld += [
            Withheld(name=f"{entry} in {name}", reason="is not added to the image")
            for entry in outside
        ]
        kept = tuple(place or entry for entry, place in moved if entry not in outside)
        if kept:
            found[name] = kept
    return found, tuple(withheld)


def place_of(path: str, places: Mapping[str, str]) -> str | None:
    """Return where an absolute path is in an image; None if it is not added."""
    for folder in sorted(places, key=len, reverse=True):
        if below(path, folder):
            rest = path[len(folder.rstrip("/")) :].rstrip("/")
            return places[folder] + rest
    return None


def below(path: str, folder: str) -> bool:
    """Tell whether an absolute path is a folder, or something in it."""
    return f"{path.rstrip('/')}/".startswith(f"{folder.rstrip('/')}/")


@dataclass(slots=True, kw_only=True)
class _Reasons:
    """Why each setting has to stay out, found once; None where it need not."""

    settings: Mapping[str, EnvSetting]
    dotenv: Mapping[str, str]
    known: frozenset[str]
    has_project: bool
    with_secrets: bool
    _found: dict[str, Withheld | None] = field(default_factory=dict)

    def of(self, name: str) -> Withheld | None:
        if name not in self._found:
            # What needs itself in a circle was refused when the project was read.
            self._found[name] = None
            self._found[name] = self._why(self.settings[name])
        return self._found[name]

    def _why(self, setting: EnvSetting) -> Withheld | None:
        match setting.value:
            case FileValue(path=path):
                if self.with_secrets:
                    return None
                reason = f"is left out: it is what {path} holds"
                return Withheld(name=setting.name, reason=reason, is_secret=True)
            case UnsetValue():
                return None
            case TextValue(template=template):
                return self._of_templates(setting.name, [template])
            case ListValue(prepend=front, append=back):
                return self._of_templates(setting.name, [*front, *back])
            case WholeListValue(entries=entries):
                return self._of_templates(setting.name, entries)

    def _of_templates(self, own: str, texts: Iterable[Template]) -> Withheld | None:
        for reference in _references(texts):
            why = self._of_reference(own, reference)
            if why is not None:
                return replace(why, name=own)
        return None

    def _of_reference(self, own: str, reference: Reference) -> Withheld | None:
        name = reference.name
        if name == PROJECT:
            reason = "is left out: it names the project's folder, which is not added"
            return None if self.has_project else Withheld(name=own, reason=reason)
        if name in self.settings and name != own:
            return self.of(name)
        if name in self.dotenv:
            return _of_dotenv(own, self.dotenv[name])
        if name in self.known or reference.default is not None:
            return None
        reason = f"is left out: it is made from ${name} of this machine"
        return Withheld(name=own, reason=reason)


def _of_dotenv(name: str, path: str) -> Withheld:
    return Withheld(name=name, reason=f"is left out: it is from {path}", is_secret=True)


def _references(templates: Iterable[Template]) -> Iterable[Reference]:
    for template in templates:
        for part in template.parts:
            if isinstance(part, Reference):
                yield part
                if part.default is not None:
                    yield from _references([part.default])
