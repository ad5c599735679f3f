"""The page on locks shows what devenv writes."""

import re
import tomllib
from pathlib import Path

from devenv.formats.lock_tables import LOCK_VERSION
from devenv.formats.lock_toml import render_lock
from tests.fixtures.locks import small_lock

PAGE = Path(__file__).parents[2] / "docs/lock.md"


def keys(table: object, at: str = "") -> set[str]:
    """Return the keys of a document, without the names of what is locked."""
    if isinstance(table, list):
        return {key for item in table for key in keys(item, at)}
    if not isinstance(table, dict):
        return {at.rpartition(".")[2]}
    return {key for name, value in table.items() for key in keys(value, f"{at}.{name}")}


def test_the_example_has_no_key_that_a_lock_has_not() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    shown = tomllib.loads(example)
    assert shown["version"] == LOCK_VERSION
    assert keys(shown) <= keys(tomllib.loads(render_lock(small_lock())))
