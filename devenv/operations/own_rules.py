"""The rules of resolution that devenv brings with it.

Apart from `package_set`: who realises a lock needs the base set, and no archive.
"""

from functools import cache

from devenv.formats.resolution_rules import parse_resolution_rules
from devenv.host.own_data import own_data
from devenv.model.resolution import ResolutionRules


@cache
def resolution_rules() -> ResolutionRules:
    """Return where devenv departs from what the archive's Depends fields say."""
    text = own_data("resolution.toml").read_text("utf-8")
    return parse_resolution_rules(text)
