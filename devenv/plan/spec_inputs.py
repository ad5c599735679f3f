"""Whether the inputs that a merged spec names are there."""

from collections.abc import Collection, Iterator

from devenv.errors import Complaint
from devenv.model.spec import Place, Spec


def input_complaints(spec: Spec, built_in: Collection[str]) -> tuple[Complaint, ...]:
    """Return what is wrong with the inputs that a spec defines and names.

    `built_in` are the names that devenv ships, which nobody may redefine.
    """
    redefined = (
        Complaint(
            what=f"{item.name} is an input that devenv has already",
            where=str(item.place),
            hint=f"give it another name: [inputs.my-{item.name}]",
        )
        for item in spec.inputs.values()
        if item.name in built_in
    )
    known = sorted({*built_in, *spec.inputs})
    unknown = (
        Complaint(
            what=f"there is no input {name!r}; known are {', '.join(known)}",
            where=str(place),
            hint=_hint(name, known),
        )
        for name, place in _named(spec)
        if name not in known
    )
    return (*redefined, *unknown)


def has_input_of(spec: Spec) -> bool:
    """Tell whether a spec defines or names an input: else nothing can be wrong."""
    return bool(spec.inputs) or any(True for _ in _named(spec))


def _named(spec: Spec) -> Iterator[tuple[str, Place]]:
    if spec.default_input_place:
        yield spec.default_input, spec.default_input_place
    for item in (*spec.requirements, *spec.libraries):
        if item.requirement.input:
            yield item.requirement.input, item.place


def _hint(name: str, known: list[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only to fail

    found = get_close_matches(name, known, n=1)
    meant = f"did you mean {found[0]}? " if found else ""
    return f"{meant}to add one of your own, write [inputs.{name}]"
