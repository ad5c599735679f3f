"""What `devenv search` prints, whichever way it came.

The quick way imports this, so it imports little.
"""

from devenv.formats.printable import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from devenv.sources.apt.search_file import Row


def as_lines(rows: "Sequence[Row]") -> list[str]:
    """Return a line for each package, the names in a column."""
    width = max(len(name) for name, _, _ in rows)
    return [
        printable(f"{name:<{width}}  {version}  {about}")
        for name, version, about in rows
    ]


def as_json(input_name: str, rows: "Sequence[Row]") -> str:
    """Return the JSON text; docs/json/search.schema.json describes it."""
    from devenv.model.canonical_json import canonical_json  # noqa: PLC0415 - 5 ms

    packages = [
        {"name": name, "version": version, "description": about}
        for name, version, about in rows
    ]
    return canonical_json({"input": input_name, "packages": packages})


def nothing_found(input_name: str, terms: "Sequence[str]") -> str:
    """Return what is said where nothing matches."""
    return (
        f"nothing in {input_name} matches {' '.join(terms)}:"
        " try fewer or other words, or another input (--input)"
    )
