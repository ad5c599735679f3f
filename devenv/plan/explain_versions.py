"""Why no input has a version, in a sentence: with what there is."""

import re
from collections.abc import Mapping, Sequence

from devenv.errors import DevenvError, ResolutionError

_MOST_SHOWN = 8


def no_version_anywhere(
    written: str,
    versions: Mapping[str, Sequence[str]],
    failures: Mapping[str, DevenvError],
    *,
    where: str | None = None,
) -> ResolutionError:
    """Return the error for `name@V` that no input has.

    Args:
        written: the requirement as it was written.
        versions: what each input that was asked has instead, in order.
        failures: why some of them could not be asked.
        where: where the requirement stands.
    """
    shown = _shown(versions)
    if shown:
        what = f"no input has {written}: {shown}"
    else:
        what = f"no input has {written}, or a package of this name at all"
    unasked = "".join(
        f"; {name} could not be asked: {error.what}" for name, error in failures.items()
    )
    name = written.partition("@")[0]
    hint = (
        f"ask for a version that is there: devenv versions {name.rpartition(':')[2]}"
        if shown
        else f"look for its name: devenv search {name}"
    )
    return ResolutionError(what + unasked, where=where, hint=hint)


def _shown(versions: Mapping[str, Sequence[str]]) -> str:
    """Return what each input has, leaving out what one before it has as well."""
    parts: list[str] = []
    seen: set[str] = set()
    for name, found in versions.items():
        new = [version for version in found if version not in seen]
        seen.update(found)
        if new:
            verb = "" if parts else "has "
            parts.append(f"{name} {verb}{' and '.join(new[:_MOST_SHOWN])}")
    return ", ".join(parts)


def _joined(hint: str | None, advice: str) -> str:
    if not hint:
        return advice
    return f"{hint} Or, {advice}" if hint.endswith("?") else f"{hint}; {advice}"


def without_repacking(version: str) -> str:
    """Return an upstream version as its makers would write it: without `+dfsg1`."""
    return re.split("[+~]", version, maxsplit=1)[0]


def on_system(error: DevenvError, system: str, systems: Sequence[str]) -> DevenvError:
    """Return an error as one about a system, where others are locked as well."""
    if len(systems) == 1:
        return error
    others = [f'"{name}"' for name in systems if name != system]
    advice = (
        f"if the project is not meant for {system}, write"
        f" systems = [{', '.join(others)}] in devenv.toml"
    )
    return type(error)(
        f"on {system}: {error.what}",
        where=error.where,
        hint=_joined(error.hint, advice),
    )
