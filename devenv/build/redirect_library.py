"""The redirecting library: its bytes, as they come with devenv."""

from functools import cache

from devenv import hashes
from devenv.host.own_data import own_data
from devenv.model.systems import System
from devenv.plan.relocate import REDIRECT_LIBRARY

__all__ = ["REDIRECT_LIBRARY", "library_bytes", "library_digest"]


@cache
def library_bytes(system: System) -> bytes:
    """Return the library for a system; `devenv/native` has its source.

    Raises:
        FileNotFoundError: devenv is incomplete, or does not serve the system.
    """
    data = own_data("redirect", system.name, REDIRECT_LIBRARY)
    return data.read_bytes()


@cache
def library_digest(system: System) -> str:
    """Return the SHA-256 of the library in lowercase hex."""
    return hashes.sha256(library_bytes(system)).hexdigest()
