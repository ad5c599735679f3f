"""The table of generators (`devenv/data/generators.toml`)."""

from devenv.errors import FormatError
from devenv.formats.toml_lines import read_toml
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator:
    """A program of the tree that makes files of the tree; see the table's head."""

    name: str
    when: tuple[str, ...]
    unless: str
    command: tuple[str, ...]
    writes: tuple[str, ...]
    output: str | None


def parse_generators(text: str, *, triplet: str) -> tuple[Generator, ...]:
    """Return the table's rows with `{triplet}` filled in.

    Raises:
        FormatError: a row lacks a key or has one of another type.
    """
    try:
        rows = read_toml(text)["generator"]
        return tuple(_generator(row, triplet) for row in rows)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FormatError(f"the table of generators is broken: {error}") from error


def _generator(row: dict[str, str | list[str]], triplet: str) -> Generator:
    def text(key: str) -> str:
        value = row[key]
        if not isinstance(value, str):
            raise TypeError(f"{key} of {row['name']} is not text")
        return value.replace("{triplet}", triplet)

    def texts(key: str) -> tuple[str, ...]:
        return tuple(word.replace("{triplet}", triplet) for word in row[key])

    return Generator(
        name=text("name"),
        when=texts("when"),
        unless=text("unless"),
        command=texts("command"),
        writes=texts("writes"),
        output=text("output") if "output" in row else None,
    )
