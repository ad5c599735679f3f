"""The names that people use for packages, as devenv ships them."""

from functools import cache

from devenv.formats.name_table import parse_name_table
from devenv.host.own_data import own_data
from devenv.model.names import NameTable


@cache
def name_table() -> NameTable:
    """Return the table that devenv ships."""
    text = own_data("names.toml").read_text("utf-8")
    return parse_name_table(text)
