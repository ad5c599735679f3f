"""`devenv search` where the last one of its kind left a record that holds."""

import os
import sys
import time

from devenv.cli.search_output import as_json, as_lines, nothing_found
from devenv.cli.streams import (
    DataOutputError,
    data_line,
    flush_data,
    open_closed_streams,
    output_lost,
)
from devenv.formats.printable import printable
from devenv.host.base_directories import cache_directory, config_directory
from devenv.host.project_folder import nearest_project
from devenv.operations.search_record import read_record, record_place
from devenv.sources.apt.search_file import search_in_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from devenv.sources.apt.search_file import Row

LIMIT = 25

_SWITCHES = {"--json": "json", "--quiet": "quiet", "-q": "quiet"}
_VALUES = {"--limit": "limit", "--input": "input"}
_MOST_DIGITS = 6


def search(words: list[str]) -> int | None:
    """Search as `devenv.cli.explain.search` would; None if that must do it."""
    asked = _read(words)
    if asked is None:
        return None
    terms, options = asked
    try:
        found = _find(terms, options)
    except Exception:  # noqa: BLE001 - whatever it is, the long way says it
        return None
    return None if found is None else _show(*found, terms=terms, options=options)


def _read(words: list[str]) -> tuple[list[str], dict[str, str]] | None:
    """Return terms and options of a plain command line, else None."""
    terms: list[str] = []
    options: dict[str, str] = {}
    waiting = iter(words)
    for word in waiting:
        name, mark, value = word.partition("=")
        if not word.startswith("-"):
            terms.append(word)
        elif word in _SWITCHES:
            options[_SWITCHES[word]] = "yes"
        elif name in _VALUES:
            options[_VALUES[name]] = value if mark else next(waiting, "")
        else:
            return None
    limit = options.get("limit", str(LIMIT))
    is_number = limit.isascii() and limit.isdigit() and len(limit) <= _MOST_DIGITS
    if not terms or not is_number or int(limit) < 1 or options.get("input") == "":
        return None
    return terms, options


def _find(terms: list[str], options: dict[str, str]) -> "tuple[str, list[Row]] | None":
    env = os.environ
    input_name = options.get("input")
    place = record_place(
        cache_directory(env),
        project=nearest_project(".", ceiling=env.get("DEVENV_CEILING", "")),
        input_name=input_name,
    )
    configuration = f"{config_directory(env)}/config.toml"
    record = read_record(place, now=time.time(), watched=configuration)
    if record is None:
        return None
    searched, file = record
    limit = int(options.get("limit", LIMIT))
    return searched, search_in_file(file, terms, limit)


def _show(
    input_name: str, rows: "list[Row]", *, terms: list[str], options: dict[str, str]
) -> int:
    open_closed_streams()
    try:
        if "json" in options:
            data_line(as_json(input_name, rows))
        elif rows:
            for line in as_lines(rows):
                data_line(line)
        elif "quiet" not in options:
            _note(nothing_found(input_name, terms))
        flush_data()
    except (BrokenPipeError, DataOutputError) as error:
        return output_lost(error)
    return 0 if rows else 1


def _note(text: str) -> None:
    """Say it as `devenv.cli.display` does: whether anybody listens or not."""
    try:
        sys.stderr.write(f"{printable(text)}\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        return
