"""How an environment changes variables; apart from its class, which is slow to load."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def applied(
    ambient: "Mapping[str, str]",
    *,
    values: "Mapping[str, str]",
    unset: "Iterable[str]",
    prepend: "Mapping[str, Sequence[str]]",
    append: "Mapping[str, Sequence[str]]",
) -> dict[str, str]:
    """Return `ambient` with the changes that `Environment` describes.

    An unset or empty ambient search path leaves no empty entry behind: an empty
    entry of PATH means the current directory. Entries that are in front already
    are not put there again, and an entry that a list has is not put behind it.
    """
    result = {**ambient, **values}
    for name in unset:
        result.pop(name, None)
    for name, entries in prepend.items():
        front, rest = ":".join(entries), result.get(name, "")
        if not front or rest == front or rest.startswith(f"{front}:"):
            continue
        result[name] = f"{front}:{rest}" if rest else front
    for name, entries in append.items():
        for entry in entries:
            held = result.get(name, "")
            if entry not in held.split(":"):
                result[name] = f"{held}:{entry}" if held else entry
    return result


def marked(values: "Mapping[str, str]", trees: "Sequence[str]") -> dict[str, str]:
    """Return values with the marker that names the trees, if there are any."""
    return {**values, **({MARKER: ":".join(trees)} if trees else {})}


MARKER = "DEVENV_ENVIRONMENT"
"""The variable that tells a process which environment trees it is in."""
