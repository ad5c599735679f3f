"""Whether a lock answers what a project asks for, in words where it does not."""

from collections.abc import Iterable, Mapping, Sequence

from devenv.model.lock import Lock, LockedLibraries, LockedSystem
from devenv.model.spec import Spec, SpecRequirement


def staleness(
    lock: Lock, specs: Mapping[str, Spec], definitions: Mapping[str, str]
) -> str | None:
    """Return why a lock is out of date; None if it is not.

    Args:
        lock: as it was read.
        specs: for each system that the project locks, by name.
        definitions: the digests of the project's own inputs, by name.
    """
    for name in specs:
        if name not in lock.systems:
            return f"the lock has nothing for {name}"
    for name in lock.systems:
        if name not in specs:
            return f"the lock has {name}, which is not among the project's systems"
    return _changed_input(lock, definitions) or next(
        (
            f"{reason} ({name})"
            for name, spec in specs.items()
            if (reason := requirement_change(lock.systems[name], spec))
        ),
        None,
    )


def requirement_change(locked: LockedSystem, spec: Spec) -> str | None:
    """Return how the requirements of one system differ; None if they do not."""
    if locked.default_input != spec.default_input:
        was, now = locked.default_input, spec.default_input
        return f"the default input was {was} and is {now}"
    return _difference(
        "packages", locked.requirements, _texts(spec.requirements)
    ) or libraries_change(locked.libraries, spec)


def libraries_change(locked: LockedLibraries | None, spec: Spec) -> str | None:
    """Return how the libraries of one system differ; None if they do not."""
    if locked and spec.libraries and locked.c_library != spec.oldest_c_library:
        was, now = locked.c_library, spec.oldest_c_library
        return f"oldest_c_library was {was} and is {now}"
    requirements = locked.requirements if locked else {}
    return _difference("libraries", requirements, _texts(spec.libraries))


def asks_for_the_same(locked: LockedSystem, spec: Spec) -> bool:
    """Tell whether the same packages are asked for, in whichever order."""
    same_default = locked.default_input == spec.default_input
    return same_default and set(locked.requirements) == set(_texts(spec.requirements))


def _changed_input(lock: Lock, definitions: Mapping[str, str]) -> str | None:
    for name, locked in lock.inputs.items():
        if locked.definition != definitions.get(name, ""):
            return f"the input {name} is defined in another way"
    return None


def _difference(key: str, locked: Iterable[str], wanted: Sequence[str]) -> str | None:
    before = list(locked)
    added = [text for text in wanted if text not in before]
    removed = [text for text in before if text not in wanted]
    if added:
        return f"{key} has {', '.join(added)}, which the lock has not"
    if removed:
        return f"the lock has {', '.join(removed)}, which {key} no longer has"
    if before != list(wanted):
        return f"the order of {key} has changed"
    return None


def _texts(requirements: Iterable[SpecRequirement]) -> list[str]:
    return list(dict.fromkeys(item.text for item in requirements))
