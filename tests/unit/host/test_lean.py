"""What is not imported comes back for whoever wants it."""

from tests.unit.test_main_module import imported_by

SCRIPT = """
from devenv.host.lean import import_pathlib
import_pathlib()
import_pathlib()
assert "urllib.parse" not in sys.modules
import pathlib
assert pathlib.Path("/a b").as_uri() == "file:///a%20b"
import urllib.parse
assert urllib.parse.quote("a b") == "a%20b"
assert urllib.parse.urlsplit("http://a/b").netloc == "a"
"""


def test_pathlib_does_without_addresses_until_they_are_wanted() -> None:
    assert "pathlib" in imported_by(SCRIPT)
