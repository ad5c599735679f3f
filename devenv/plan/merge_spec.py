"""Several spec files as one: imports first, the project's own, then the local one."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from devenv.model.spec import (
    AliasSetting,
    DotenvFile,
    EnvSetting,
    EnvValue,
    ListValue,
    NameSetting,
    ShellSetting,
    ShellText,
    Spec,
    SpecFile,
    SpecPart,
    SpecRequirement,
    WholeListValue,
)
from devenv.model.systems import SYSTEMS

_EVERY_SYSTEM = tuple(system.name for system in SYSTEMS.values())
_DEFAULTS = Spec(system="")


def merge_spec(files: Sequence[SpecFile], system: str) -> Spec:
    """Return what files ask for together on one system.

    Lists append, tables merge, of single values the last one counts; what a file
    prepends stands in front of what the files before it prepended. Packages
    asked for twice are asked for once, where they came first. A file's part for
    the system comes directly after its common one.

    Args:
        files: in the order in which they are merged.
        system: the name of a system.
    """
    parts = [part for file in files for part in _parts(file, system)]
    default_input = _last(part.default_input for part in parts)
    c_library = _last(part.oldest_c_library for part in parts)
    return Spec(
        system=system,
        requirements=_once(chain(*(part.requirements for part in parts))),
        libraries=_once(chain(*(part.libraries for part in parts))),
        dotenv=_last_mentions(chain(*(part.dotenv for part in parts))),
        inputs={item.name: item for part in parts for item in part.inputs},
        env=_env(chain(*(part.env for part in parts))),
        shell=_shell(chain(*(part.shell for part in parts))),
        aliases=_aliases(chain(*(part.alias for part in parts))),
        default_input=_text(default_input, _DEFAULTS.default_input),
        default_input_place=default_input.place if default_input else None,
        systems=_systems(files),
        oldest_c_library=_text(c_library, _DEFAULTS.oldest_c_library),
    )


def _parts(file: SpecFile, system: str) -> tuple[SpecPart, ...]:
    own = file.by_system.get(system)
    return (file.common,) if own is None else (file.common, own)


def _last(settings: Iterable[NameSetting | None]) -> NameSetting | None:
    return next(iter(reversed([item for item in settings if item])), None)


def _text(setting: NameSetting | None, default: str) -> str:
    return setting.text if setting else default


def _once(items: Iterable[SpecRequirement]) -> tuple[SpecRequirement, ...]:
    found: dict[tuple[str | None, str, str | None], SpecRequirement] = {}
    for item in items:
        wanted = item.requirement
        found.setdefault((wanted.input, wanted.name, wanted.version), item)
    return tuple(found.values())


def _last_mentions(files: Iterable[DotenvFile]) -> tuple[DotenvFile, ...]:
    found: dict[str, DotenvFile] = {}
    for file in files:
        found.pop(file.path, None)
        found[file.path] = file
    return tuple(found.values())


def _env(settings: Iterable[EnvSetting]) -> tuple[EnvSetting, ...]:
    found: dict[str, EnvSetting] = {}
    for setting in settings:
        before = found.pop(setting.name, None)
        value = _merged(before.value if before else None, setting.value)
        found[setting.name] = EnvSetting(
            name=setting.name, value=value, folder=setting.folder, place=setting.place
        )
    return tuple(found[name] for name in sorted(found))


def _merged(before: EnvValue | None, after: EnvValue) -> EnvValue:
    match before, after:
        case ListValue(), ListValue():
            return ListValue(
                prepend=after.prepend + before.prepend,
                append=before.append + after.append,
                is_search_path=after.is_search_path,
            )
        case WholeListValue(), WholeListValue():
            return WholeListValue(entries=before.entries + after.entries)
        case _:
            return after


def _shell(settings: Iterable[ShellSetting]) -> Mapping[str, ShellText]:
    texts = {(item.shell, item.moment): item.text for item in settings}
    return {
        shell: ShellText(
            enter=texts.get((shell, "enter"), ""), leave=texts.get((shell, "leave"), "")
        )
        for shell in sorted({shell for shell, _ in texts})
    }


def _aliases(settings: Iterable[AliasSetting]) -> Mapping[str, str]:
    texts = {item.name: item.text for item in settings}
    return dict(sorted(texts.items()))


def _systems(files: Sequence[SpecFile]) -> tuple[str, ...]:
    listed = [file.systems for file in files if file.systems is not None]
    return tuple(dict.fromkeys(chain(*listed))) or _EVERY_SYSTEM
