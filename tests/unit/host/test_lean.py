"""What is not imported comes back for whoever wants it."""

import subprocess
import sys

from tests.fixtures.ad_hoc import CHECKOUT
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


def test_paths_of_windows_are_there_for_whoever_wants_them() -> None:
    modules = imported_by(
        "from devenv.host.lean import import_pathlib\n"
        "import_pathlib()\n"
        "import pathlib\n"
        "assert 'ntpath' not in sys.modules\n"
        "assert pathlib.PureWindowsPath('c:/a', 'B').name == 'B'\n"
        "assert pathlib.PureWindowsPath('c:/a').is_absolute()\n"
        "assert pathlib.PureWindowsPath('A') == pathlib.PureWindowsPath('a')\n"
        "import ntpath\n"
        "assert ntpath.join('a', 'b') == 'a\\\\b'"
    )
    assert "pathlib" in modules


def test_dates_are_the_same_ones_however_they_are_imported() -> None:
    names = "print(sorted(name for name in vars(datetime) if name[0] != '_'))"
    lean = (
        "from devenv.host.lean import import_datetime; import_datetime();"
        "import datetime, pickle, sqlite3, email.utils;"
        "from datetime import UTC, datetime as one, timedelta;"
        "assert one.strptime('2026', '%Y').year == 2026;"
        "assert pickle.loads(pickle.dumps(one(2026, 1, 2, tzinfo=UTC))).day == 2;"
        f"{names}"
    )
    shown = [
        set(
            eval(  # noqa: S307 (a list that we printed)
                subprocess.run(
                    [sys.executable, "-c", program],
                    cwd=CHECKOUT,
                    capture_output=True,
                    text=True,
                    check=True,
                ).stdout
            )
        )
        for program in (f"import datetime; {names}", lean)
    ]
    assert shown[0] - shown[1] <= {"sys"}
    assert shown[1] - shown[0] <= {"datetime_CAPI"}
